"""Measures the media endpoint beside its peers, taking turns within one run. A ratio is the median over the turns of our
requests per second through the peer's in the same turn, so that what else the machine does at that moment weighs on both.

Arguments: the photographs, the folder of the binaries, and the names of the figures if not all are wanted."""

import os
import shutil
import statistics
import sys
import tempfile
import urllib.request

import servers
import similarity

ROUNDS = 5
PAIRS = 15
WINDOW = 1.0
MEMORY = 0.5
STORED = 0.5
FORMATS = {"jpeg": ("jpg", 1.1), "png": ("png", 1.5), "webp": ("webp", 1.5)}


class Report:
    def __init__(self):
        self.missed = []

    def must(self, what, figure, bound, holds, made_of):
        verdict = "ok" if holds else "MISSED"
        print(f"  {what:<52} {figure:>6.3f}  must {bound:<8} {verdict:<6}  {made_of}", flush=True)
        if not holds:
            self.missed.append(what)


def pairs(ours, theirs):
    """The median ratio, and what it is made of."""
    ratios = [mine / other for mine, other in zip(ours, theirs)]
    told = f"{statistics.median(ours):.0f} / {statistics.median(theirs):.0f} a second, {min(ratios):.2f} to {max(ratios):.2f}"
    return statistics.median(ratios), told


def generating(report, name, photographs, binaries):
    """Figure (a): distinct names, none of them asked for before."""
    suffix, faster = FORMATS[name]
    print(f"\ngenerating on GET: 40 {name} photographs 2040 wide, fit 512, {ROUNDS} turns")
    originals = [file for file in sorted(os.listdir(photographs)) if file.endswith(f".{suffix}")]
    with tempfile.TemporaryDirectory(dir=os.path.dirname(photographs)) as folder:
        sources = os.path.join(folder, "sources")
        os.makedirs(sources)

        def fresh(turn):
            """New names for the same photographs."""
            os.makedirs(os.path.join(sources, turn))
            for file in originals:
                os.link(os.path.join(photographs, file), os.path.join(sources, turn, file))
            return [f"{turn}/{file}" for file in originals]

        cores = servers.ALL
        with (
            servers.Ours(binaries, folder, sources, cores) as ours,
            servers.sharp(sources, cores) as sharp,
            servers.vips(sources, cores) as vips,
        ):
            everybody = [ours, sharp, vips]
            alike(report, name, everybody, binaries, suffix, fresh("alike"), sources)
            for connections in (2, 16):
                rates = {server.name: [] for server in everybody}
                for turn in range(ROUNDS):
                    names = fresh(f"{connections}-{turn}")
                    for server in everybody[turn % 3 :] + everybody[: turn % 3]:
                        urls = server.urls(binaries, suffix, names)
                        rates[server.name].append(servers.load(binaries, ["once"], connections, urls))
                peer = max((sharp, vips), key=lambda server: statistics.median(rates[server.name])).name
                ratio, told = pairs(rates["rendition"], rates[peer])
                what = f"{name}, {connections} connections: requests/s, ours / {peer}"
                report.must(what, ratio, f">= {faster}", ratio >= faster, told)
                for other in {"sharp", "libvips"} - {peer}:
                    ratio, told = pairs(rates["rendition"], rates[other])
                    print(f"  {'the same beside ' + other:<52} {ratio:>6.3f}  {'':<20}  {told}")
            for peer in (sharp, vips):
                ratio = ours.peak() / peer.peak()
                told = f"{ours.peak() / 2**20:.0f} / {peer.peak() / 2**20:.0f} MiB"
                what = f"{name}: peak memory, ours / {peer.name}"
                report.must(what, ratio, f"<= {MEMORY}", ratio <= MEMORY, told)


def alike(report, name, everybody, binaries, suffix, names, sources):
    """The mean similarity to a perfect resize, of every fourth photograph; it also warms everybody up."""
    scores, sizes = {}, {}
    for server in everybody:
        score, size = [], 0
        for path, url in list(zip(names, server.urls(binaries, suffix, names)))[::4]:
            with urllib.request.urlopen(url) as answer, tempfile.NamedTemporaryFile(suffix=f".{suffix}") as file:
                file.write(answer.read())
                file.flush()
                size += os.path.getsize(file.name)
                perfect = similarity.reference(os.path.join(sources, path), "fit", 512, 512)
                score.append(similarity.ssim(perfect, similarity.pixels(file.name)))
        scores[server.name], sizes[server.name] = statistics.mean(score), size / len(score)
    ours = scores["rendition"]
    for peer in ("sharp", "libvips"):
        told = f"{ours:.4f} / {scores[peer]:.4f}, {sizes['rendition']:.0f} / {sizes[peer]:.0f} bytes"
        what = f"{name}: similarity, ours less {peer}'s"
        # What the fourth digit says nobody sees, nor is it the same for all photographs.
        report.must(what, ours - scores[peer], ">= 0", round(ours - scores[peer], 3) >= 0, told)


def stored(report, photographs, binaries):
    """Figure (b): one core each, the load on the other; the same file."""
    print(f"\na stored rendition on fs, one core each: {PAIRS} pairs of {WINDOW} s, 16 connections")
    first, last = servers.ALL[0], servers.ALL[-1]
    with tempfile.TemporaryDirectory(dir=os.path.dirname(photographs)) as folder:
        sources = os.path.join(folder, "sources")
        shutil.copytree(photographs, sources, copy_function=os.link)
        names = [file for file in sorted(os.listdir(sources)) if file.endswith(".jpg")]
        with servers.Ours(binaries, folder, sources, [first]) as ours:
            urls = ours.urls(binaries, "jpg", names)
            lengths = {url: len(urllib.request.urlopen(url).read()) for url in urls}
            url = min(urls, key=lambda url: abs(lengths[url] - 30_000))
            with servers.Nginx(folder, [first]) as nginx:
                same = nginx.base + url.removeprefix(ours.base).removeprefix("/r")
                if urllib.request.urlopen(same).read() != urllib.request.urlopen(url).read():
                    raise RuntimeError("nginx serves something else")

                def window(url, seconds=WINDOW):
                    return servers.load(binaries, ["for", str(seconds)], 16, [url], [last])

                window(url, 0.5), window(same, 0.5)
                sides = [(ours, url, []), (nginx, same, [])]
                used = {server.name: -server.cpu() for server, *_ in sides}
                for pair in range(PAIRS):
                    for _, address, rates in sides if pair % 2 == 0 else reversed(sides):
                        rates.append(window(address))
                mine, theirs = sides[0][2], sides[1][2]
                for server, *_ in sides:
                    # A server that is not busy waits for the load, and then its rate is the load's.
                    share = (used[server.name] + server.cpu()) / (PAIRS * WINDOW)
                    print(f"  {'processor time of ' + server.name:<52} {share:>6.2f}  of one core")
                ratio, told = pairs(mine, theirs)
                what = f"{lengths[url]} bytes: requests/s, ours / nginx"
                report.must(what, ratio, f">= {STORED}", ratio >= STORED, told)


def main(photographs, binaries, *names):
    wanted = names or [*FORMATS, "stored"]
    report = Report()
    if (busy := os.getloadavg()[0]) > 0.5:
        print(f"note: the machine is busy (load {busy:.1f}), so figures vary")
    for name in wanted:
        if name == "stored":
            stored(report, photographs, binaries)
        else:
            generating(report, name, photographs, binaries)
    print(f"\nMISSED: {'; '.join(report.missed)}" if report.missed else "\nall figures of the media endpoint are met")
    return 1 if report.missed else 0


sys.exit(main(*sys.argv[1:]))
