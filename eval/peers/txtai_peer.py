"""txtai: one hybrid index of BM25 and vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eval.peers.pieces import Form, Piece, cut_pieces, word_splitter

if TYPE_CHECKING:
    from pathlib import Path


class TxtaiPeer:
    """Default: `hybrid=True`, nothing else but how to read the model. For Chinese: the texts are given with spaces between jieba's words."""

    def __init__(self, form: Form) -> None:
        from txtai import Embeddings

        self._form = form
        self._split = word_splitter(chinese=form.chinese)
        self._embeddings: Any = Embeddings(path=form.model, method="sentence-transformers", hybrid=True)
        self._pieces: list[Piece] = []

    def index(self, folder: Path) -> None:
        """Make ready to search the texts below `folder`."""
        self._pieces = cut_pieces(folder, chinese=self._form.chinese)
        self._embeddings.index((at, self._split(one.text), None) for at, one in enumerate(self._pieces))

    def search(self, question: str, *, top_k: int) -> list[Piece]:
        """Return at most `top_k` pieces, best first."""
        return [self._pieces[at] for at, _ in self._embeddings.search(self._split(question), top_k)]
