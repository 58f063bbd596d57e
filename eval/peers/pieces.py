"""The pieces of text that every peer is given, and what a peer is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from index.readers import read_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PIECE_SIZE = 400
"""Characters of a piece: those of a passage of ours, so that a hit means the same."""
OVERLAP = 50
_ENDS = ["\n\n", "\n", "。", "；", "！", "？", "，", "、", ""]
"""Where Chinese text may be cut, best first."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A slice of a file."""

    file: str
    start: int
    end: int
    text: str


class Peer(Protocol):
    """A framework under comparison."""

    def index(self, folder: Path) -> None:
        """Make ready to search the .txt files below `folder`."""
        ...

    def search(self, question: str, *, top_k: int) -> list[Piece]:
        """Return at most `top_k` pieces, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Form:
    """How a peer is set up."""

    chinese: bool
    """Whether pieces end at Chinese marks and words are those of jieba; else all is as the framework has it."""
    model: str
    """Folder of the sentence-transformers model."""


def cut_pieces(folder: Path, *, chinese: bool) -> list[Piece]:
    """Return the pieces of the .txt files below `folder`, cut by LangChain's recursive splitter; none for no files."""
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    separators = _ENDS if chinese else None
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=PIECE_SIZE, chunk_overlap=OVERLAP, separators=separators, keep_separator="end", add_start_index=True
    )
    sources = [read_file(path, root=folder) for path in sorted(folder.rglob("*.txt"))]
    cut = splitter.split_documents([Document(one.text, metadata={"file": one.path}) for one in sources])
    pieces = [_piece(one.page_content, one.metadata["file"], one.metadata["start_index"]) for one in cut]
    # A piece of marks alone holds nothing to find, and its vector is none: txtai fails over it.
    return [one for one in pieces if any(char.isalnum() for char in one.text)]


def word_splitter(*, chinese: bool) -> Callable[[str], str]:
    """Return what puts spaces between the words of a text: jieba for Chinese, else nothing at all."""
    if not chinese:
        return lambda text: text
    import jieba

    jieba.setLogLevel(60)
    return lambda text: " ".join(word for word in jieba.cut_for_search(text) if word.strip())


def _piece(text: str, file: str, start: int) -> Piece:
    return Piece(file, start, start + len(text), text)
