"""From an empty directory to the first answer over a book, and what the whole of it needs in memory."""

import time

import corpus
from ours import Ours
from rival_client import Rival
from row import Row
from wire import wait_until

LOOK_EVERY_S = 0.02
MIB = 1 << 20
SECTION = "First answer"


def measure(setup):
    """Starts each on an empty directory, puts one book in and asks."""
    book, question = corpus.first_book()
    ours, rival = _ours(setup, book, question), _rival(setup, book, question)
    pages = corpus.printed_pages_of(book)
    if ours["answer_s"] is None:
        setup.say(f"  {question!r} was not answered")

    def row(what, unit, key, **asked):
        return Row(SECTION, what, unit, ours.get(key), rival.get(key), **asked)

    return [
        row("start of the server on an empty directory", "s", "start_s"),
        row("from adding the book to finding its words", "s", "found_s", target=2,
            note=f"{book.name}, about {pages} pages"),
        row("from adding the book to the first cited answer", "s", "answer_s", target=10,
            note="the Python stack only searches: its time is that of its first passages"),
        row("from adding the book to the last embedding", "s", "ready_s"),
        row("CPU of all that", "CPU-s", "cpu_s"),
        row("peak memory of all that", "MiB", "memory_mib", target=1024,
            note="serve, add the book, search, ask"),
    ]


def _ours(setup, book, question):
    data = book.read_bytes()
    with Ours(setup.binary, setup.models, setup.fresh("first-ours")) as ours:
        figures = {"start_s": ours.server.seconds()}
        start = time.perf_counter()
        since = lambda: time.perf_counter() - start
        document = ours.add(book.name, data)
        wait_until(lambda: ours.search(question, mode="text")["passages"], ours.server, LOOK_EVERY_S)
        figures["found_s"] = since()
        reply = ours.ask(question)
        while not reply["answered"] and ours.document(document)["state"] != "ready":
            time.sleep(LOOK_EVERY_S)
            reply = ours.ask(question)
        if not reply["answered"]:
            reply = ours.ask(question)
        figures["answer_s"] = since() if reply["answered"] else None
        assert all(sentence["citations"] for sentence in reply["sentences"]), "a sentence without a citation"
        ours.wait(document)
        figures["ready_s"] = since()
        ours.ask(question)
        figures["cpu_s"] = ours.server.cpu()
        figures["memory_mib"] = ours.server.memory() / MIB
        return figures


def _rival(setup, book, question):
    data = book.read_bytes()
    with Rival(setup.rival_model, setup.fresh("first-rival")) as rival:
        figures = {"start_s": rival.server.seconds()}
        start = time.perf_counter()
        rival.add(book.name, data)
        figures["ready_s"] = time.perf_counter() - start
        assert rival.search(question)["passages"], "the Python stack found nothing"
        figures["found_s"] = figures["answer_s"] = time.perf_counter() - start
        figures["cpu_s"] = rival.server.cpu()
        figures["memory_mib"] = rival.server.memory() / MIB
        return figures
