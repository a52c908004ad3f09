"""A provider of a language model that costs nothing and whose times are known.

It speaks as OpenAI does and answers with the first sentence of each of the first passages it is given, each with
its mark, as a model that does what it is told would. It writes at the pace of a quick provider. `/times` gives
the moments of the last answer, by the clock that all processes of the machine share.

Usage: provider.py PORT
"""

import http.server
import json
import re
import sys
import time

# Until its first word, and between two words.
FIRST_S = 0.2
EVERY_S = 0.008
# About a token.
CHARACTERS = 4
SENTENCES = 5
TIMES = {}


class Provider(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Says nothing."""

    def do_GET(self):
        self._reply(TIMES if self.path == "/times" else {"data": [{"id": "scripted"}]})

    def do_POST(self):
        asked = time.monotonic()
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        words = answer(body["messages"][-1]["content"])
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        time.sleep(FIRST_S)
        first = time.monotonic()
        for at in range(0, len(words), CHARACTERS):
            self._piece({"choices": [{"index": 0, "delta": {"content": words[at : at + CHARACTERS]}}]})
            time.sleep(EVERY_S)
        self._piece({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.wfile.write(b"data: [DONE]\n\n")
        self.wfile.flush()
        TIMES.update(asked=asked, first=first, last=time.monotonic(), characters=len(words))
        self.close_connection = True

    def _piece(self, piece):
        self.wfile.write(f"data: {json.dumps(piece)}\n\n".encode())
        self.wfile.flush()

    def _reply(self, body):
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def answer(prompt):
    """The first sentence of each of the first passages, with its mark."""
    passages = re.findall(r'<passage number="(\d+)"[^>]*>\n(.*?)\n</passage>', prompt, re.DOTALL)
    sentences = []
    for number, text in passages[:SENTENCES]:
        first = re.split(r"(?<=[.!?])\s", " ".join(text.split()))[0].rstrip(".")
        sentences.append(f"{first} [{number}].")
    return " ".join(sentences) or "NOT_FOUND"


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Provider).serve_forever()
