"""The pages in a real browser: what they weigh, how soon they are there, and how long their tests take."""

import json
import os
import pathlib
import re
import subprocess

from row import shown

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What runs beside other tests is timed as a whole only; the rest has the machine to itself.
PROJECTS = {"pages": [], "timed": ["--workers", "1"]}
DOCUMENTS, DOCUMENTS_QUICK = 10_000, 1_000
PARTS_SHOWN = 14
KIB = 1024
PROFILES = {"debug": "its tests, which is slower than one for use", "release": "use"}
DIGEST = re.compile(r"-[\w-]{8}(?=\.)")


def measure(setup):
    """The figures that the tests of the pages tell, how long these take, and the sizes of the built files."""
    figures, minutes, tests = [], {}, 0
    for project, how in PROJECTS.items():
        report = _run(setup, project, how)
        minutes[project] = report["stats"]["duration"] / 60_000
        for spec in _specs(report["suites"]):
            # Each is tried once; one that is skipped has not run.
            runs = [run for test in spec["tests"] for run in test["results"] if run["status"] == "passed"]
            tests += len(runs)
            notes = [note for run in runs for note in run["annotations"]]
            figures += [json.loads(note["description"]) for note in notes if note["type"] == "figure"]
        setup.say(f"  {project}: {minutes[project]:.1f} minutes")
    profile = "debug" if "debug" in setup.binary.parts else "release"
    return {"figures": figures, "minutes": minutes, "tests": tests, "parts": _parts(), "profile": profile}


def text(found):
    """The figures as Markdown."""
    lines = [f"The program as it is built for {PROFILES[found['profile']]}.", ""]
    lines += ["| | unit | measured | asked | reached |", "|---|---|--:|---|---|"]
    for figure in found["figures"]:
        (bound, asked), value = next(iter(figure["asked"].items())), figure["value"]
        reached = value <= asked if bound == "most" else value >= asked
        sign = "≤" if bound == "most" else "≥"
        cells = (figure["what"], figure["unit"], shown(value), f"{sign} {shown(asked)}", "yes" if reached else "**no**")
        lines.append(f"| {' | '.join(cells)} |")
    whole = sum(found["minutes"].values())
    lines += [
        f"| {found['tests']} tests in the browser, from end to end | minutes | {whole:.1f} | | |",
        "",
        "What the browser fetches, each when it is first needed:",
        "",
        "| file | KiB | with Brotli |",
        "|---|--:|--:|",
    ]
    parts = found["parts"]
    lines += [f"| {name} | {size / KIB:,.0f} | {packed / KIB:,.0f} |" for name, size, packed in parts[:PARTS_SHOWN]]
    rest = parts[PARTS_SHOWN:]
    sizes = [sum(part[column] for part in rest) / KIB for column in (1, 2)]
    lines.append(f"| {len(rest)} more | {sizes[0]:,.0f} | {sizes[1]:,.0f} |")
    return "\n".join(lines)


def _run(setup, project, how):
    """Runs the tests of one project; a test that fails is an error here as well."""
    place = setup.kept("web") / f"{project}.json"
    asked = [ROOT / "scripts" / "test-web", setup.binary, "--project", project, "--reporter", "json", *how]
    told = {
        "PLAYWRIGHT_JSON_OUTPUT_FILE": str(place),
        "ALEXANDRIA_TEST_SHELF": str(DOCUMENTS_QUICK if setup.quick else DOCUMENTS),
    }
    environment = {**os.environ, "ALEXANDRIA_MODELS": str(setup.models), "ALEXANDRIA_CACHE": str(setup.cache), **told}
    ended = subprocess.run(asked, capture_output=True, text=True, env=environment, check=False)
    if ended.returncode:
        raise RuntimeError(f"tests of the web application failed ({project}): {ended.stdout[-2000:]}{ended.stderr[-2000:]}")
    return json.loads(place.read_text())


def _specs(suites):
    for suite in suites:
        yield from suite.get("specs", [])
        yield from _specs(suite.get("suites", []))


def _parts():
    """The built scripts and styles, the heaviest first: name, bytes, bytes with Brotli."""
    asked = [ROOT / "scripts" / "build-web"]
    folder = pathlib.Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
    parts = []
    for path in (folder / "assets").iterdir():
        if path.suffix in {".js", ".mjs", ".css"}:
            packed = path.with_name(f"{path.name}.br")
            size = path.stat().st_size
            parts.append((DIGEST.sub("", path.name), size, packed.stat().st_size if packed.exists() else size))
    return sorted(parts, key=lambda part: -part[2])
