"""Taking a large file: how long until it is accepted, and what it needs in memory."""

import random
import time

import corpus
from ours import Ours
from row import Row

BYTES = 50 * 1000 * 1000
MIB = 1 << 20
SECTION = "A large file"


def measure(setup):
    """Sends bytes that are no document, so that taking them is all there is to measure."""
    data = random.Random(corpus.SEED).randbytes(BYTES)
    with Ours(setup.binary, setup.models, setup.fresh("upload")) as ours:
        ours.server.wait_until_quiet()
        before = ours.server.memory()
        start = time.perf_counter()
        ours.add("large.bin", data)
        took = time.perf_counter() - start
        grown = ours.server.memory() - before
    note = "the Python stack reads and embeds a file before it answers: nothing to compare"
    return [
        Row(SECTION, "50 MB accepted after", "s", took, target=10, note=note),
        Row(SECTION, "memory it needed beyond that of the idle server", "MiB", grown / MIB),
    ]
