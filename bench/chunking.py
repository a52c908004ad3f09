"""How long passages should be: whether the words that answer a question stand whole in the passages found first."""

import csv
import json
import subprocess

import corpus

SOURCE = corpus.DATA / "qa" / "chunking_eval"
# The length that a passage likes to have and the longest it may have, in tokens of the model.
LENGTHS = ((128, 180), (160, 220), (200, 240), (240, 320))
LEGS = ("text", "vectors", "hybrid")


def measure(setup):
    """The figures of each length, the library's own first."""
    if not SOURCE.is_dir():
        setup.say("  the folder of test data is not there: left out")
        return []
    folder = setup.fresh("chunking")
    convert(folder)
    return [_ask(setup, folder, []), *(_ask(setup, folder, _flags(*lengths)) for lengths in LENGTHS)]


def convert(folder):
    """Writes the questions in the layout that `alexandria eval` reads."""
    for name in ("qrels", "quotes"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    with open(folder / "corpus.jsonl", "w") as out:
        for file in sorted((SOURCE / "corpora").glob("*.md")):
            out.write(json.dumps({"_id": file.stem, "title": "", "text": file.read_text()}) + "\n")
    with (
        open(SOURCE / "questions_df.csv", newline="") as rows,
        open(folder / "queries.jsonl", "w") as queries,
        open(folder / "qrels" / "test.tsv", "w") as qrels,
        open(folder / "quotes" / "test.jsonl", "w") as quotes,
    ):
        qrels.write("query-id\tcorpus-id\tscore\n")
        for number, row in enumerate(csv.DictReader(rows)):
            query = f"q{number}"
            queries.write(json.dumps({"_id": query, "text": row["question"]}) + "\n")
            qrels.write(f"{query}\t{row['corpus_id']}\t1\n")
            for reference in json.loads(row["references"]):
                quote = {"query-id": query, "corpus-id": row["corpus_id"], "quote": reference["content"]}
                quotes.write(json.dumps(quote) + "\n")


def text(figures):
    """The figures as Markdown."""
    if not figures:
        return "Not measured: the folder of test data is not there."
    lines = [
        "| tokens, at most | passages | whole in the first 5: text | vectors | hybrid | in the first 10: text | vectors | hybrid |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for at, found in enumerate(figures):
        lengths = found["policy"].split("-")[2:4]
        shares = (found[leg]["quotes"][depth] for depth in ("at_5", "at_10") for leg in LEGS)
        cells = " | ".join(f"{share:.3f}" for share in shares)
        own = ", the default" if at == 0 else ""
        lines.append(f"| {lengths[0]}, {lengths[1]}{own} | {found['chunks']:,} | {cells} |")
    return "\n".join(lines)


def _flags(tokens, tokens_max):
    return ["--chunk-tokens", str(tokens), "--chunk-tokens-max", str(tokens_max)]


def _ask(setup, folder, flags):
    asked = [setup.binary, "eval", folder, "--json", *flags]
    ended = subprocess.run(asked, capture_output=True, text=True, env=setup.environment(), check=False)
    if ended.returncode:
        raise RuntimeError(f"alexandria eval ended with {ended.returncode}: {ended.stderr[-1000:]}")
    found = json.loads(ended.stdout)
    setup.say(f"  {found['policy']}: whole in the first five {found['hybrid']['quotes']['at_5']:.3f}")
    return found
