#!/usr/bin/env python3
"""How fast and how well PDF files are read: ours beside the readers that Python programs use.

    reading.py [--ours PROGRAM] [--engines ours,pypdf,...] [--json] FILE.pdf...

PROGRAM is the example `read` of alexandria-extract, built in release (cargo build --release -p
alexandria-extract --example read). Every engine reads every file in a process of its own; its CPU
seconds (user and system) are those of that process, without the start of the interpreter. Quality is the F1
score of the words of each file, taken as a bag, against a consensus: each word as often as the
median of PyMuPDF, pdfium and pdftotext has it. Words are compared after NFKC, in lower case, with
words cut by line ends joined and leaders of dots left
out. Needs pymupdf, pypdfium2, pypdf (pip) and pdftotext (poppler-utils).
"""

import argparse
import collections
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import unicodedata

ENGINES = ("ours", "pymupdf", "pdfium", "pdftotext", "pypdf")
CONSENSUS = ("pymupdf", "pdfium", "pdftotext")
SECONDS_MAX = 900


def read_pymupdf(path):
    import pymupdf

    with pymupdf.open(path) as document:
        return "\f".join(page.get_text() for page in document)


def read_pdfium(path):
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    return "\f".join(page.get_textpage().get_text_range() for page in document)


def read_pypdf(path):
    import logging

    import pypdf

    logging.disable(logging.CRITICAL)
    return "\f".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


READERS = {"pymupdf": read_pymupdf, "pdfium": read_pdfium, "pypdf": read_pypdf}
MODULES = {"pymupdf": "pymupdf", "pdfium": "pypdfium2", "pypdf": "pypdf"}


def child(engine, path, output):
    """Reads a file in this process; writes the text and prints the CPU seconds it took."""
    __import__(MODULES[engine])
    before = resource.getrusage(resource.RUSAGE_SELF)
    text = READERS[engine](path)
    after = resource.getrusage(resource.RUSAGE_SELF)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with open(output, "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
    print(seconds)


def read(engine, path, ours):
    """The text and the CPU seconds of one engine on one file; no text where it failed."""
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "text")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            if engine in READERS:
                command = [sys.executable, os.path.abspath(__file__), "--child", engine, path, output]
                done = subprocess.run(command, capture_output=True, timeout=SECONDS_MAX, check=True)
                seconds = float(done.stdout)
            else:
                if engine == "ours":
                    command = [ours, "--everything", path]
                else:
                    command = ["pdftotext", path, "-"]
                with open(output, "wb") as file:
                    subprocess.run(
                        command, stdout=file, stderr=subprocess.DEVNULL, timeout=SECONDS_MAX, check=True
                    )
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            with open(output, encoding="utf-8", errors="replace") as file:
                return file.read(), seconds
        except (subprocess.SubprocessError, ValueError, OSError):
            return None, 0.0


def words(text):
    text = unicodedata.normalize("NFKC", text).lower()
    text = text.replace("\u00ad", "-").replace("\u2010", "-").replace("\ufffe", "-").replace("\u0002", "-")
    text = re.sub(r"(\w)-\s*\n\s*(?=\w)", r"\1", text)
    # Leaders are no words; engines differ in how they space their dots.
    text = re.sub(r"(\s?\.){3,}", " ", text)
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Cf") else c for c in text)
    return collections.Counter(word for word in text.split() if word != "|")


def consensus(bags):
    reference = collections.Counter()
    for word in set().union(*bags):
        count = int(statistics.median(bag[word] for bag in bags))
        if count:
            reference[word] = count
    return reference


def f1(found, wanted):
    hits = sum((found & wanted).values())
    total = sum(found.values()) + sum(wanted.values())
    return 200.0 * hits / total if total else 100.0


def pages(path):
    import pypdfium2

    return len(pypdfium2.PdfDocument(path))


def measure(arguments):
    engines = [engine for engine in ENGINES if engine in arguments.engines.split(",")]
    sums = {engine: collections.Counter() for engine in engines}
    rows = []
    for path in arguments.files:
        texts = {engine: read(engine, path, arguments.ours) for engine in set(engines) | set(CONSENSUS)}
        if any(texts[engine][0] is None for engine in CONSENSUS):
            print(f"{path}: no consensus, left out", file=sys.stderr)
            continue
        bags = {engine: words(text or "") for engine, (text, _) in texts.items()}
        reference = consensus([bags[engine] for engine in CONSENSUS])
        row = {"file": path, "pages": pages(path), "f1": {}, "cpu_seconds": {}}
        for engine in engines:
            hits = sum((bags[engine] & reference).values())
            score = f1(bags[engine], reference)
            row["f1"][engine], row["cpu_seconds"][engine] = round(score, 2), texts[engine][1]
            sums[engine].update(
                hits=hits,
                found=sum(bags[engine].values()),
                wanted=sum(reference.values()),
                pages=row["pages"],
                seconds=texts[engine][1],
                failed=int(texts[engine][0] is None),
                macro=score,
            )
        rows.append(row)
        print("  ".join(f"{engine} {row['f1'][engine]:6.2f}" for engine in engines), row["pages"], path, file=sys.stderr)
    return rows, sums


def report(rows, sums):
    ours = sums.get("ours", {}).get("pages", 0) / max(sums.get("ours", {}).get("seconds", 0), 1e-9)
    print(f"{'engine':<10} {'pages':>6} {'CPU s':>8} {'pages/CPU s':>12} {'ours is':>8} {'F1':>7} {'macro':>7} {'failed':>6}")
    for engine, total in sums.items():
        speed = total["pages"] / max(total["seconds"], 1e-9)
        score = 200.0 * total["hits"] / max(total["found"] + total["wanted"], 1)
        macro = total["macro"] / max(len(rows), 1)
        print(
            f"{engine:<10} {total['pages']:>6} {total['seconds']:>8.2f} {speed:>12.0f} "
            f"{ours / speed if speed else 0:>7.1f}x {score:>7.2f} {macro:>7.2f} {total['failed']:>6}"
        )


def main():
    if sys.argv[1:2] == ["--child"]:
        return child(*sys.argv[2:5])
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ours", default="target/release/examples/read")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    rows, sums = measure(arguments)
    if arguments.json:
        print(json.dumps({"files": rows, "totals": sums}))
    else:
        report(rows, sums)


if __name__ == "__main__":
    main()
