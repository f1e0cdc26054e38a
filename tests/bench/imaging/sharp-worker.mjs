// The peer sharp: the commands of imaging-worker, with sharp's defaults.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(process.env.PEERS + "/package.json");
const sharp = require("sharp");
sharp.concurrency(1);
// Without this, a repeated run could be answered from the cache of operations.
sharp.cache(false);

let source, made;

async function answer(words) {
  switch (words[0]) {
    case "load":
      source = readFileSync(words[1]);
      return source.length;
    case "run": {
      const [, kind, width, height] = words;
      const fit = kind === "fit" ? "inside" : "cover";
      const start = process.hrtime.bigint();
      made = await sharp(source)
        .autoOrient()
        .resize(Number(width), Number(height), { fit })
        .jpeg({ quality: 80 })
        .toBuffer();
      return process.hrtime.bigint() - start;
    }
    case "save":
      writeFileSync(words[1], made);
      return made.length;
    default:
      return `error: not a command: ${words.join(" ")}`;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(String(await answer(line.trim().split(/\s+/))));
}
