"""The stack that the handbooks describe, as a small server to measure beside ours.

pypdf reads, a recursive text splitter cuts, sentence-transformers embeds with the same MiniLM, Chroma
stores and searches, FastAPI serves. It is written the way such stacks usually are, with batches where the
libraries offer them; nothing is slowed down on purpose. EPUB files go through the standard library.

Two paths serve the measurements alone: `/load` stores passages whose vectors exist already, and `/embed` gives the
vectors of questions, to compare what a search found with what an exact one would have.
"""

import argparse
import io
import json
import re
import time
import zipfile
from html.parser import HTMLParser

import chromadb
import numpy
import uvicorn
from fastapi import FastAPI, UploadFile
from langchain_text_splitters import RecursiveCharacterTextSplitter
from pydantic import BaseModel
from pypdf import PdfReader
from sentence_transformers import SentenceTransformer

BATCH = 32
INSERT_MAX = 5_000

app = FastAPI()
state = {}


class TextOnly(HTMLParser):
    """Collects the character data of an XHTML file, a line for each block element."""

    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_data(self, data):
        self.parts.append(data)

    def handle_endtag(self, tag):
        if tag in {"p", "h1", "h2", "h3", "h4", "li", "div"}:
            self.parts.append("\n")


def read(name, data):
    """Pages as (number, text)."""
    if name.lower().endswith(".pdf"):
        return [(i + 1, page.extract_text() or "") for i, page in enumerate(PdfReader(io.BytesIO(data)).pages)]
    if name.lower().endswith(".epub"):
        pages = []
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                if re.search(r"\.x?html?$", member):
                    parser = TextOnly()
                    parser.feed(archive.read(member).decode("utf-8", "replace"))
                    pages.append((len(pages) + 1, "".join(parser.parts)))
        return pages
    return [(1, data.decode("utf-8", "replace"))]


def store(texts, vectors, metadatas, ids):
    for start in range(0, len(texts), INSERT_MAX):
        part = slice(start, start + INSERT_MAX)
        state["collection"].add(
            ids=ids[part], embeddings=vectors[part], documents=texts[part], metadatas=metadatas[part]
        )


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/documents")
async def add(file: UploadFile):
    data = await file.read()
    pages = read(file.filename, data)
    texts, metadatas, ids = [], [], []
    for number, text in pages:
        for piece in state["splitter"].split_text(text):
            texts.append(piece)
            metadatas.append({"page": number, "name": file.filename})
            ids.append(f"{file.filename}-{len(ids)}")
    if texts:
        vectors = state["model"].encode(texts, batch_size=BATCH, show_progress_bar=False)
        store(texts, vectors, metadatas, ids)
    return {"pages": len(pages), "chunks": len(texts), "characters": sum(len(text) for _, text in pages)}


class Prepared(BaseModel):
    vectors: str
    rows: str


@app.post("/load")
def load(prepared: Prepared):
    """Stores passages with vectors from files: a matrix, and a line of JSON for each row."""
    with open(prepared.rows) as lines:
        rows = [json.loads(line) for line in lines]
    store([row["text"] for row in rows], numpy.load(prepared.vectors), [row["metadata"] for row in rows],
          [row["id"] for row in rows])
    return {"chunks": len(rows)}


class Texts(BaseModel):
    texts: list[str]


@app.post("/embed")
def embed(texts: Texts):
    return {"vectors": state["model"].encode(texts.texts, batch_size=BATCH, show_progress_bar=False).tolist()}


class Question(BaseModel):
    query: str
    limit: int = 10
    name: str | None = None
    tag: str | None = None


def condition(question):
    """What Chroma is asked to filter by."""
    parts = [{key: value} for key in ("name", "tag") if (value := getattr(question, key))]
    return {"$and": parts} if len(parts) > 1 else next(iter(parts), None)


@app.post("/search")
def search(question: Question):
    started = time.process_time()
    vector = state["model"].encode([question.query], show_progress_bar=False)
    embedded = time.process_time()
    found = state["collection"].query(
        query_embeddings=vector, n_results=question.limit, where=condition(question)
    )
    queried = time.process_time()
    rows = zip(found["ids"][0], found["documents"][0], found["metadatas"][0], found["distances"][0])
    return {
        "passages": [{"id": i, "text": t, "place": m, "distance": d} for i, t, m, d in rows],
        "cpu_ms": {"embed": 1000 * (embedded - started), "query": 1000 * (queried - embedded)},
    }


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", required=True)
    arguments.add_argument("--model", required=True)
    arguments.add_argument("--port", type=int, required=True)
    options = arguments.parse_args()
    started = time.perf_counter()
    state["model"] = SentenceTransformer(options.model, device="cpu")
    state["model"].max_seq_length = 256
    state["splitter"] = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    client = chromadb.PersistentClient(path=options.data)
    state["collection"] = client.get_or_create_collection("books", metadata={"hnsw:space": "cosine"})
    print(f"ready after {time.perf_counter() - started:.1f} s", flush=True)
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
