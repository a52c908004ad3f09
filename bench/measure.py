"""Measures Alexandria beside the Python stack that the handbooks describe, on the same files and questions.

Run it with `bench/run`, which sets up what it needs. What counts is processor time: it holds on a busy machine.
"""

import argparse
import dataclasses
import json
import pathlib
import shutil
import sys
import time

import corpus
import evaluation
import first_answer
import ingest
import machine
import search
import table

PARTS = {
    "ingest": ingest.measure,
    "first": first_answer.measure,
    "search": search.measure,
}


@dataclasses.dataclass
class Setup:
    """What is measured, where it works, and how much of it."""

    binary: pathlib.Path
    models: pathlib.Path
    rival_model: pathlib.Path
    work: pathlib.Path
    quick: bool
    started: float

    def fresh(self, name):
        """An empty directory for a server."""
        shutil.rmtree(self.work / name, ignore_errors=True)
        return self.kept(name)

    def kept(self, name):
        """The directory of a server, with what it holds."""
        (self.work / name).mkdir(parents=True, exist_ok=True)
        return self.work / name

    def say(self, sentence):
        print(f"[{time.perf_counter() - self.started:5.0f} s] {sentence}", file=sys.stderr, flush=True)


def main():
    options = _options()
    results = options.cache / "bench"
    work = results / "work"
    setup = Setup(
        options.binary.resolve(), options.models.resolve(), options.rival_model.resolve(), work, options.quick,
        time.perf_counter(),
    )
    if not corpus.has_data():
        setup.say(f"there is no folder {corpus.DATA}: the project's own documentation is read instead")
    facts = machine.describe(setup.binary)
    rows = []
    try:
        for part in options.only or PARTS:
            setup.say(f"{part} ...")
            rows += PARTS[part](setup)
    finally:
        if not options.keep:
            shutil.rmtree(work, ignore_errors=True)
    setup.say("finished")
    print(table.for_terminal(rows))
    results.mkdir(parents=True, exist_ok=True)
    report = {"machine": facts, "quick": options.quick, "only": options.only, "rows": [row.as_json() for row in rows]}
    (results / "latest.json").write_text(json.dumps(report, indent=1))
    _write(options, facts, rows)
    if not options.only:
        evaluation.write(setup)


def _write(options, facts, rows):
    """Writes the document, unless only a part was measured."""
    if options.only:
        print("\nOnly a part was measured: docs/benchmarks.md stays as it was.")
        return
    what = "a quick run of fewer files and 10,000 passages" if options.quick else "a whole run"
    if not corpus.has_data():
        what += " over the project's own documentation"
    table.write("speed", f"{table.for_machine(facts, what)}\n\n{table.for_document(rows)}")
    print(f"\nWritten to {table.DOCUMENT}")


def _options():
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__.strip().splitlines()[0])
    for name in ("--binary", "--models", "--rival-model", "--cache"):
        parser.add_argument(name, type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="fewer files, 10,000 passages instead of 100,000")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="these parts alone; docs/benchmarks.md is not written")
    parser.add_argument("--keep", action="store_true", help="leave the servers' directories in the cache")
    return parser.parse_args()


if __name__ == "__main__":
    main()
