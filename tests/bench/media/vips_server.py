"""The peer libvips: GET /{path} gives the image fitted into 512 x 512 in its own format. aiohttp with its defaults, which keep
connections alive; pyvips on as many threads as there are cores, each image on one, as libvips recommends for servers
(VIPS_CONCURRENCY=1)."""

import asyncio
import concurrent.futures
import os
import sys

import pyvips
from aiohttp import web

FORMATS = {
    "jpg": ("image/jpeg", ".jpg", {"Q": 80}),
    "png": ("image/png", ".png", {}),
    "webp": ("image/webp", ".webp", {"Q": 80}),
}
threads = concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0)))


def made(path):
    media_type, suffix, options = FORMATS[path.rsplit(".", 1)[1]]
    image = pyvips.Image.thumbnail(path, 512, height=512, size="down")
    return media_type, image.write_to_buffer(suffix, strip=True, **options)


async def answer(request):
    path = os.path.join(os.environ["ROOT"], request.match_info["path"])
    media_type, body = await asyncio.get_running_loop().run_in_executor(threads, made, path)
    return web.Response(body=body, content_type=media_type)


async def main():
    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    sys.exit(0)
