"""From files to passages that are found by their words and their meaning."""

import corpus
from ours import Ours
from processes import Cost
from rival_client import Rival
from row import HIGHER, Row
from wire import Refused

MIB = 1 << 20
SECTION = "Putting in"


def measure(setup):
    """Puts the same files into both and counts what that costs."""
    files = [(file.name, file.read_bytes()) for file in corpus.files_to_read(setup.quick)]
    rival = _rival(setup, files)
    refused = rival["refused"]
    if refused:
        setup.say(f"  the Python stack cannot read {', '.join(refused)}: left out for both")
    files = [(name, data) for name, data in files if name not in refused]
    ours = _ours(setup, files)
    books = (file for file in corpus.files_to_read(setup.quick) if file.suffix != ".pdf" and file.name not in refused)
    pages = ours["pdf_pages"] + sum(map(corpus.printed_pages_of, books))
    note = f"{len(files)} files, {pages:,} pages, {sum(len(data) for _, data in files) / 1e6:.0f} MB"
    if refused:
        note += f"; left out because pypdf cannot read them: {', '.join(refused)}"
    setup.say(f"  ours {ours['cpu_s']:.1f} s of CPU, the Python stack {rival['cpu_s']:.1f} s")

    def row(what, unit, of, better, **asked):
        return Row(SECTION, what, unit, of(ours), of(rival), better, **asked)

    return [
        row("pages, file to searchable and embedded", "pages/CPU-s", lambda of: pages / of["cpu_s"], HIGHER, note=note),
        row("pages by the clock", "pages/s", lambda of: pages / of["wall_s"], HIGHER),
        row("chunks, file to searchable and embedded", "chunks/CPU-s",
            lambda of: of["chunks"] / of["cpu_s"], HIGHER, times_target=3,
            note=f"{ours['chunks']:,} chunks of ours, {rival['chunks']:,} of the other, which overlap"),
        row("text, file to searchable and embedded", "kB/CPU-s",
            lambda of: of["characters"] / 1000 / of["cpu_s"], HIGHER, note="thousands of characters, overlaps counted once"),
        row("peak memory while putting in", "MiB", lambda of: of["memory"] / MIB, "lower", times_target=4),
        row("on the disk afterwards, originals aside", "MiB", lambda of: of["disk"] / MIB, "lower",
            note=f"we also keep the originals: {ours['originals'] / MIB:.0f} MiB"),
    ]


def _ours(setup, files):
    with Ours(setup.binary, setup.models, setup.fresh("ingest-ours")) as ours:
        with Cost(ours.server) as cost:
            added = [ours.add(name, data) for name, data in files]
            documents = [ours.wait(document) for document in added]
        disk, originals = ours.disk()
        return {
            "cpu_s": cost.cpu_s,
            "wall_s": cost.wall_s,
            "pdf_pages": sum(document["pages"] or 0 for document in documents),
            "chunks": sum(document["chunks"] for document in documents),
            "characters": ours.characters(),
            "memory": ours.server.memory(),
            "disk": disk - originals,
            "originals": originals,
        }


def _rival(setup, files):
    added, costs, refused = [], [], []
    with Rival(setup.rival_model, setup.fresh("ingest-rival")) as rival:
        for name, data in files:
            try:
                with Cost(rival.server) as cost:
                    added.append(rival.add(name, data))
                costs.append(cost)
            except Refused:
                refused.append(name)
        return {
            "refused": refused,
            "cpu_s": sum(cost.cpu_s for cost in costs),
            "wall_s": sum(cost.wall_s for cost in costs),
            "chunks": sum(reply["chunks"] for reply in added),
            "characters": sum(reply["characters"] for reply in added),
            "memory": rival.server.memory(),
            "disk": rival.disk(),
        }
