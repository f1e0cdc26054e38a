"""Finds what our outputs have to be asked for so that they can be compared with a peer's: as similar as its, or as large."""

import json
import os

import similarity

# At equal similarity, files may differ by this much in size where that is part of the bound.
SIZE = 0.05
# The highest quality that is tried.
BEST = 95


def spec(output, mode):
    """A task's output as one of our specs."""
    size = {"width": output["width"]}
    if output["height"]:
        size["height"] = output["height"]
    options = {name: output[name] for name in ("quality", "method") if name in output}
    return {
        "operations": [{"resize_to_fit" if output["kind"] == "fit" else "resize_to_fill": size}],
        "output": {output["format"]: options},
        "scaled_decoding": mode,
    }


class Judge:
    """Knows what a perfect resizer makes of the source, and how similar files are to that."""

    def __init__(self, path, outputs, folder):
        self.folder, self.written = folder, 0
        sizes = [(output["kind"], output["width"], output["height"]) for output in outputs]
        made = {size: similarity.reference(path, *size) for size in set(sizes)}
        self.references = [made[size] for size in sizes]

    def place(self):
        """A folder of its own each time: the library that reads the files remembers what it has read."""
        self.written += 1
        path = os.path.join(self.folder, str(self.written))
        os.makedirs(path)
        return path

    def scores(self, worker, line):
        """How similar each output is that the worker makes, the files, and their bytes in all."""
        worker.ask(line)
        place = self.place()
        size = worker.ask(f"save-each {place}")
        files = [f"{place}/{index}" for index in range(len(self.references))]
        alike = [similarity.ssim(similarity.pixels(file), one) for file, one in zip(files, self.references)]
        return alike, files, size

    def score(self, worker, made, index):
        """How similar one of our outputs is when it is made alone."""
        worker.ask("run " + json.dumps([made]))
        file = f"{self.place()}/one"
        worker.ask(f"save {file}")
        score = similarity.ssim(similarity.pixels(file), self.references[index])
        os.remove(file)
        return score


def alike(worker, judge, task, peers):
    """Our modes, by name: each way to decode, and for WebP the fast method beside the usual one. The quality of an output is the
    peer's, or the lowest above it with which it looks no worse than the peer's output, given `peers`: the similarities of each peer's."""
    has_webp = any(output["format"] == "webp" for output in task.make)
    known = {}

    def score(mode, method, index, quality):
        key = mode, method, index, quality
        if key not in known:
            output = {**task.make[index], "quality": quality, **method_of(task.make[index], method)}
            known[key] = judge.score(worker, spec(output, mode), index)
        return known[key]

    def matched(mode, method, target):
        outputs = []
        for index, output in enumerate(task.make):
            made = {**output, **method_of(output, method)}
            if "quality" in output:
                wanted = (quality for quality in range(output["quality"], BEST + 1)
                          if score(mode, method, index, quality) >= target[index])
                made["quality"] = next(wanted, output["quality"])
            outputs.append(made)
        return outputs

    modes = {}
    for mode in task.modes:
        for method in (None, 2) if has_webp else (None,):
            for peer, target in peers.items():
                outputs = matched(mode, method, target)
                name = mode + (", method 2" if method is not None else "")
                raised = [o["quality"] - p["quality"] for o, p in zip(outputs, task.make) if "quality" in p]
                if any(raised):
                    name += f", quality +{min(raised)} to +{max(raised)}" if len(raised) > 1 else f", quality +{raised[0]}"
                modes[name] = [spec(output, mode) for output in outputs]
    return modes


def method_of(output, method):
    return {"method": method} if method is not None and output["format"] == "webp" else {}


def as_large(workers, runs, task, folder):
    """For each peer, our quality whose file is nearest to the peer's in size: a mode of its own."""
    matched = {}
    usual = spec(task.make[0], "quality")
    for peer, worker, line in runs:
        worker.ask(line)
        target = worker.ask(f"save {folder}/{peer}")
        low, high = 1, 100
        sizes = {}
        while low <= high:
            quality = (low + high) // 2
            workers["ours"].ask("run " + json.dumps([{**usual, "output": {"avif": {"quality": quality}}}]))
            sizes[quality] = workers["ours"].ask(f"save {folder}/ours")
            low, high = (quality + 1, high) if sizes[quality] < target else (low, quality - 1)
        best = min(sizes, key=lambda quality: abs(sizes[quality] - target))
        if abs(sizes[best] / target - 1) > SIZE:
            print(f"   no quality of ours comes within {SIZE:.0%} of {peer}'s {target:.0f} bytes")
        matched[f"as large as {peer}"] = [{**usual, "output": {"avif": {"quality": best}}}]
    return matched
