"""The stack of the handbooks (rival.py), started and asked like any other server."""

import json
import os
import pathlib
import sys

import numpy
from processes import Server, disk_bytes, free_port
from wire import Wire, wait_until

PROGRAM = pathlib.Path(__file__).resolve().parent / "rival.py"


class Rival:
    """A running rival and a connection to it."""

    name = "Python stack"

    def __init__(self, model, directory):
        self.directory = pathlib.Path(directory)
        self.data = self.directory / "chroma"
        self.port = free_port()
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        quiet = {"ANONYMIZED_TELEMETRY": "False", "HF_HUB_OFFLINE": "1"}
        command = [sys.executable, PROGRAM, "--data", self.data, "--model", model, "--port", self.port]
        self.server = Server("rival", command, directory, {**keep, **quiet})

    def __enter__(self):
        self.server.__enter__()
        self.wire = Wire(self.port)
        try:
            wait_until(lambda: self.wire.is_answering("/health"), self.server, every_s=0.02)
        except BaseException:
            self.server.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.wire.close()
        self.server.__exit__()

    def add(self, name, data):
        """Puts a file in; it can be found when this returns."""
        return self.wire.upload("/documents", name, data)

    def load(self, vectors, rows):
        """Stores passages whose vectors exist already."""
        matrix, lines = self.directory / "load.npy", self.directory / "load.jsonl"
        numpy.save(matrix, vectors)
        with open(lines, "w") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)
        self.wire.post("/load", {"vectors": str(matrix), "rows": str(lines)})
        matrix.unlink()
        lines.unlink()

    def embed(self, texts):
        return numpy.array(self.wire.post("/embed", {"texts": texts})["vectors"], dtype="f4")

    def search(self, query, limit=10, tag=None):
        return self.wire.post("/search", {"query": query, "limit": limit, "tag": tag})

    def disk(self):
        return disk_bytes(self.data)
