// The peer sharp: the commands of imaging-worker, with sharp's defaults.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(process.env.PEERS + "/package.json");
const sharp = require("sharp");
sharp.concurrency(Number(process.env.THREADS ?? 1));
// Without this, a repeated run could be answered from the cache of operations.
sharp.cache(false);

let source, made;

function pipeline(task) {
  const size = { fit: task.kind === "fit" ? "inside" : "cover" };
  const base = task.animated ? sharp(source, { animated: true }) : sharp(source).autoOrient();
  const resized = base.resize(task.width || null, task.height || null, size);
  return resized[task.format](task.quality ? { quality: task.quality } : {});
}

function answer(line) {
  const [word, rest] = [line.split(" ", 1)[0], line.slice(line.indexOf(" ") + 1)];
  switch (word) {
    case "load":
      source = readFileSync(rest);
      return source.length;
    case "run": {
      const tasks = JSON.parse(rest);
      const start = process.hrtime.bigint();
      return Promise.all(tasks.map((task) => pipeline(task).toBuffer())).then((buffers) => {
        made = buffers;
        return process.hrtime.bigint() - start;
      });
    }
    case "save":
      writeFileSync(rest, made[0]);
      return made[0].length;
    case "save-each":
      made.forEach((output, index) => writeFileSync(`${rest}/${index}`, output));
      return made.reduce((total, output) => total + output.length, 0);
    default:
      return `error: not a command: ${line}`;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(String(await answer(line.trim())));
}
