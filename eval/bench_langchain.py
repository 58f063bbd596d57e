"""The peer of the benchmark: the same question asked through langchain, sentence-transformers and FAISS.

    python -m eval.bench_langchain build STORE --notices DIR --model FOLDER
    python -m eval.bench_langchain ask STORE QUESTION --model FOLDER

Written as the common tutorials do it: chunks of 500 characters, one vector each, the nearest printed. It answers with
whole chunks, cites nothing and never declines, so only the time to start, load and answer is compared. The chunks are
embedded by `build` beforehand, which favours it.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CHUNK = 500
"""Characters of a chunk."""
NEAREST = 3
_VECTORS = "vectors.faiss"
_CHUNKS = "chunks.json"
_ENCODINGS = ("utf-8-sig", "gb18030")


def main(arguments: Sequence[str] | None = None) -> int:
    """Build a store, or print the chunks of one nearest to a question; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench_langchain", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(required=True, dest="command")
    for name in ("build", "ask"):
        command = commands.add_parser(name)
        command.add_argument("store", type=Path)
        command.add_argument("--model", required=True)
        if name == "build":
            command.add_argument("--notices", type=Path, required=True)
        else:
            command.add_argument("question")
    chosen = parser.parse_args(arguments)
    if chosen.command == "build":
        build(chosen.notices, chosen.store, model=chosen.model)
    else:
        sys.stdout.write("\n\n".join(ask(chosen.store, chosen.question, model=chosen.model)) + "\n")
    return 0


def build(notices: Path, store: Path, *, model: str) -> None:
    """Write chunks and vectors of the .txt files below `notices` into the folder `store`."""
    import faiss
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter
    from sentence_transformers import SentenceTransformer

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=50)
    files = sorted(notices.rglob("*.txt"))
    chunks = splitter.split_documents([Document(_read(path), metadata={"source": path.name}) for path in files])
    vectors = SentenceTransformer(model).encode([one.page_content for one in chunks], normalize_embeddings=True)
    vectors = vectors.astype("float32")
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    store.mkdir(parents=True, exist_ok=True)
    faiss.write_index(index, str(store / _VECTORS))
    rows = [[one.page_content, one.metadata["source"]] for one in chunks]
    (store / _CHUNKS).write_text(json.dumps(rows, ensure_ascii=False), "utf-8")


def ask(store: Path, question: str, *, model: str) -> list[str]:
    """Return the texts of the chunks nearest to `question`, best first."""
    import faiss
    from langchain_core.documents import Document
    from sentence_transformers import SentenceTransformer

    rows = json.loads((store / _CHUNKS).read_text("utf-8"))
    chunks = [Document(text, metadata={"source": source}) for text, source in rows]
    index = faiss.read_index(str(store / _VECTORS))
    vector = SentenceTransformer(model).encode([question], normalize_embeddings=True).astype("float32")
    _, nearest = index.search(vector, min(NEAREST, len(chunks)))
    return [chunks[number].page_content for number in nearest[0].tolist()]


def _read(path: Path) -> str:
    """Return the text of a file in UTF-8 or GB18030."""
    content = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "replace")


if __name__ == "__main__":
    raise SystemExit(main())
