"""Times this project's imaging beside sharp and libvips: bytes to bytes, in memory, on one core,
taking turns within one run. Each peer is met by our cheapest mode that looks no worse. A ratio is
the median over the turns of our time through the peer's in the same turn, so that what else the
machine does at that moment weighs on both.

Arguments: the folder of photographs, the worker, where the peers are installed."""

import os
import statistics
import subprocess
import sys
import tempfile

import similarity

MUST = 0.95
ROUNDS = 31
WARM_UP = 3
MODES = ["speed", "quality"]
HERE = os.path.dirname(os.path.abspath(__file__))


class Worker:
    """A process that answers each line with a line."""

    def __init__(self, name, core, command, environment=None):
        self.name = name
        self.process = subprocess.Popen(
            ["taskset", "-c", str(core), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
        )

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer or answer.startswith("error"):
            sys.exit(f"{self.name}: {line}: {answer or 'no answer'}")
        return int(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def main():
    photos, worker, peers = sys.argv[1:4]
    core = max(os.sched_getaffinity(0))
    node = {"PEERS": peers, "VIPS_CONCURRENCY": "1"}
    ours = Worker("ours", core, [worker])
    others = [
        Worker("sharp", core, ["node", f"{HERE}/sharp-worker.mjs"], node),
        Worker("libvips", core, [sys.executable, f"{HERE}/vips_worker.py"], {"VIPS_CONCURRENCY": "1"}),
    ]
    tasks = [
        ("A", "2725x2225 to fit 300", "sharp--2569067123_aca715a2ee_o.jpg", "fit 300 300", True),
        ("B", "12.7 MP camera to fill 800x600", "mdx--Canon_EOS_5D.jpg", "fill 800 600", True),
        ("C", "12.2 MP phone, turned, to fill 800x600", "libavif--dog_exif_extended_xmp_icc.jpg", "fill 800 600", True),
    ]
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores:
        print(f"note: the machine is busy (load {load:.1f} on {cores} cores), so times vary")
    missed = [task for task in tasks if not run_task(task, photos, ours, others)]
    for each in [ours, *others]:
        each.close()
    return 1 if missed else 0


def run_task(task, photos, ours, others):
    name, title, photo, work, binding = task
    path = os.path.join(photos, photo)
    for each in [ours, *others]:
        each.ask(f"load {path}")
    runs = [(mode, ours, f"run {work} {mode}") for mode in MODES]
    runs += [(peer.name, peer, f"run {work} -") for peer in others]
    times = {key: [] for key, _, _ in runs}
    for turn in range(WARM_UP + ROUNDS):
        # Each goes first as often as any other.
        for key, worker, line in runs[turn % len(runs) :] + runs[: turn % len(runs)]:
            took = worker.ask(line)
            if turn >= WARM_UP:
                times[key].append(took / 1e6)
    kind, width, height = work.split()
    reference = similarity.reference(path, kind, int(width), int(height))
    scores, sizes = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for key, worker, line in runs:
            worker.ask(line)
            made = os.path.join(folder, f"{key}.jpg")
            sizes[key] = worker.ask(f"save {made}")
            scores[key] = similarity.ssim(similarity.pixels(made), reference)
    print(f"{name}  {title}")
    for key in times:
        median = statistics.median(times[key])
        print(f"   {key:8} {median:7.2f} ms (best {min(times[key]):.2f})  ssim {scores[key]:.4f}  {sizes[key]} bytes")
    reached = True
    for peer in others:
        modes = [mode for mode in MODES if scores[mode] >= scores[peer.name]]
        if not modes:
            print(f"{name}  none of our modes looks as good as {peer.name}  {'MISSED' if binding else 'no must'}")
            reached = False
            continue
        mode = min(modes, key=lambda mode: statistics.median(times[mode]))
        ratio = statistics.median(ours / theirs for ours, theirs in zip(times[mode], times[peer.name]))
        good = ratio <= MUST
        reached = reached and good
        print(
            f"{name}  ours({mode})/{peer.name} {ratio:.2f}  ssim ours {scores[mode]:.4f} peer {scores[peer.name]:.4f}"
            f"  must <= {MUST}  {'ok' if good else 'MISSED'}"
        )
    return reached or not binding


if __name__ == "__main__":
    sys.exit(main())
