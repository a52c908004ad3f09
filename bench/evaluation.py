"""How well the search ranks, on collections whose questions people have judged: `alexandria eval`."""

import json
import resource
import subprocess

import corpus

LANGUAGES = ("en", "ar", "de", "el", "es", "hi", "ro", "ru", "th", "tr", "vi", "zh")
COLLECTIONS = (
    ("SciFact", "retrieval/scifact", "en"),
    ("Cranfield", "retrieval/cranfield", "en"),
    ("SQuAD 2", "qa/squad2", "en"),
    *((f"XQuAD {language}", f"multilingual/xquad/{language}", language) for language in LANGUAGES),
)
LEGS = ("text", "vectors", "hybrid")
NDCG_ASKED = {"SciFact": 0.71}
HYBRID_ASKED_BEST = ("SciFact", "Cranfield")


def measure(setup):
    """The figures of every collection that is there, by its name."""
    figures = {}
    for name, folder, language in COLLECTIONS:
        path = corpus.DATA / folder
        if not (path / "qrels").is_dir():
            setup.say(f"  {name} is not here: left out")
            continue
        before = _children_cpu()
        asked = [setup.binary, "eval", path, "--language", language, "--json"]
        ended = subprocess.run(asked, capture_output=True, text=True, env=setup.environment(), check=False)
        if ended.returncode:
            raise RuntimeError(f"alexandria eval {path} ended with {ended.returncode}: {ended.stderr[-1000:]}")
        figures[name] = {**json.loads(ended.stdout), "cpu_s": _children_cpu() - before}
        ndcg = ", ".join(f"{leg} {figures[name][leg]['ndcg_at_10']:.4f}" for leg in LEGS)
        setup.say(f"  {name}: nDCG@10 {ndcg}")
    return figures


def text(figures):
    """The figures as Markdown."""
    if not figures:
        return "Not measured: the folder of test data is not there."
    lines = [
        "| collection | questions | documents | nDCG@10 text | vectors | hybrid | MAP hybrid | recall@10 | recall@100 | CPU-s |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, found in figures.items():
        hybrid = found["hybrid"]
        ndcg = " | ".join(f"{found[leg]['ndcg_at_10']:.4f}" for leg in LEGS)
        lines.append(
            f"| {name} | {found['queries']:,} | {found['documents']:,} | {ndcg} | {hybrid['map']:.4f} "
            f"| {hybrid['recall_at_10']:.4f} | {hybrid['recall_at_100']:.4f} | {found['cpu_s']:.0f} |"
        )
    return "\n".join([*lines, "", *_verdicts(figures)])


def _verdicts(figures):
    for name, asked in NDCG_ASKED.items():
        if name in figures:
            reached = figures[name]["hybrid"]["ndcg_at_10"] >= asked
            yield f"- Asked: hybrid nDCG@10 of at least {asked} on {name}: {_word(reached)}."
    for name in HYBRID_ASKED_BEST:
        if name in figures:
            text_alone, vectors, hybrid = (figures[name][leg]["ndcg_at_10"] for leg in LEGS)
            yield f"- Asked: hybrid better than both on {name}: {_word(hybrid > max(text_alone, vectors))}."


def _word(reached):
    return "reached" if reached else "**not reached**"


def _children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
