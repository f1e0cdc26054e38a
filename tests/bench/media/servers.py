"""The servers that are compared, each in a process of its own, and the load."""

import contextlib
import grp
import json
import os
import pwd
import socket
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ALL = sorted(os.sched_getaffinity(0))

CONFIG = """
version = 1
[listen]
grpc = "127.0.0.1:0"
http = "127.0.0.1:0"
[stores.media]
kind = "fs"
root = "{sources}"
source = true
[stores.renditions]
kind = "fs"
root = "{folder}/renditions"
ready_ttl = "forever"
[queue]
path = "{folder}/queue"
[log]
format = "json"
[specs.jpg]
operations = [{{ resize_to_fit = {{ width = 512, height = 512 }} }}]
output = {{ jpeg = {{ quality = 80 }} }}
scaled_decoding = "speed"
public = true
[specs.png]
operations = [{{ resize_to_fit = {{ width = 512, height = 512 }} }}]
output = {{ png = {{}} }}
public = true
[specs.webp]
operations = [{{ resize_to_fit = {{ width = 512, height = 512 }} }}]
output = {{ webp = {{ quality = 78, method = 1 }} }}
public = true
"""

NGINX = """
daemon off;
user {user} {group};
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    types {{ image/jpeg jpg; }}
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/renditions;
        add_header Cache-Control "public, max-age=31536000, immutable";
    }}
}}
"""


class Server:
    """A process on some cores; it ends with the block."""

    def __init__(self, name, command, cores, environment=None, reads=None):
        self.name = name
        pinned = ",".join(str(core) for core in cores)
        streams = {reads: subprocess.PIPE} if reads else {}
        self.process = subprocess.Popen(
            ["taskset", "-c", pinned, *command], text=True, env={**os.environ, **(environment or {})}, **streams
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def pids(self):
        """The process and its children."""
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        with open(children) as file:
            return [self.process.pid, *map(int, file.read().split())]

    def cpu(self):
        """The seconds of processor time that it has used so far."""
        return sum(processor_time(pid) for pid in self.pids())

    def peak(self):
        """The most bytes that the process and its children ever held."""
        return sum(resident(pid) for pid in self.pids())


def processor_time(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid):
    with open(f"/proc/{pid}/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


class Ours(Server):
    def __init__(self, binaries, folder, sources, cores):
        config = os.path.join(folder, "bench.toml")
        with open(config, "w") as file:
            file.write(CONFIG.format(folder=folder, sources=sources))
        command = [os.path.join(binaries, "rendition-server"), "--config", config]
        super().__init__("rendition", command, cores, reads="stderr")
        for line in self.process.stderr:
            fields = json.loads(line).get("fields", {})
            if "http" in fields:
                self.grpc, self.base = f"http://{fields['grpc']}", f"http://{fields['http']}"
                return
        raise RuntimeError("rendition-server ended before it served")

    def urls(self, binaries, spec, paths):
        command = [os.path.join(binaries, "media-load"), "urls", self.grpc, spec, *paths]
        return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout.split()


class Peer(Server):
    """A server that tells its port on the first line and serves the folder of the sources."""

    def __init__(self, name, command, sources, cores):
        # The allocator's own defaults, also where ours is measured with other settings.
        environment = {
            "ROOT": sources, "LD_PRELOAD": os.environ["JEMALLOC"], "MALLOC_CONF": "", "VIPS_CONCURRENCY": "1",
        }
        super().__init__(name, command, cores, environment, reads="stdout")
        self.base = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def urls(self, _binaries, _spec, paths):
        return [f"{self.base}/{path}" for path in paths]


def sharp(sources, cores):
    return Peer("sharp", ["node", os.path.join(HERE, "sharp-server.mjs")], sources, cores)


def vips(sources, cores):
    python = os.path.join(os.environ["PEERS"], "venv", "bin", "python")
    return Peer("libvips", [python, os.path.join(HERE, "vips_server.py")], sources, cores)


class Nginx(Server):
    def __init__(self, folder, cores):
        with contextlib.closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        # Its worker reads what only we may read.
        user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        config = os.path.join(folder, "nginx.conf")
        with open(config, "w") as file:
            file.write(NGINX.format(folder=folder, port=port, user=user, group=group))
        super().__init__("nginx", [os.environ["NGINX_BINARY"], "-c", config, "-p", folder, "-e", f"{folder}/nginx.log"], cores)
        self.base = f"http://127.0.0.1:{port}"
        for _ in range(100):
            with contextlib.suppress(OSError), contextlib.closing(socket.create_connection(("127.0.0.1", port))):
                return
            time.sleep(0.05)
        raise RuntimeError("nginx does not answer")


def load(binaries, kind, connections, urls, cores=ALL):
    """Requests per second of `urls`, each once, or in turn for so many seconds."""
    pinned = ",".join(str(core) for core in cores)
    command = ["taskset", "-c", pinned, os.path.join(binaries, "media-load"), *kind, str(connections)]
    done = subprocess.run(command, check=True, text=True, input="\n".join(urls), stdout=subprocess.PIPE)
    told = json.loads(done.stdout)
    if told["failed"]:
        raise RuntimeError(f"{told['failed']} of {told['requests']} requests failed, such as {told['failure']}")
    return told["requests"] / told["seconds"]
