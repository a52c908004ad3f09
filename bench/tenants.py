"""What it costs to know who asks and to hold them to their limits, and what a search costs among many tenants."""

import json
import statistics

import corpus
from ours import Ours
from processes import Cost
from row import Row

SECTION = "Tenants"
PASSWORD = "a sentence for a measurement"
REQUESTS = 2000
ROUNDS = 5
WARM_UP = 20
QUESTIONS = 200
PASSAGES = 10_000
# Far above what is asked here, so that every limit is looked at and none is reached.
LIMITED = {"RATE_LIMIT_RPS": "1000000", "ALEXANDRIA_TENANT_ANSWERS_MAX": "1000", "ALEXANDRIA_TOKENS_MAX": "100000000"}
OTHERS, COLLECTIONS = 999, 100
OTHERS_QUICK = 99


def measure(setup):
    return _asking(setup) + _among_many(setup)


def _asking(setup):
    """The processor time of a small request, with and without accounts and limits, round by round."""
    bare = Ours(setup.binary, setup.models, setup.fresh("bare"), {"ALEXANDRIA_EMBEDDER": "off"})
    guarded = Ours(setup.binary, setup.models, setup.fresh("guarded"), {"ALEXANDRIA_EMBEDDER": "off", **LIMITED})
    with bare, guarded:
        person = {"email": "ada@example.org", "name": "Ada", "password": PASSWORD}
        guarded.wire.post("/api/v1/init", person)
        session = guarded.wire.post("/api/v1/auth/sign-in", {key: person[key] for key in ("email", "password")})
        guarded.wire.headers = _bearer(session["access_token"])
        key = guarded.wire.post("/api/v1/keys", {"name": "bench", "scopes": ["ask"]})
        ways = {"session": _bearer(session["access_token"]), "key": _bearer(key["key"])}
        costs = {"nothing": [], **{way: [] for way in ways}}
        for _ in range(ROUNDS):
            costs["nothing"].append(_cost(bare, {}))
            for way, headers in ways.items():
                costs[way].append(_cost(guarded, headers))
    rows = []
    for way in ways:
        more = statistics.median(there - without for there, without in zip(costs[way], costs["nothing"]))
        setup.say(f"  shown by a {way}: {more:.3f} ms of CPU more than {statistics.median(costs['nothing']):.3f}")
        note = f"beyond the same request of a library without accounts and limits, {REQUESTS:,} requests, median of {ROUNDS} rounds"
        rows.append(Row(SECTION, f"authentication by a {way}, and all limits", "CPU-ms", more, target=0.3, note=note))
    return rows


def _cost(ours, headers):
    """Milliseconds of processor time that one request takes."""
    ours.wire.headers = headers
    for _ in range(WARM_UP):
        ours.wire.get("/api/v1/collections")
    with Cost(ours.server, exact=True) as cost:
        for _ in range(REQUESTS):
            ours.wire.get("/api/v1/collections")
    return cost.cpu_s / REQUESTS * 1000


def _among_many(setup):
    """The same passages and questions: of a tenant alone with one collection, and of one of many with a hundred."""
    asked = corpus.questions(WARM_UP + QUESTIONS)
    documents = [text for _, _, text in corpus.documents(PASSAGES)]
    alone = Ours(setup.binary, setup.models, setup.fresh("alone"))
    among = Ours(setup.binary, setup.models, setup.fresh("among"))
    others = OTHERS_QUICK if setup.quick else OTHERS
    with alone, among:
        _fill(alone, documents, 1)
        _fill(among, documents, COLLECTIONS)
        with Cost(among.server) as cost:
            _others(among, others)
        setup.say(f"  {others} more tenants with {COLLECTIONS} collections each: {cost.cpu_s:.0f} s of CPU")
        costs = {"alone": [], "among": []}
        for name, ours in (("alone", alone), ("among", among)):
            _search(ours, asked[:WARM_UP])
        for question in asked[WARM_UP:]:
            for name, ours in (("alone", alone), ("among", among)):
                with Cost(ours.server, exact=True) as cost:
                    _search(ours, [question])
                costs[name].append(cost.cpu_s * 1000)
    one, many = (statistics.median(costs[name]) for name in ("alone", "among"))
    setup.say(f"  a search: {one:.2f} ms of CPU alone, {many:.2f} among {others} others")
    what = f"a search of {PASSAGES:,} passages in {COLLECTIONS} collections, among {others:,} tenants with as many"
    return [
        Row(SECTION, "a search of the same passages in one collection of one tenant", "CPU-ms", one),
        Row(SECTION, what, "CPU-ms", many, target=one * 1.1),
    ]


def _fill(ours, documents, collections):
    """Puts documents into so many collections in turn and waits until they are found by meaning."""
    added = []
    for number, text in enumerate(documents):
        fields = [("collection", f"Shelf {number % collections}")]
        reply = ours.wire.upload("/api/v1/documents", f"passages-{number}.md", text.encode(), fields)
        added.append(reply["documents"][0]["document"]["id"])
    for document in added:
        ours.wait(document)


def _others(ours, count):
    """Makes other tenants, each with collections and a document."""
    token = json.loads((ours.data / "server.json").read_text())["token"]
    for number in range(count):
        ours.wire.headers = _bearer(token)
        tenant = ours.wire.post("/api/v1/tenants", {"name": f"Tenant {number}"})
        ours.wire.headers = {**_bearer(token), "X-Alexandria-Tenant": tenant["id"]}
        for shelf in range(COLLECTIONS):
            ours.wire.post("/api/v1/collections", {"name": f"Shelf {shelf}"})
        text = f"# Tenant {number}\n\nThe library of tenant {number} opens at {number % 12 + 1}."
        ours.wire.upload("/api/v1/documents", "note.md", text.encode(), [("collection", "Shelf 0")])
    ours.wire.headers = {}
    ours.server.wait_until_quiet()


def _search(ours, questions):
    for question in questions:
        ours.search(question)


def _bearer(token):
    return {"Authorization": f"Bearer {token}"}
