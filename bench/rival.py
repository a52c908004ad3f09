"""The stack that the handbooks describe, as a small server to measure beside ours.

pypdf reads, a recursive text splitter cuts, sentence-transformers embeds with the same MiniLM, Chroma
stores and searches, FastAPI serves. It is written the way such stacks usually are, with batches where the
libraries offer them; nothing is slowed down on purpose. EPUB files go through the standard library.
"""

import argparse
import io
import re
import time
import zipfile
from html.parser import HTMLParser

import chromadb
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


def store(texts, metadatas, ids):
    vectors = state["model"].encode(texts, batch_size=BATCH, show_progress_bar=False)
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
        store(texts, metadatas, ids)
    return {"pages": len(pages), "chunks": len(texts), "characters": sum(len(t) for t in texts)}


class Question(BaseModel):
    query: str
    limit: int = 10
    name: str | None = None


@app.post("/search")
def search(question: Question):
    vector = state["model"].encode([question.query], show_progress_bar=False)
    found = state["collection"].query(
        query_embeddings=vector,
        n_results=question.limit,
        where={"name": question.name} if question.name else None,
    )
    rows = zip(found["ids"][0], found["documents"][0], found["metadatas"][0], found["distances"][0])
    return {"passages": [{"id": i, "text": t, "place": m, "distance": d} for i, t, m, d in rows]}


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
