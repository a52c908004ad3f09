"""Alexandria, as its users reach it: over its HTTP API, started from the release binary."""

import contextlib
import json
import os
import pathlib
import sqlite3

import numpy
from processes import Server, disk_bytes
from wire import Wire, wait_until

READY_WITHIN_S = 3600


class Ours:
    """A running server and a connection to it."""

    name = "Alexandria"

    def __init__(self, binary, models, directory, settings=None):
        self.data = pathlib.Path(directory) / "library"
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        # What is measured is the work; the limits of use would end it.
        unlimited = {"RATE_LIMIT_RPS": "0", "ALEXANDRIA_TENANT_ANSWERS_MAX": "0", "ALEXANDRIA_TOKENS_MAX": "0"}
        environment = {
            **keep, "ALEXANDRIA_MODELS": str(models), "LOG_LEVEL": "warning", **unlimited, **(settings or {}),
        }
        command = [binary, "--data", self.data, "serve", "--port", "0"]
        self.server = Server("alexandria", command, directory, environment)

    def __enter__(self):
        (self.data / "server.json").unlink(missing_ok=True)
        self.server.__enter__()
        try:
            self.wire = wait_until(self._connect, self.server)
            wait_until(lambda: self.wire.is_answering("/health/ready"), self.server)
        except BaseException:
            self.server.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.wire.close()
        self.server.__exit__()

    def _connect(self):
        try:
            presence = json.loads((self.data / "server.json").read_text())
        except (FileNotFoundError, NotADirectoryError):
            return None
        return Wire(int(presence["address"].rsplit(":", 1)[1]))

    def add(self, name, data, tags=(), title=None):
        """Puts a file in and gives its id at once."""
        fields = [("tag", tag) for tag in tags] + ([("title", title)] if title else [])
        reply = self.wire.upload("/api/v1/documents", name, data, fields)
        return reply["documents"][0]["document"]["id"]

    def document(self, document):
        return self.wire.get(f"/api/v1/documents/{document}")

    def wait(self, document, states=("ready",), every_s=0.2):
        """Waits until a document has come so far, and gives it."""

        def arrived():
            found = self.document(document)
            if found["state"] == "failed":
                raise RuntimeError(f"{found['name']} could not be read: {found['faults']}")
            return found if found["state"] in states else None

        return wait_until(arrived, self.server, every_s, READY_WITHIN_S)

    def search(self, query, mode="hybrid", limit=10, tag=None, documents=(), explain=False):
        body = {"query": query, "mode": mode, "limit": limit, "explain": explain}
        body["filter"] = {"tags": [tag] if tag else [], "documents": list(documents)}
        return self.wire.post("/api/v1/search", body)

    def ask(self, question):
        return self.wire.post("/api/v1/ask", {"question": question})

    def text(self, document, span):
        """A part of the stored text, by its bytes."""
        part = f"start={span['start']}&end={span['end']}"
        return self.wire.get(f"/api/v1/documents/{document}/text?{part}")["text"]

    def disk(self):
        """Bytes on the disk: everything, and how many of them are the original files."""
        return disk_bytes(self.data), self.wire.get("/api/v1/status")["bytes"]["originals"]

    def characters(self):
        """Characters of text that were read from all files."""
        with self._catalog() as catalog:
            sql = "SELECT coalesce(sum(characters), 0) FROM versions WHERE state = 'published'"
            return catalog.execute(sql).fetchone()[0]

    def chunks(self):
        """Every stored piece with its vector: a matrix, and for each row what it belongs to."""
        sql = """
            SELECT c.id, v.document_id, c.version_id, c.span_start, c.span_end, c.text, e.vector
            FROM chunks c
            JOIN versions v ON v.id = c.version_id AND v.state = 'published'
            JOIN generations g ON g.id = v.generation_id
            JOIN embeddings e ON e.tenant_id = c.tenant_id AND e.model = g.model AND e.text_digest = c.text_digest
            ORDER BY v.document_id, c.ordinal
        """
        with self._catalog() as catalog:
            rows = catalog.execute(sql).fetchall()
        vectors = numpy.stack([numpy.frombuffer(row[6], dtype="<f2") for row in rows]).astype("f4")
        names = ("id", "document", "version", "start", "end", "text")
        return vectors, [dict(zip(names, (*map(_uuid, row[:3]), *row[3:6]))) for row in rows]

    def _catalog(self):
        address = f"file:{self.data / 'catalog.sqlite'}?mode=ro"
        return contextlib.closing(sqlite3.connect(address, uri=True))


def _uuid(blob):
    """An id as the API writes it."""
    if isinstance(blob, str):
        return blob
    text = blob.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

