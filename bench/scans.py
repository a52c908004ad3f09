#!/usr/bin/env python3
"""How well scanned pages are read: characters wrong in a hundred, for pages whose text is known.

    scans.py [--reader PROGRAM] [--recogniser PROGRAM] [--pages N] [--conditions faint,noisy,...] [--keep FOLDER] [--json]

The programs are the examples `read` of alexandria-extract, which draws pages, and `recognise` of alexandria-models. Pages of
the books in the test data are typeset, drawn as pictures, spoiled the way scanners, copiers and telephones spoil pages, and put into PDF files that hold the picture alone. The rate
is the edit distance to the text that was typeset, over its length, after NFKC, with quotation marks and dashes made plain and
spaces made one. Needs pymupdf and numpy (in the environment that bench/run sets up) and tesseract.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata

import numpy
import pymupdf

import corpus

SEED = 20261121
PAGE = pymupdf.paper_rect("a5")
MARGIN = 42
CHARACTERS = 9000
FONTS = ("serif", "sans-serif")
# What a page goes through: pixels to the inch, degrees, font size, and how its picture is spoiled.
CONDITIONS = {
    "clean 300 dpi": {"dpi": 300},
    "clean 200 dpi": {"dpi": 200},
    "small type 150 dpi": {"dpi": 150, "size": 8},
    "turned 1 degree": {"dpi": 200, "turn": 1.0},
    "turned 3 degrees": {"dpi": 200, "turn": -3.0},
    "turned 6 degrees": {"dpi": 200, "turn": 6.0},
    "on its side": {"dpi": 200, "turn": 90},
    "on its other side": {"dpi": 200, "turn": 270},
    "upside down": {"dpi": 200, "turn": 180},
    "faint": {"dpi": 200, "black": 150, "white": 205},
    "shaded": {"dpi": 200, "shade": 0.55},
    "noisy": {"dpi": 200, "noise": 28},
    "JPEG 25": {"dpi": 200, "jpeg": 25},
    "white on black": {"dpi": 200, "black": 255, "white": 0},
    "all at once": {"dpi": 150, "turn": 1.2, "blur": 1, "shade": 0.7, "noise": 10, "jpeg": 35},
}


def typeset(text, size, family, path):
    """The first page of a text, and the words that stand on it."""
    paragraphs = "".join(f"<p>{_escaped(part)}</p>" for part in re.split(r"\n\s*\n", text))
    story = pymupdf.Story(paragraphs, user_css=f"* {{font-family: {family}; font-size: {size}px;}}")
    writer = pymupdf.DocumentWriter(str(path))
    device = writer.begin_page(PAGE)
    story.place(PAGE + (MARGIN, MARGIN, -MARGIN, -MARGIN))
    story.draw(device)
    writer.end_page()
    writer.close()
    document = pymupdf.open(path)
    return document, document[0].get_text()


def scanned(page, dpi, turn=0.0, black=0, white=255, shade=1.0, noise=0, blur=0, jpeg=None, draw=None, **_):
    """The picture of a page as a file, spoiled."""
    matrix = pymupdf.Matrix(dpi / 72, dpi / 72).prerotate(turn)
    pixmap = page.get_pixmap(matrix=matrix, colorspace=pymupdf.csGRAY)
    grey = numpy.frombuffer(pixmap.samples, numpy.uint8).reshape(pixmap.height, pixmap.stride)[:, : pixmap.width]
    grey = black + grey.astype(float) * (white - black) / 255
    for _ in range(blur):
        grey = sum(numpy.roll(grey, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)) / 9
    grey *= numpy.linspace(1.0, shade, grey.shape[1])[None, :]
    if noise:
        grey += draw.normal(0, noise, grey.shape)
    samples = grey.clip(0, 255).astype(numpy.uint8).tobytes()
    pixmap = pymupdf.Pixmap(pymupdf.csGRAY, grey.shape[1], grey.shape[0], samples, 0)
    return pixmap.tobytes("jpeg", jpg_quality=jpeg) if jpeg else pixmap.tobytes("png"), pixmap.width, pixmap.height


def scan(page, condition, path, draw):
    """A PDF file that holds the picture of a page and nothing else."""
    picture, width, height = scanned(page, draw=draw, **condition)
    document = pymupdf.open()
    points = 72 / condition["dpi"]
    sheet = document.new_page(width=width * points, height=height * points)
    sheet.insert_image(sheet.rect, stream=picture)
    document.save(path)


def plain(text):
    """The text without what is no fault: line ends, hyphens at them, and kinds of quotation marks."""
    text = unicodedata.normalize("NFKC", text)
    text = text.translate(str.maketrans("“”„«»‘’‚—–‐", "\"\"\"\"\"'''---"))
    text = re.sub(r"(\w)-\s*\n\s*(?=\w)", r"\1", text)
    return " ".join(text.split())


def distance(one, other):
    """The edit distance of two texts."""
    one = numpy.frombuffer(one.encode("utf-32-le"), numpy.uint32)
    other = numpy.frombuffer(other.encode("utf-32-le"), numpy.uint32)
    index = numpy.arange(len(other) + 1)
    row = index.copy()
    for sign in one:
        above = row + 1
        above[1:] = numpy.minimum(above[1:], row[:-1] + (other != sign))
        row = numpy.minimum.accumulate(above - index) + index
    return int(row[-1])


def texts(count):
    """Stretches from the middle of the books."""
    books = sorted((corpus.DATA / "books").glob("*.txt"))
    for number in range(count):
        book = books[number % len(books)].read_text(errors="replace")
        start = book.index("\n\n", len(book) * (2 + number) // (4 + number))
        yield book[start : start + CHARACTERS]


def measure(arguments, folder):
    wanted = {name: CONDITIONS[name] for name in arguments.conditions or CONDITIONS}
    draw = numpy.random.default_rng(SEED)
    known, paths = {}, []
    for number, text in enumerate(texts(arguments.pages)):
        for name, condition in wanted.items():
            family = FONTS[number % len(FONTS)]
            document, typed = typeset(text, condition.get("size", 11), family, folder / "typeset.pdf")
            path = folder / f"{name.replace(' ', '-')}-{number}.pdf"
            scan(document[0], condition, path, draw)
            known[path] = (name, plain(typed))
            paths.append(path)
    faults = {name: [0, 0] for name in wanted}
    for path in paths:
        drawn = subprocess.run([arguments.reader, "--drawn", path], capture_output=True, check=True).stdout
        ended = subprocess.run([arguments.recogniser], input=drawn, capture_output=True, check=True)
        name, typed = known[path]
        wrong = min(distance(typed, plain(ended.stdout.decode())), len(typed))
        faults[name][0] += wrong
        faults[name][1] += len(typed)
        print(f"{100 * wrong / len(typed):6.2f} % {path.name} {ended.stderr.decode().strip()}", file=sys.stderr, flush=True)
    return {name: 100 * wrong / max(all_of_them, 1) for name, (wrong, all_of_them) in faults.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reader", default="target/release/examples/read")
    parser.add_argument("--recogniser", default="target/release/examples/recognise")
    parser.add_argument("--pages", type=int, default=3, help="how many pages for each condition")
    parser.add_argument("--conditions", type=lambda names: names.split(","))
    parser.add_argument("--keep", type=pathlib.Path, help="leave the scans in this folder")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = arguments.keep or pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        rates = measure(arguments, folder)
    if arguments.json:
        print(json.dumps(rates))
    else:
        print("\n".join(f"{name:<20} {rate:6.2f} % of characters wrong" for name, rate in rates.items()))


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


if __name__ == "__main__":
    main()
