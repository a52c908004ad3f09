"""Measures Alexandria beside the Python stack that the handbooks describe, on the same files and questions.

Run it with `bench/run`, which sets up what it needs. What counts is processor time: it holds on a busy machine.
"""

import argparse
import dataclasses
import importlib
import json
import os
import pathlib
import shutil
import signal
import sys
import time

import corpus
import machine
import table
from row import Row

# Parts by their names, and the modules that measure them, each loaded when it is wanted: not all need the same libraries.
# Each of these gives rows that stand in one table.
PARTS = {
    "reading": "pages",
    "ingest": "ingest",
    "first": "first_answer",
    "upload": "upload",
    "search": "search",
    "vectors": "vectors",
    "tenants": "tenants",
}

# Each of these gives figures of its own, written between markers of their own.
QUALITY = {
    "eval": "evaluation",
    "chunking": "chunking",
    "answers": "answers",
    "writers": "writers",
    "checker": "checker",
    "web": "web",
}


@dataclasses.dataclass
class Setup:
    """What is measured, where it works, and how much of it."""

    binary: pathlib.Path
    models: pathlib.Path
    rival_model: pathlib.Path
    reader: pathlib.Path
    vectors: pathlib.Path
    cache: pathlib.Path
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

    def environment(self):
        """What the binary is run with when it measures itself."""
        return {**os.environ, "ALEXANDRIA_MODELS": str(self.models), "TMPDIR": str(self.kept("eval"))}

    def say(self, sentence):
        print(f"[{time.perf_counter() - self.started:5.0f} s] {sentence}", file=sys.stderr, flush=True)


def main():
    # Told to stop, it stops its servers first.
    for told in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, lambda number, _: sys.exit(128 + number))
    options = _options()
    results = options.cache / "bench"
    programs = (options.binary, options.models, options.rival_model, options.reader, options.vectors, options.cache)
    paths = (path.resolve() for path in programs)
    setup = Setup(*paths, results / "work", options.quick, time.perf_counter())
    if not corpus.has_data():
        setup.say(f"there is no folder {corpus.DATA}: the project's own documentation is read instead")
    wanted = options.only or [*PARTS, *([] if options.quick else QUALITY)]
    report = {"machine": machine.describe(setup.binary), "quick": options.quick, "parts": wanted}
    latest = results / "latest.json"
    report["speed"] = _kept(latest, options.quick)
    results.mkdir(parents=True, exist_ok=True)
    try:
        for part in wanted:
            setup.say(f"{part} ...")
            if part in PARTS:
                rows = [row.as_json() for row in importlib.import_module(PARTS[part]).measure(setup)]
                report["speed"][part] = {**machine.moment(), "rows": rows}
            else:
                report[part] = importlib.import_module(QUALITY[part]).measure(setup)
            latest.write_text(json.dumps(report, indent=1))
    finally:
        if not options.keep:
            shutil.rmtree(setup.work, ignore_errors=True)
    setup.say("finished")
    _write(report)


def _kept(latest, quick):
    """What earlier runs of the same kind measured of speed, by its part."""
    try:
        report = json.loads(latest.read_text())
    except FileNotFoundError:
        return {}
    return report.get("speed", {}) if report.get("quick") == quick else {}


def _write(report):
    """Prints the tables and writes them into the document: speed only when all of it has been measured."""
    speed = {part: report["speed"][part] for part in PARTS if part in report["speed"]}
    rows = {part: [Row.of_json(row) for row in measured["rows"]] for part, measured in speed.items()}
    measured_now = [row for part in rows if part in report["parts"] for row in rows[part]]
    if measured_now:
        print(table.for_terminal(measured_now))
    written = []
    if measured_now and len(speed) == len(PARTS):
        what = "a quick run of fewer files and 10,000 passages" if report["quick"] else "a whole run"
        if not corpus.has_data():
            what += " over the project's own documentation"
        if not all(part in report["parts"] for part in PARTS):
            moments = (f"{part} {of['date']} ({of['commit']})" for part, of in speed.items())
            what = f"measured in several runs: {', '.join(moments)}"
        everything = [row for part in rows.values() for row in part]
        table.write("speed", f"{table.for_machine(report['machine'], what)}\n\n{table.for_document(everything)}")
        written.append("speed")
    for part, name in QUALITY.items():
        if part in report:
            module = importlib.import_module(name)
            day = f"{report['machine']['date']}, commit {report['machine']['commit']}."
            print(f"\n{part}\n{module.text(report[part])}")
            table.write(part, f"{day}\n\n{module.text(report[part])}")
            written.append(part)
    print(f"\nWritten to {table.DOCUMENT}: {', '.join(written) or 'nothing, because only a part was measured'}")


def _options():
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__.strip().splitlines()[0])
    for name in ("--binary", "--models", "--rival-model", "--reader", "--vectors", "--cache"):
        parser.add_argument(name, type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="fewer files, 10,000 passages instead of 100,000")
    parser.add_argument("--only", nargs="+", choices=[*PARTS, *QUALITY], help="these parts alone")
    parser.add_argument("--keep", action="store_true", help="leave the servers' directories in the cache")
    return parser.parse_args()


if __name__ == "__main__":
    main()
