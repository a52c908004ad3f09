"""How often the checker sees a false sentence and how often it doubts a true one."""

import json
import subprocess

import corpus

# A corpus of sentences to make false ones of; SciFact also holds claims that people have judged.
CORPORA = {"SQuAD 2": corpus.DATA / "qa" / "squad2", "SciFact": corpus.DATA / "retrieval" / "scifact"}
SENTENCES = 1_000
DETECTED_ASKED, ALARMS_ASKED = 0.95, 0.05


def measure(setup):
    """The rates on each corpus."""
    figures = {}
    for name, folder in CORPORA.items():
        if not folder.is_dir():
            setup.say(f"  {name}: the folder of test data is not there: left out")
            continue
        asked = [setup.binary, "--json", "eval", folder, "--checker", "--sentences", str(SENTENCES)]
        ended = subprocess.run(asked, capture_output=True, text=True, env=setup.environment(), check=False)
        if ended.returncode:
            raise RuntimeError(f"the checker could not be measured on {name}: {ended.stderr[-1000:]}")
        figures[name] = json.loads(ended.stdout)
        seen, alarms = figures[name]["detected_in_all"], figures[name]["false_alarms"]
        setup.say(f"  {name}: {_share(seen)} of {seen['of']} false sentences seen, {_share(alarms)} false alarms")
    return figures


def text(figures):
    """The figures as Markdown."""
    if not figures:
        return "Not measured: the folder of test data is not there."
    lines = [f"| | {' | '.join(figures)} |", f"|---|{'--:|' * len(figures)}"]
    kinds = [name for name, _ in next(iter(figures.values()))["detected"]]
    rows = {f"seen: {kind}": [dict(found["detected"]).get(kind) for found in figures.values()] for kind in kinds}
    rows["**seen in all**"] = [found["detected_in_all"] for found in figures.values()]
    rows["**false alarms on true sentences**"] = [found["false_alarms"] for found in figures.values()]
    rows["seen: claims that people judged contradicted"] = [found["human_detected"] for found in figures.values()]
    rows["false alarms on claims that people judged supported"] = [found["human_false_alarms"] for found in figures.values()]
    lines += [f"| {name} | {' | '.join(_cell(rate) for rate in rates)} |" for name, rates in rows.items()]
    times = " | ".join(f"{found['sentence_us']:.0f}" for found in figures.values())
    lines += [f"| microseconds for a sentence, its quotes found | {times} |", ""]
    for name, found in figures.items():
        reached = _of(found["detected_in_all"]) >= DETECTED_ASKED and _of(found["false_alarms"]) <= ALARMS_ASKED
        word = "reached" if reached else "**not reached**"
        lines.append(f"- Asked: at least 95 % seen at no more than 5 % false alarms, {name}: {word}.")
    return "\n".join(lines)


def _of(rate):
    return rate["counted"] / max(rate["of"], 1)


def _share(rate):
    return f"{100 * _of(rate):.1f} %"


def _cell(rate):
    return f"{_share(rate)} of {rate['of']:,}" if rate else ""
