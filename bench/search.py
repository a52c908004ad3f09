"""How long a search takes, what it costs and what it finds, in libraries of short passages.

Ours embeds the passages; the Python stack is given the same vectors, because it would need an hour for them.
Both embed the questions themselves. No question is asked twice while times are taken, since we remember questions.
"""

import dataclasses
import statistics
import time

import asking
import corpus
import recall
from ours import Ours
from processes import Cost, proportional_bytes, tree
from rival_client import Rival
from row import HIGHER, Row

SIZES = (10_000, 100_000)
QUESTIONS = 200
QUESTIONS_FOR_RECALL = 100
WARM_UP = 20
MIB = 1 << 20
# The size that the targets are for.
SIZE_ASKED = 100_000


@dataclasses.dataclass
class Library:
    """The passages that both servers hold."""

    vectors: object
    pieces: list
    tagged: set

    def rows(self, tag):
        """The rows that a filter leaves; nothing when there is no filter."""
        if tag is None:
            return None
        return [row for row, piece in enumerate(self.pieces) if piece["document"] in self.tagged]


def measure(setup):
    """Fills both step by step and searches at each size."""
    sizes = SIZES[:1] if setup.quick else SIZES
    runs = len(sizes) * 2
    asked = corpus.questions(WARM_UP + runs * QUESTIONS + len(sizes) * asking.ANSWERS + QUESTIONS)
    warm, asked = asked[:WARM_UP], asked[WARM_UP:]
    documents = list(corpus.documents(sizes[-1]))
    rows, loaded, held, tagged = [], set(), set(), set()
    ours = Ours(setup.binary, setup.models, setup.fresh("search-ours"))
    rival = Rival(setup.rival_model, setup.fresh("search-rival"))
    with ours, rival:
        for size in sizes:
            count = size // corpus.SECTIONS_PER_DOCUMENT
            new = documents[len(loaded) : count]
            rows += _fill(setup, ours, new, size, loaded, tagged)
            library = Library(*ours.chunks(), tagged)
            _load(setup, rival, library, held)
            if size == SIZE_ASKED:
                library.vectors.astype("<f4").tofile(setup.work / "vectors.f32")
            for tag in (None, corpus.TAG):
                part, asked = asked[:QUESTIONS], asked[QUESTIONS:]
                rows += _times(setup, ours, rival, library, size, tag, warm, part)
            part, asked = asked[: asking.ANSWERS], asked[asking.ANSWERS :]
            rows += asking.extractive(ours, _section(size), part)
    rows += _cold(setup, sizes[-1], asked)
    rows += asking.written(setup, _section(sizes[-1]), asked[: asking.ANSWERS])
    return rows


def _fill(setup, ours, documents, size, loaded, tagged):
    """Puts documents into ours and waits for their embeddings."""
    with Cost(ours.server) as cost:
        for name, tags, text in documents:
            document = ours.add(name, text.encode(), tags, name.removesuffix(".md"))
            loaded.add(document)
            if tags:
                tagged.add(document)
        for document in loaded:
            ours.wait(document)
    new = len(documents) * corpus.SECTIONS_PER_DOCUMENT
    setup.say(f"  {size:,} passages: the last {new:,} took {cost.cpu_s:.0f} s of CPU to embed")
    what = f"putting in {new:,} short passages as Markdown"
    return [Row(_section(size), what, "chunks/CPU-s", new / cost.cpu_s, None, HIGHER)]


def _load(setup, rival, library, held):
    """Gives the rival what it does not hold yet."""
    new = [row for row, piece in enumerate(library.pieces) if piece["id"] not in held]
    tag_of = lambda piece: {"tag": corpus.TAG} if piece["document"] in library.tagged else {"tag": "common"}
    rows = [
        {"id": piece["id"], "text": piece["text"], "metadata": {"name": piece["document"], **tag_of(piece)}}
        for piece in (library.pieces[row] for row in new)
    ]
    with Cost(rival.server) as cost:
        rival.load(library.vectors[new], rows)
    held.update(row["id"] for row in rows)
    setup.say(f"  the Python stack took {cost.cpu_s:.0f} s of CPU to index {len(rows):,} vectors that were given to it")


def _times(setup, ours, rival, library, size, tag, warm, asked):
    """Searches with and without a filter: times, processor time, recall."""
    own = _run(ours, warm, asked, tag)
    other = _run(rival, warm, asked, tag)
    own["scan"] = statistics.median(reply["timings_ms"]["vectors"] for reply in own["replies"])
    other["scan"] = statistics.median(reply["cpu_ms"]["query"] for reply in other["replies"])
    own["recall"] = _own_recall(ours, library, tag, asked[:QUESTIONS_FOR_RECALL])
    other["recall"] = _other_recall(rival, library, tag, asked[:QUESTIONS_FOR_RECALL])
    passing = "no filter" if tag is None else "a filter that 1 % pass"
    at_asked = size == SIZE_ASKED
    setup.say(f"  {size:,}, {passing}: {own['cpu']:.1f} ms of CPU beside {other['cpu']:.1f}")

    def row(what, unit, key, better="lower", **asked):
        return Row(_section(size), f"{what}, {passing}", unit, own[key], other[key], better, **asked)

    return [
        row("whole search, median", "ms", "p50"),
        row("whole search, 95th percentile", "ms", "p95"),
        row("whole search, CPU", "CPU-ms", "cpu", target=12,
            note="ours asks words and meaning and joins them; the other asks meaning alone"),
        row("the vectors of a hybrid search", "ms", "scan",
            note="the nearest hundred, to be joined with the words; ours by the clock inside the server, the other the nearest ten in CPU"),
        row("recall@10 by meaning against an exact search", "", "recall", HIGHER, target=0.99 if at_asked else None),
    ]


def _run(side, warm, asked, tag):
    """Asks one after the other and takes the times."""
    for question in warm:
        side.search(question, tag=tag)
    side.server.wait_until_quiet()
    took, replies = [], []
    with Cost(side.server) as cost:
        for question in asked:
            start = time.perf_counter()
            replies.append(side.search(question, tag=tag))
            took.append(1000 * (time.perf_counter() - start))
    took.sort()
    assert all(reply["passages"] for reply in replies), f"{side.name} found nothing"
    return {
        "p50": statistics.median(took),
        "p95": took[len(took) * 95 // 100],
        "cpu": 1000 * cost.cpu_s / len(asked),
        "replies": replies,
    }


def _own_recall(ours, library, tag, asked):
    revealer = recall.Revealer(ours, library.vectors, library.pieces)
    rows = library.rows(tag)
    in_version = {}
    for row, piece in enumerate(library.pieces):
        in_version.setdefault(piece["version"], []).append(row)
    shares = []
    for question in asked:
        wanted = recall.exact(library.vectors, revealer.reveal(question), rows)
        found = []
        for passage in ours.search(question, "vectors", recall.AT, tag, explain=True)["passages"]:
            span = passage["place"]["span"]
            # A passage of joined neighbours has found each of them.
            found += [
                row for row in in_version[passage["version_id"]]
                if library.pieces[row]["start"] >= span["start"] and library.pieces[row]["end"] <= span["end"]
            ]
        shares.append(recall.share(wanted, found))
    return statistics.mean(shares)


def _other_recall(rival, library, tag, asked):
    rows = library.rows(tag)
    row_of = {piece["id"]: row for row, piece in enumerate(library.pieces)}
    shares = []
    for question, vector in zip(asked, rival.embed(asked)):
        found = [row_of[passage["id"]] for passage in rival.search(question, tag=tag)["passages"]]
        shares.append(recall.share(recall.exact(library.vectors, vector, rows), found))
    return statistics.mean(shares)


def _cold(setup, size, asked):
    """Starts both again on what they hold and searches."""
    own = _start(lambda: Ours(setup.binary, setup.models, setup.kept("search-ours")), asked)
    other = _start(lambda: Rival(setup.rival_model, setup.kept("search-rival")), asked)

    def row(what, unit, key, **asked):
        return Row(_section(size), what, unit, own[key], other[key], **asked)

    target = 1 if size == SIZE_ASKED else None
    return [
        row("start of the server until it answers", "s", "ready", target=target),
        row("start of the server until its first passages", "s", "first"),
        row(f"memory after {QUESTIONS} searches", "MiB", "memory"),
        row("on the disk", "MiB", "disk", note="ours with the original files and the index of words"),
    ]


def _start(make, asked):
    with make() as side:
        figures = {"ready": side.server.seconds()}
        side.search(asked[0])
        figures["first"] = side.server.seconds()
        for question in asked[1:QUESTIONS]:
            side.search(question)
        figures["memory"] = sum(map(proportional_bytes, tree(side.server.pid))) / MIB
        disk = side.disk()
        figures["disk"] = (disk[0] if isinstance(disk, tuple) else disk) / MIB
        return figures


def _section(size):
    return f"Searching {size:,} passages"
