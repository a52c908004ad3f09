"""What is read and asked: real files, passages cut from real texts, and questions.

Everything comes from the optional folder of test data beside the checkout; without it the project's own
documentation stands in, and the report says so. The same seed gives the same passages and questions.
"""

import json
import pathlib
import random
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
SEED = 20261121
PASSAGES = 100_000
PASSAGE_CHARACTERS_MIN = 40
PASSAGE_CHARACTERS_MAX = 600
SECTIONS_PER_DOCUMENT = 100
TAG = "rare"
TAG_ONE_IN = 100
TAG_OFFSET = 37
QUICK_PDFS = 4
QUICK_MANUALS = 4
QUICK_BOOKS = 1
# Words on a page of a printed book, to name a book's length although an EPUB has no pages.
WORDS_PER_PAGE = 250

# The longest book of the test data and something that it says; without it, a page of the handbook.
FIRST_BOOK = (DATA / "books" / "aristotle_nicomachean-ethics.epub", "What did Solon say about happiness?")
FIRST_PAGE = (ROOT / "docs" / "first-answer.md", "How do I put a book in?")


def has_data():
    """Whether the folder of test data is there."""
    return (DATA / "qa" / "sec10q" / "docs").is_dir()


def files_to_read(quick):
    """Real files: quarterly reports as PDF, books as EPUB."""
    if not has_data():
        return sorted((ROOT / "docs").rglob("*.md"))
    pdfs = sorted((DATA / "qa" / "sec10q" / "docs").glob("*.pdf"))
    books = sorted((DATA / "books").glob("*.epub"))
    if quick:
        return pdfs[:QUICK_PDFS] + books[:QUICK_BOOKS]
    return pdfs + books


def manuals(cache, quick):
    """Printed manuals as PDF, where bench/fetch-manuals has put them."""
    found = sorted((cache / "manuals").glob("*/*.pdf"), key=lambda file: (file.name, file))
    return found[:QUICK_MANUALS] if quick else found


def first_book():
    """A long book and a question it answers."""
    return FIRST_BOOK if FIRST_BOOK[0].is_file() else FIRST_PAGE


def words_of(book):
    """The words of a book, from the text that lies beside it."""
    text = book.with_suffix(".txt") if book.suffix == ".epub" else book
    return len(text.read_text(errors="replace").split())


def printed_pages_of(book):
    """About how many pages it would have in print."""
    return round(words_of(book) / WORDS_PER_PAGE)


def passages():
    """Different passages of one or two sentences, in an order that mixes the sources."""
    texts = list(_texts())
    single = [sentence for sentences in texts for sentence in sentences]
    double = [f"{a} {b}" for sentences in texts for a, b in zip(sentences, sentences[1:])]
    fits = lambda text: PASSAGE_CHARACTERS_MIN <= len(text) <= PASSAGE_CHARACTERS_MAX
    unique = list(dict.fromkeys(filter(fits, single + double)))
    draw = random.Random(SEED)
    while len(unique) < PASSAGES:
        more = (f"{draw.choice(single)} {draw.choice(single)}" for _ in range(PASSAGES))
        unique = list(dict.fromkeys([*unique, *filter(fits, more)]))
    chosen = unique[:PASSAGES]
    draw.shuffle(chosen)
    return chosen


def documents(count):
    """The first so many passages as Markdown documents of a hundred sections: (name, tags, text)."""
    cut = passages()[:count]
    for number, start in enumerate(range(0, count, SECTIONS_PER_DOCUMENT)):
        part = cut[start : start + SECTIONS_PER_DOCUMENT]
        text = "".join(f"## {n}\n\n{passage}\n\n" for n, passage in enumerate(part, 1))
        tags = [TAG] if number % TAG_ONE_IN == TAG_OFFSET else []
        yield f"notes-{number:04}.md", tags, text


def questions(count):
    """So many different questions."""
    names = ["retrieval/scifact", "retrieval/cranfield", "qa/squad2"]
    files = [DATA / name / "queries.jsonl" for name in names] if has_data() else []
    found = [json.loads(line)["text"].strip() for file in files for line in file.open()]
    if not found:
        found = [sentence for sentences in _texts() for sentence in sentences]
    unique = list(dict.fromkeys(found))
    draw = random.Random(SEED)
    words = " ".join(unique).split()
    while len(unique) < count:
        unique.append(" ".join(draw.choices(words, k=8)))
    return draw.sample(unique, count)


def _texts():
    """Real texts as lists of their sentences."""
    if not has_data():
        for file in files_to_read(quick=False):
            yield _sentences(file.read_text())
        return
    for line in (DATA / "retrieval/scifact/sentences.jsonl").open():
        yield [_plain(sentence) for sentence in json.loads(line)["sentences"]]
    for name in ["retrieval/cranfield", "qa/squad2"]:
        for line in (DATA / name / "corpus.jsonl").open():
            yield _sentences(json.loads(line)["text"])
    for file in sorted((DATA / "books").glob("*.txt")):
        yield _sentences(file.read_text(errors="replace"))
    for file in sorted((DATA / "qa/chunking_eval/corpora").glob("*.md")):
        yield _sentences(file.read_text(errors="replace"))


def _sentences(text):
    return [_plain(part) for part in re.split(r"(?<=[.!?])\s+", text)]


def _plain(text):
    """The text in one line, without the marks that mean something in Markdown."""
    unmarked = re.sub(r"[#*_`>|~\[\]<\\]+|^\s*(?:[-+=]+|\d+[.)])\s", " ", text, flags=re.MULTILINE)
    return " ".join(unmarked.split())
