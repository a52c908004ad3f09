"""How long an answer takes in a library of short passages: made of quotes, and written by a model.

The model is a script that writes at a known pace (provider.py), so that what is ours can be told from what is
the provider's.
"""

import http.client
import json
import pathlib
import statistics
import sys
import time
import urllib.request

from ours import Ours
from processes import Cost, Server, free_port
from row import Row
from wire import wait_until

ANSWERS = 60
PROVIDER = pathlib.Path(__file__).with_name("provider.py")


def extractive(ours, section, asked):
    """Answers made of quotes: times by the clock, and processor time of each."""
    took, costs = [], []
    for question in asked:
        start = time.perf_counter()
        with Cost(ours.server, exact=True) as cost:
            ours.ask(question)
        took.append(1000 * (time.perf_counter() - start))
        costs.append(1000 * cost.cpu_s)
    what = "answer made of quotes"
    return [
        Row(section, f"{what}, median", "ms", statistics.median(took)),
        Row(section, f"{what}, 95th percentile", "ms", _late(took)),
        Row(section, f"{what}, CPU, 95th percentile", "CPU-ms", _late(costs), target=100),
    ]


def written(setup, section, asked):
    """Answers that a model writes: what is added to the provider's own time."""
    port = free_port()
    provider = Server("provider", [sys.executable, PROVIDER, port], setup.fresh("provider"), {})
    environment = {
        "ALEXANDRIA_GENERATOR": "compatible",
        "ALEXANDRIA_GENERATOR_NAME": "scripted",
        "OPENAI_URL": f"http://127.0.0.1:{port}/v1",
    }
    with provider:
        wait_until(lambda: _times(port) is not None, provider)
        with Ours(setup.binary, setup.models, setup.kept("search-ours"), environment) as ours:
            ours.search(asked[0])
            ours.server.wait_until_quiet()
            runs = [run for run in (_streamed(ours.wire.port, port, question) for question in asked[1:]) if run]
    if len(runs) < len(asked) // 2:
        raise RuntimeError(f"only {len(runs)} of {len(asked) - 1} answers were written by the model")
    setup.say(f"  {len(runs)} answers written, {statistics.mean(run['sentences'] for run in runs):.1f} sentences each")
    first = [run["first"] for run in runs]
    added = [100 * run["after"] / run["whole"] for run in runs]
    return [
        Row(section, "first words of a model, without the provider's own time, median", "ms",
            statistics.median(first), target=50),
        Row(section, "first words of a model, without the provider's own time, 95th percentile", "ms", _late(first)),
        Row(section, "from a model's last word to the end of the checked answer, median", "ms",
            statistics.median(run["after"] for run in runs)),
        Row(section, "what reading and checking adds to the time of an answer, median", "%",
            statistics.median(added), target=5),
    ]


def _streamed(port, provider, question):
    """The moments of one answer in milliseconds; nothing when the model was not asked for it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    start = time.monotonic()
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
    connection.request("POST", "/api/v1/ask", json.dumps({"question": question}), headers)
    reply, first, done, name, sentences = connection.getresponse(), None, None, "", 0
    for line in reply:
        if line.startswith(b"event:"):
            name = line[6:].strip().decode()
            sentences += name == "sentence"
            if name == "draft" and first is None:
                first = time.monotonic()
        elif line.startswith(b"data:") and name == "done":
            done = time.monotonic()
            writer = json.loads(line[5:])["writer"]["kind"]
    connection.close()
    if done is None:
        raise RuntimeError(f"no answer to {question!r}")
    if first is None or writer != "model":
        return None
    times = _times(provider)
    return {
        "first": 1000 * (first - start - (times["first"] - times["asked"])),
        "after": 1000 * (done - times["last"]),
        "whole": 1000 * (done - start),
        "sentences": sentences,
    }


def _times(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/times", timeout=5) as reply:
            return json.load(reply)
    except OSError:
        return None


def _late(values):
    return sorted(values)[len(values) * 95 // 100]
