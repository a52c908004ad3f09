"""The embedded vector store alone, by the program that comes with it: what a search costs and finds, and the memory it takes."""

import re
import subprocess

from row import HIGHER, Row

SECTION = "The vector store alone"
ROWS_PER_DOCUMENT = 100
MILLION = 1_000_000
# What other engines need for 100,000 vectors at a recall of 0.99, in ms of CPU.
CHROMA_MS = 4.3
CHROMA_FILTERED_MS = 55


def measure(setup):
    """Measures the real vectors of the search before, where it has been made, and a million of like shape."""
    if not setup.vectors.is_file():
        setup.say(f"  left out: it needs the example {setup.vectors}")
        return []
    real = setup.work / "vectors.f32"
    rows = []
    if real.is_file():
        found = _ask(setup, [100_000, ROWS_PER_DOCUMENT, real])
        of = f"{found['points']:,} real vectors"
        rows += [
            Row(SECTION, f"search among {of}, k = 10", "CPU-ms", found["all"][1], CHROMA_MS, target=0.6,
                note="beside Chroma's figure measured elsewhere at the same recall"),
            Row(SECTION, f"recall@10, {of}", "", found["all"][0], None, HIGHER, target=0.99),
            Row(SECTION, f"recall@100, {of}, at {found['all, 100'][1]:.2f} ms", "", found["all, 100"][0], None, HIGHER),
            Row(SECTION, f"search among {of}, 1 % pass a filter", "CPU-ms", found["1 %"][1], CHROMA_FILTERED_MS, target=0.1),
            Row(SECTION, f"recall@10, {of}, 1 % pass a filter", "", found["1 %"][0], None, HIGHER, target=0.99),
            Row(SECTION, f"memory, {of}", "bytes a vector", found["memory"], None, target=64),
        ]
    found = _ask(setup, [MILLION, ROWS_PER_DOCUMENT])
    of = "a million vectors of like shape"
    return rows + [
        Row(SECTION, f"search among {of}, k = 10", "CPU-ms", found["all"][1], None, target=7),
        Row(SECTION, f"recall@10, {of}", "", found["all"][0], None, HIGHER, target=0.99),
        Row(SECTION, f"memory, {of}", "bytes a vector", found["memory"], None, target=64),
    ]


def _ask(setup, arguments):
    asked = [setup.vectors, *map(str, arguments)]
    environment = setup.environment()
    ended = subprocess.run(asked, capture_output=True, text=True, env=environment, check=False)
    if ended.returncode:
        raise RuntimeError(f"{setup.vectors} ended with {ended.returncode}: {ended.stderr[-1000:]}")
    found = {"points": int(re.search(r"^(\d+) vectors", ended.stdout, re.MULTILINE)[1])}
    found["memory"] = float(re.search(r"in memory: ([\d.]+)", ended.stdout)[1])
    for name, hits, recall, took in re.findall(r"^\| (.+), k = (\d+), Normal \| ([\d.]+) \| ([\d.]+) \|", ended.stdout, re.MULTILINE):
        found[name if hits == "10" else f"{name}, {hits}"] = (float(recall), float(took))
    setup.say(f"  {found['points']:,} vectors: {found['all'][1]:.3f} ms of CPU at a recall of {found['all'][0]:.4f}")
    return found
