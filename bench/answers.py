"""How good the answers are: what they hold, what they cite, and when they say that nothing was found.

The questions are those of SQuAD 2.0, half of which its passages do not answer although they seem to; the questions
that have nothing to do with the library are claims from SciFact.
"""

import json
import random

import corpus
from ours import Ours
from processes import Cost

QUESTIONS_EACH = 500
QUESTIONS_OFF_TOPIC = 200


def measure(setup):
    """Puts the passages in, asks, and counts."""
    folder = corpus.DATA / "qa" / "squad2"
    if not folder.is_dir():
        setup.say("  SQuAD 2.0 is not here: left out")
        return {}
    questions = [json.loads(line) for line in (folder / "questions.jsonl").open()]
    draw = random.Random(corpus.SEED)
    answerable = draw.sample([asked for asked in questions if not asked["is_impossible"]], QUESTIONS_EACH)
    unanswerable = draw.sample([asked for asked in questions if asked["is_impossible"]], QUESTIONS_EACH)
    claims = [json.loads(line) for line in (corpus.DATA / "retrieval/scifact/queries.jsonl").open()]
    claims = draw.sample(claims, QUESTIONS_OFF_TOPIC)
    with Ours(setup.binary, setup.models, setup.fresh("answers")) as ours:
        passage_of = _fill(ours, folder)
        ours.server.wait_until_quiet()
        with Cost(ours.server) as cost:
            answered = [ours.ask(asked["text"]) for asked in answerable]
            wrongly = [ours.ask(asked["text"])["answered"] for asked in unanswerable]
            strayed = [ours.ask(claim["text"])["answered"] for claim in claims]
        figures = _count(answerable, answered, passage_of)
        figures |= _abstention([reply["answered"] for reply in answered], wrongly, strayed)
        figures["quotes_exact"] = _quotes(ours, answered)
    figures["cpu_ms"] = 1000 * cost.cpu_s / (2 * QUESTIONS_EACH + QUESTIONS_OFF_TOPIC)
    setup.say(f"  the answer was in {figures['holds_answer']:.1%} of the answers to answerable questions")
    return figures


def _fill(ours, folder):
    passage_of = {}
    for line in (folder / "corpus.jsonl").open():
        passage = json.loads(line)
        name = f"{passage['_id']}.txt"
        passage_of[ours.add(name, passage["text"].encode(), title=passage["title"])] = passage["_id"]
    for document in passage_of:
        ours.wait(document)
    return passage_of


def _count(asked, replies, passage_of):
    given = [(question, reply) for question, reply in zip(asked, replies) if reply["answered"]]
    holds = sum(any(_plain(answer) in _plain(reply["answer"]) for answer in question["answers"]) for question, reply in given)
    cited = sum(
        question["passage"] in {passage_of[citation["document_id"]] for citation in _citations(reply)}
        for question, reply in given
    )
    words = sum(len(reply["answer"].split()) for _, reply in given)
    return {
        "answered": len(given) / len(asked),
        "holds_answer": holds / len(asked),
        "holds_answer_when_given": holds / max(1, len(given)),
        "cites_passage_when_given": cited / max(1, len(given)),
        "words": words / max(1, len(given)),
    }


def _abstention(answered, wrongly, strayed):
    rightly_silent, wrongly_silent = wrongly.count(False), answered.count(False)
    return {
        "silent_when_unanswerable": rightly_silent / len(wrongly),
        "silence_right": rightly_silent / max(1, rightly_silent + wrongly_silent),
        "silent_off_topic": strayed.count(False) / len(strayed),
    }


def _quotes(ours, replies):
    """The share of citations whose quote is the stored text at its span, byte for byte."""
    citations = [citation for reply in replies for citation in _citations(reply)]
    same = sum(ours.text(citation["document_id"], citation["span"]) == citation["quote"] for citation in citations)
    return same / max(1, len(citations))


def _citations(reply):
    return [citation for sentence in reply["sentences"] for citation in sentence["citations"]]


def _plain(text):
    return " ".join(text.lower().split())


def text(figures):
    """The figures as Markdown."""
    if not figures:
        return "Not measured: the folder of test data is not there."
    percent = lambda key: f"{100 * figures[key]:.1f} %"
    return "\n".join([
        "| | |",
        "|---|--:|",
        f"| answerable questions that get an answer | {percent('answered')} |",
        f"| answerable questions whose answer holds the exact words people marked | {percent('holds_answer')} |",
        f"| … of the answers that are given | {percent('holds_answer_when_given')} |",
        f"| answers given that cite the passage people marked | {percent('cites_passage_when_given')} |",
        f"| quotes that are the stored text byte for byte | {percent('quotes_exact')} |",
        f"| unanswerable look-alikes that are told \"not found\" (abstention recall) | {percent('silent_when_unanswerable')} |",
        f"| of all \"not found\" in SQuAD, those that are right (abstention precision) | {percent('silence_right')} |",
        f"| questions on another subject that are told \"not found\" | {percent('silent_off_topic')} |",
        f"| words in an answer, on average | {figures['words']:.0f} |",
        f"| CPU for a question, search included | {figures['cpu_ms']:.1f} ms |",
    ])
