"""The measured rows as a table: for the terminal, and for docs/benchmarks.md between its markers."""

import itertools
import pathlib

from row import shown

DOCUMENT = pathlib.Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
HEADINGS = ("", "unit", "Alexandria", "Python stack", "times better", "asked", "reached")
VERDICTS = {True: "yes", False: "**no**", None: ""}


def for_terminal(rows):
    """Columns in plain text, a heading for each section."""
    lines = []
    width = max(len(row.what) for row in rows)
    for section, part in itertools.groupby(rows, lambda row: row.section):
        lines += ["", f"{section}", f"  {'':{width}}  {'unit':12} {'Alexandria':>11} {'Python':>11} {'times':>7}  asked"]
        for row in part:
            what, unit, ours, rival, times, asked, reached = _cells(row)
            verdict = reached.strip("*") and f"{asked}: {'reached' if row.reached else 'NOT REACHED'}"
            lines.append(f"  {what:{width}}  {unit:12} {ours:>11} {rival:>11} {times:>7}  {verdict or asked}".rstrip())
    return "\n".join(lines[1:])


def for_document(rows):
    """Markdown tables, one for each section, with the notes below them."""
    lines = []
    for section, part in itertools.groupby(rows, lambda row: row.section):
        lines += [f"### {section}", "", _line(HEADINGS), "|---|---|--:|--:|--:|---|---|"]
        notes = []
        for row in part:
            what, *rest = _cells(row)
            if row.note:
                if row.note not in notes:
                    notes.append(row.note)
                what = f"{what} ({notes.index(row.note) + 1})"
            lines.append(_line((what, *rest)))
        lines += ["", *(f"({number}) {note}.  " for number, note in enumerate(notes, 1)), ""]
    return "\n".join(lines).strip()


def for_machine(machine, what):
    """The machine, the day and the versions, in a few lines."""
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    load = "" if machine["load"] < 1 else (
        f" Other work was running (a load of {machine['load']:.1f} on {machine['cores']} cores): processor seconds hold, "
        "times by the clock do not.")
    return (
        f"{machine['date']}, {what}: {machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
        f"{machine['system']}. {machine['alexandria']}, commit {machine['commit']}, release profile; Python {machine['python']} with "
        f"{packages}.{load}"
    )


def write(name, text):
    """Puts text into the document between the markers of this name."""
    document = DOCUMENT.read_text()
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, rest = document.split(begin)
    _, after = rest.split(end)
    DOCUMENT.write_text(f"{before}{begin}\n{text}\n{end}{after}")


def _cells(row):
    times = "" if row.times is None else shown(row.times)
    rival = "" if row.rival is None else shown(row.rival)
    return row.what, row.unit, shown(row.ours), rival, times, row.asked, VERDICTS[row.reached]


def _line(cells):
    return f"| {' | '.join(cells)} |"
