"""How good the answers are: what they hold, what they cite, and when they say that nothing was found.

The questions are those of SQuAD 2.0, half of which its passages do not answer although they seem to; the questions
that have nothing to do with the library are claims from SciFact. XQuAD asks in twelve languages, HotpotQA asks what
only several passages tell together.
"""

import json
import random

import corpus
from evaluation import LANGUAGES
from ours import Ours
from processes import Cost

QUESTIONS_EACH = 500
QUESTIONS_OFF_TOPIC = 200
QUESTIONS_A_LANGUAGE = 150


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
        passage_of = _fill(ours, [json.loads(line) for line in (folder / "corpus.jsonl").open()])
        ours.server.wait_until_quiet()
        with Cost(ours.server) as cost:
            answered = [ours.ask(asked["text"]) for asked in answerable]
            wrongly = [ours.ask(asked["text"])["answered"] for asked in unanswerable]
            strayed = [ours.ask(claim["text"])["answered"] for claim in claims]
        figures = _count(answerable, answered, passage_of)
        figures |= _abstention([reply["answered"] for reply in answered], wrongly, strayed)
        figures["quotes_exact"] = _quotes(ours, answered)
    figures["cpu_ms"] = 1000 * cost.cpu_s / (2 * QUESTIONS_EACH + QUESTIONS_OFF_TOPIC)
    figures["others"] = _others(setup, draw)
    setup.say(f"  the answer was in {figures['holds_answer']:.1%} of the answers to answerable questions")
    return figures


def _others(setup, draw):
    """Each other set of questions in a library of its own: how many, and the share that is held and cited."""
    found = {}
    for language in LANGUAGES:
        folder = corpus.DATA / "multilingual" / "xquad" / language
        if not folder.is_dir():
            continue
        asked = [json.loads(line) for line in (folder / "queries.jsonl").open()]
        passages = dict(line.split("\t")[:2] for line in (folder / "qrels" / "test.tsv").open())
        for question in asked:
            question["passage"] = passages[question["_id"]]
        asked = draw.sample(asked, QUESTIONS_A_LANGUAGE)
        texts = [json.loads(line) for line in (folder / "corpus.jsonl").open()]
        found[f"XQuAD {language}"] = _other(setup, texts, asked)
    hotpot = corpus.DATA / "qa" / "hotpotqa" / "dev_distractor_a.json"
    if hotpot.is_file():
        found["HotpotQA"] = _other(setup, *_hotpot(json.loads(hotpot.read_text())))
    for name, figures in found.items():
        setup.say(f"  {name}: the answer was in {figures['holds_answer']:.1%} of the answers")
    return found


def _other(setup, texts, asked):
    with Ours(setup.binary, setup.models, setup.fresh("answers")) as ours:
        passage_of = _fill(ours, texts)
        replies = [ours.ask(question["text"]) for question in asked]
        return {"questions": len(asked), **_count(asked, replies, passage_of), "quotes_exact": _quotes(ours, replies)}


def _hotpot(questions):
    """The paragraphs of all questions as one library; questions to be answered with yes or no are left out."""
    texts, asked = {}, []
    for question in questions:
        for title, sentences in zip(question["context"]["title"], question["context"]["sentences"]):
            texts[title] = {"_id": f"p{len(texts)}", "title": title, "text": "".join(sentences)} if title not in texts else texts[title]
        if question["answer"] not in ("yes", "no"):
            passages = {texts[title]["_id"] for title in question["supporting_facts"]["title"]}
            asked.append({"text": question["question"], "answers": [question["answer"]], "passages": passages})
    return list(texts.values()), asked


def _fill(ours, texts):
    passage_of = {}
    for passage in texts:
        name = f"{passage['_id']}.txt"
        passage_of[ours.add(name, passage["text"].encode(), title=passage["title"])] = passage["_id"]
    for document in passage_of:
        ours.wait(document)
    return passage_of


def _count(asked, replies, passage_of):
    given = [(question, reply) for question, reply in zip(asked, replies) if reply["answered"]]
    holds = sum(any(_plain(answer) in _plain(reply["answer"]) for answer in question["answers"]) for question, reply in given)
    cited = sum(bool(
        question.get("passages", {question.get("passage")})
        & {passage_of[citation["document_id"]] for citation in _citations(reply)})
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
        *_text_of_others(figures["others"]),
    ])


def _text_of_others(found):
    if not found:
        return
    yield ""
    yield "Other questions, all of which have an answer; each set has a library of its own. Those of HotpotQA need two passages."
    yield ""
    yield "| questions | how many | answered | the answer holds the exact words | cites the passage | quotes exact |"
    yield "|---|--:|--:|--:|--:|--:|"
    for name, figures in found.items():
        keys = ("answered", "holds_answer", "cites_passage_when_given", "quotes_exact")
        cells = " | ".join(f"{100 * figures[key]:.1f} %" for key in keys)
        yield f"| {name} | {figures['questions']} | {cells} |"
