"""What the peers in Python have in common: the commands of imaging-worker."""

import json
import sys
import time


def serve(make):
    """Answers lines; `make` makes a list of files of a source's bytes and a list of tasks."""
    source, made = b"", []
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "load":
            with open(rest, "rb") as file:
                source = file.read()
            answer = len(source)
        elif word == "run":
            tasks = json.loads(rest)
            start = time.perf_counter_ns()
            made = make(source, tasks)
            answer = time.perf_counter_ns() - start
        elif word == "save":
            with open(rest, "wb") as file:
                file.write(made[0])
            answer = len(made[0])
        elif word == "save-each":
            for index, output in enumerate(made):
                with open(f"{rest}/{index}", "wb") as file:
                    file.write(output)
            answer = sum(map(len, made))
        else:
            answer = f"error: not a command: {line}"
        print(answer, flush=True)
