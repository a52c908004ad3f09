"""Reading PDF files: pages for a second of processor time, and whether the words are right (see reading.py)."""

import json
import pathlib
import shutil
import subprocess
import sys

import corpus
from row import HIGHER, Row

PROGRAM = pathlib.Path(__file__).resolve().parent / "reading.py"
SECTION = "Reading PDF"
ENGINES = ("ours", "pymupdf", "pdfium", "pypdf")
F1_ASKED = 99.5


def measure(setup):
    """Reads the same files with ours and with the readers that Python programs use."""
    reports = [file for file in corpus.files_to_read(setup.quick) if file.suffix == ".pdf"]
    manuals = corpus.manuals(setup.cache, setup.quick)
    if not manuals:
        setup.say("  the reports alone: bench/fetch-manuals fetches thousands of pages of other kinds")
    files = [*reports, *manuals]
    if not files or not shutil.which("pdftotext") or not setup.reader.is_file():
        setup.say("  left out: it needs the folder of test data, pdftotext (poppler-utils) and the example "
                  f"{setup.reader}")
        return []
    asked = [sys.executable, PROGRAM, "--json", "--ours", setup.reader, "--engines", ",".join(ENGINES), *files]
    ended = subprocess.run(asked, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"reading.py ended with {ended.returncode}: {ended.stderr[-1000:]}")
    totals = json.loads(ended.stdout)["totals"]
    speed = {name: total["pages"] / max(total["seconds"], 1e-9) for name, total in totals.items()}
    f1 = {name: 200 * total["hits"] / max(total["found"] + total["wanted"], 1) for name, total in totals.items()}
    others = {"pymupdf": "PyMuPDF", "pdfium": "pdfium"}
    said = ", ".join(f"{name} {speed[key]:,.0f} and {f1[key]:.2f} %" for key, name in others.items())
    note = f"{len(reports)} reports and {len(manuals)} manuals, {totals['ours']['pages']:,} pages; ours with the place of every character, the others text alone. {said}"
    setup.say(f"  ours {speed['ours']:,.0f} pages/CPU-s, pypdf {speed['pypdf']:,.0f}")
    return [
        Row(SECTION, "pages, ours beside pypdf", "pages/CPU-s", speed["ours"], speed["pypdf"], HIGHER,
            target=1000, times_target=20, note=note),
        Row(SECTION, "words right (F1)", "%", f1["ours"], f1["pypdf"], HIGHER, target=F1_ASKED,
            note="against the median of what PyMuPDF, pdfium and pdftotext read; running heads counted"),
    ]
