"""Exact sentences beside a small language model that runs on this machine, on the same questions: `alexandria eval`.

The model (SmolLM2, 135 million parameters) and its server are those that the tests run against; it shows what the
checker does to a model that writes badly, not how good answers of a language model are.
"""

import contextlib
import json
import os
import pathlib
import random
import shutil
import subprocess

import corpus

QUESTIONS_EACH = 30
INSTALLED = "language-model-2026.10.11549"
MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"
CONTEXT_TOKENS = 1024
PROGRAM = pathlib.Path(__file__).resolve().parent.parent / "crates/models/tests/generators/language_model.py"
ROWS = {
    "answered": "answerable questions that get an answer",
    "holds_answer": "… whose answer holds the exact words people marked",
    "quote_holds_answer": "of the answers given, those that quote them",
    "token_f1": "token F1",
    "citation_precision": "citation precision",
    "citation_recall": "citation recall",
    "support_rate": "sentences written that the checker found supported",
    "abstention_precision": "abstention precision",
    "abstention_recall": "abstention recall",
}


def measure(setup):
    """The same questions for both writers."""
    folder = corpus.DATA / "qa" / "squad2"
    installed = _installed(setup)
    if not folder.is_dir() or not installed:
        setup.say("  SQuAD 2.0 or the small model (scripts/fetch-language-model) is not here: left out")
        return {}
    asked = _question_set(folder, setup.fresh("writers") / "set")
    with _model(installed) as address:
        environment = {
            **setup.environment(),
            "ALEXANDRIA_GENERATOR": "compatible",
            "ALEXANDRIA_GENERATOR_NAME": "smollm2-135m",
            "ALEXANDRIA_GENERATOR_CONTEXT_TOKENS_MAX": str(CONTEXT_TOKENS),
            "ALEXANDRIA_GENERATOR_FIRST_SECONDS_MAX": "60",
            "OPENAI_URL": f"{address}/v1",
        }
        command = [setup.binary, "--json", "eval", asked, "--writer", "both"]
        ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if ended.returncode:
        raise RuntimeError(f"the writers could not be measured: {ended.stderr[-1000:]}")
    figures = json.loads(ended.stdout)
    for writer in figures["writers"]:
        held = writer["measures"]["holds_answer"]["value"]
        setup.say(f"  {writer['writer']}: the answer was in {held:.1%} of the answers to answerable questions")
    return figures


def text(figures):
    """The figures as Markdown."""
    if not figures:
        return "Not measured: the folder of test data or the small model is not there."
    writers = figures["writers"]
    lines = [f"| | {' | '.join(writer['writer'] for writer in writers)} |", f"|---|{'--:|' * len(writers)}"]
    lines += [f"| {name} | {' | '.join(_share(writer['measures'][key]) for writer in writers)} |" for key, name in ROWS.items()]
    lines.append(f"| answers of the model that were made of exact sentences instead | {' | '.join(str(w['fallbacks']) for w in writers)} |")
    for key, name in (("p50_ms", "median time of an answer, ms"), ("first_sentence_p50_ms", "median time of its first sentence, ms")):
        lines.append(f"| {name} | {' | '.join(_number(writer['costs'][key]) for writer in writers)} |")
    tokens = (f"{w['costs']['prompt_tokens']:.0f}, {w['costs']['completion_tokens']:.0f}" for w in writers)
    lines.append(f"| tokens of a prompt, of what is written | {' | '.join(tokens)} |")
    asked, answerable = writers[0]["questions"], writers[0]["answerable"]
    lines += ["", f"{answerable} questions with an answer and {asked - answerable} look-alikes without, {figures['documents']} passages; in "
              "brackets the interval in which 95 of a hundred draws of such questions lie."]
    return "\n".join(lines)


def _question_set(source, folder):
    """As many questions with an answer as without, in the layout of `alexandria eval`."""
    folder.mkdir()
    shutil.copy(source / "corpus.jsonl", folder)
    questions = [json.loads(line) for line in (source / "questions.jsonl").open()]
    draw = random.Random(corpus.SEED)
    taken = []
    for is_impossible in (False, True):
        taken += draw.sample([asked for asked in questions if asked["is_impossible"] == is_impossible], QUESTIONS_EACH)
    with (folder / "questions.jsonl").open("w") as out:
        for asked in taken:
            documents = [] if asked["is_impossible"] else [asked["passage"]]
            record = {"_id": asked["_id"], "question": asked["text"], "answers": asked["answers"], "documents": documents}
            out.write(json.dumps({**record, "language": "en"}) + "\n")
    return folder


@contextlib.contextmanager
def _model(installed):
    """The running model's address. It ends when its standard input does."""
    command = ["python3", PROGRAM, installed / MODEL]
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environment, text=True, **pipes) as server:
        try:
            address = server.stdout.readline().strip()
            if not address.startswith("http://127.0.0.1:"):
                raise RuntimeError(f"the small language model in {installed} did not start")
            yield address
        finally:
            server.stdin.close()
            server.wait()


def _installed(setup):
    """Where the model is installed; nothing when it is not."""
    for cache in (pathlib.Path("/var/cache/alexandria"), setup.cache):
        if (cache / "servers" / INSTALLED / "complete").is_file():
            return cache / "servers" / INSTALLED
    return None


def _share(estimate):
    if estimate is None:
        return "–"
    value, low, high = (100 * estimate[key] for key in ("value", "low", "high"))
    return f"{value:.0f} % ({low:.0f}–{high:.0f})"


def _number(value):
    return "–" if value is None else f"{value:,.0f}"
