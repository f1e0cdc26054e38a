// The peer sharp: GET /{path} gives the image fitted into 512 x 512 in its own format. Node's http with its defaults, which
// keep connections alive; sharp with its own, and jemalloc preloaded as its documentation recommends for Linux.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

const sharp = createRequire(process.env.PEERS + "/package.json")("sharp");
const formats = {
  jpg: ["image/jpeg", (image) => image.jpeg({ quality: 80 })],
  png: ["image/png", (image) => image.png()],
  webp: ["image/webp", (image) => image.webp({ quality: 80 })],
};

const server = createServer(async (request, response) => {
  try {
    const path = decodeURIComponent(request.url);
    const [type, encode] = formats[path.split(".").pop()];
    const image = sharp(join(process.env.ROOT, path)).resize(512, 512, { fit: "inside", withoutEnlargement: true });
    const bytes = await encode(image).toBuffer();
    response.writeHead(200, { "content-type": type, "content-length": bytes.length }).end(bytes);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
