"""Times this project's imaging beside its peers: bytes to bytes, in memory, taking turns within one run. Each peer is met
by our cheapest mode of which no output looks worse than the peer's. A ratio is the median over the turns of our time
through the peer's in the same turn, so that what else the machine does at that moment weighs on both.

Arguments: the corpus, the folder of prepared sources, the worker, where the peers are installed, and the names of the
tasks if not all are wanted."""

import json
import math
import operator
import os
import statistics
import subprocess
import sys
import tempfile

import similarity
from matching import SIZE, Judge, alike, as_large, spec
from tasks import tasks

WARM_UP = 2
HERE = os.path.dirname(os.path.abspath(__file__))


class Worker:
    """A process that answers each line with a line."""

    def __init__(self, name, command, cores, environment=None):
        self.name = name
        last = max(os.sched_getaffinity(0))
        pinned = ",".join(str(core) for core in range(max(last - cores + 1, 0), last + 1))
        threads = {"THREADS": str(cores), "VIPS_CONCURRENCY": str(cores)}
        self.process = subprocess.Popen(
            ["taskset", "-c", pinned, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **threads, **(environment or {})},
        )

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer or answer.startswith("error"):
            raise RuntimeError(f"{self.name}: {line[:80]}: {answer or 'no answer'}")
        return float(answer)

    def resident(self):
        """The most bytes that the process ever held."""
        with open(f"/proc/{self.process.pid}/status") as status:
            line = next(line for line in status if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Bench:
    def __init__(self, corpus, prepared, worker, peers):
        self.corpus, self.prepared = corpus, prepared
        node = ["node", f"{HERE}/sharp-worker.mjs"]
        self.commands = {
            "ours": ([worker], None),
            "sharp": (node, {"PEERS": peers}),
            "libvips": ([sys.executable, f"{HERE}/vips_worker.py"], None),
            "pillow": ([sys.executable, f"{HERE}/pillow_worker.py"], None),
        }

    def start(self, name, cores):
        command, environment = self.commands[name]
        return Worker(name, command, cores, environment)


def run_task(bench, task):
    path = os.path.join(bench.corpus, task.source)
    names = [name for name in bench.commands if name == "ours" or name in task.must]
    workers = {name: bench.start(name, task.cores) for name in names}
    for worker in workers.values():
        worker.ask(f"load {path}")
    print(f"{task.name}  {task.title}")
    peers = [(peer, workers[peer], "run " + json.dumps(task.make)) for peer in names[1:]]
    with tempfile.TemporaryDirectory() as folder:
        try:
            # Frames are not compared.
            judge = None if task.make[0].get("animated") else Judge(path, task.make, folder)
            if judge is None:
                outputs = {mode: [spec(output, mode) for output in task.make] for mode in task.modes}
            elif task.make[0]["format"] == "avif":
                outputs = as_large(workers, peers, task, folder)
            else:
                targets = {name: judge.scores(worker, line)[0] for name, worker, line in peers}
                outputs = alike(workers["ours"], judge, task, targets)
            ours = [(mode, workers["ours"], "run " + json.dumps(made)) for mode, made in outputs.items()]
            return measure(task, ours, peers, judge, folder)
        except RuntimeError as error:
            print(f"{task.name}  not made: {error}")
            return not any(task.must.values())
        finally:
            for worker in workers.values():
                worker.close()


def measure(task, ours, peers, judge, folder):
    runs = ours + peers
    times = {key: [] for key, _, _ in runs}
    for turn in range(WARM_UP + task.rounds):
        # Each goes first as often as any other.
        shift = turn % len(runs)
        for key, worker, line in runs[shift:] + runs[:shift]:
            took = worker.ask(line)
            if turn >= WARM_UP:
                times[key].append(took / 1e6)
    scores, sizes = {}, {}
    if judge:
        similarity.write(judge.references[0], f"{folder}/reference.png")
    for key, worker, line in runs:
        looks = ""
        if judge:
            scores[key], files, sizes[key] = judge.scores(worker, line)
            seen = ours[0][1].ask(f"similar {files[0]} {folder}/reference.png")
            looks = f"ssim {statistics.mean(scores[key]):.4f}  ssimulacra2 {seen:5.1f}  "
        else:
            worker.ask(line)
            sizes[key] = worker.ask(f"save {folder}/made")
        median = statistics.median(times[key])
        print(f"   {key:36} {median:8.2f} ms (best {min(times[key]):.2f})  {looks}{sizes[key]:.0f} bytes")
    reached = True
    for peer, _, _ in peers:
        must = task.must[peer]
        is_as_good = lambda mode: not judge or all(map(operator.ge, scores[mode], scores[peer]))
        is_meant = lambda mode: not mode.startswith("as large") or mode.endswith(peer)
        modes = [mode for mode, _, _ in ours if is_meant(mode) and is_as_good(mode)]
        if not modes:
            print(f"{task.name}  none of our modes looks as good as {peer}  MISSED")
            reached = False
            continue
        mode = min(modes, key=lambda mode: statistics.median(times[mode]))
        ratio = statistics.median(ours / theirs for ours, theirs in zip(times[mode], times[peer]))
        size = sizes[mode] / sizes[peer]
        is_met = must is None or ratio <= must
        near = ""
        if mode.startswith("as large"):
            is_met = is_met and abs(size - 1) <= SIZE
            near = f" with bytes within {SIZE:.0%}"
        bound = "reported" if must is None else f"must <= {must}{near} {'ok' if is_met else 'MISSED'}"
        reached = reached and is_met
        print(f"{task.name}  ours ({mode}) / {peer} {ratio:.2f}  {bound}, aim {task.aim}; bytes {size:.2f}")
        usual = min((mode for mode in modes if "method" not in mode), key=lambda mode: statistics.median(times[mode]), default=mode)
        if usual != mode:
            ratio = statistics.median(ours / theirs for ours, theirs in zip(times[usual], times[peer]))
            print(f"{task.name}     with the default method ({usual}) {ratio:.2f}; bytes {sizes[usual] / sizes[peer]:.2f}")
    return reached


def memory(bench, task, must):
    """The most memory of processes that did the same work, each a fresh one."""
    print(f"M{task.name[1:]}  peak memory, {task.title}")
    peaks = {}
    for name in ["ours", "sharp", "libvips"]:
        worker = bench.start(name, task.cores)
        worker.ask(f"load {os.path.join(bench.corpus, task.source)}")
        made = [spec(output, "quality") for output in task.make] if name == "ours" else task.make
        for _ in range(3):
            worker.ask("run " + json.dumps(made))
        peaks[name] = worker.resident()
        worker.close()
        print(f"   {name:20} {peaks[name] / 2**20:8.0f} MiB")
    reached = True
    for peer in ["sharp", "libvips"]:
        ratio = peaks["ours"] / peaks[peer]
        reached = reached and ratio <= must
        print(f"M{task.name[1:]}  ours / {peer} {ratio:.2f}  must <= {must} {'ok' if ratio <= must else 'MISSED'}, aim 0.3")
    return reached


def growth(bench, must, count=2000, early=200):
    """What the process holds after many mixed images, through what it held after some.

    It holds between 30 and 140 MiB, as its last images were small or large, and what was freed goes back after a while only.
    So each is a mean over twice as many images as it takes to make all outputs of all sources, and the late ones are the early ones again.
    """
    photos = sorted(os.listdir(os.path.join(bench.corpus, "photos")))
    sources = [os.path.join(bench.corpus, "photos", name) for name in photos]
    sources += [os.path.join(bench.corpus, "png/sharp--alpha-layer-1-fill.png"), os.path.join(bench.prepared, "photo.webp")]
    outputs = [
        {"operations": [{"resize_to_fit": {"width": width, "height": width}}], "output": {form: {}}}
        for width in (160, 400, 900)
        for form in ("jpeg", "webp", "png")
    ]
    worker = bench.start("ours", 1)
    again = 2 * math.lcm(5 * len(sources), len(outputs))
    late = early + math.ceil((count - early) / again) * again
    held = {early: 0, late: 0}
    for number in range(late + again):
        if number % 5 == 0:
            worker.ask(f"load {sources[number // 5 % len(sources)]}")
        worker.ask("run " + json.dumps([outputs[number * 7 % len(outputs)]]))
        for begun in held:
            if begun <= number < begun + again:
                held[begun] += worker.ask("now") / again
    worker.close()
    ratio = held[late] / held[early]
    print(f"L  memory with {again} mixed images after {late} / after {early}: {ratio:.2f} ({held[late] / 2**20:.0f} MiB)")
    print(f"L  must <= {must} {'ok' if ratio <= must else 'MISSED'}, aim 1.0")
    return ratio <= must


def main():
    corpus, prepared, worker, peers, *wanted = sys.argv[1:]
    bench = Bench(corpus, prepared, worker, peers)
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores / 2:
        print(f"note: the machine is busy (load {load:.1f} on {cores} cores), so times vary")
    rows = tasks(prepared)
    missed = [task.name for task in rows if (not wanted or task.name in wanted) and not run_task(bench, task)]
    by_name = {task.name: task for task in rows}
    for name, task, must in [("M1", by_name["E1"], 0.60), ("M2", by_name["E2"], 0.75)]:
        if (not wanted or name in wanted) and not memory(bench, task, must):
            missed.append(name)
    if (not wanted or "L" in wanted) and not growth(bench, 1.1):
        missed.append("L")
    print(f"missed: {', '.join(missed)}" if missed else "all bounds are met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
