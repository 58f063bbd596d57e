"""Ours, measured as the others are: search alone, and search that reads and answers."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from eval.peers.pieces import Piece

if TYPE_CHECKING:
    from assistant.pipeline import Assistant


class OwnPeer:
    """The assistant over an index on disk; with `answers` each question is answered too."""

    def __init__(self, *, answers: bool) -> None:
        from index.embedding import open_embedder
        from index.lexicon import Lexicon

        self._answers = answers
        self._embedder = open_embedder()
        self._lexicon = Lexicon.open()
        self._folder = tempfile.TemporaryDirectory(prefix="tongbao-peer-")
        self._assistant: Assistant | None = None

    def index(self, folder: Path) -> None:
        """Make ready to search the texts below `folder`."""
        from assistant.pipeline import Assistant
        from index.store import open_index
        from index.update import update_index

        directory = Path(self._folder.name)
        update_index([folder], directory=directory, embedder=self._embedder)
        self._assistant = Assistant(open_index(directory, embedder=self._embedder, lexicon=self._lexicon))

    def search(self, question: str, *, top_k: int) -> list[Piece]:
        """Return at most `top_k` passages, best first. Raises RuntimeError before `index`."""
        if self._assistant is None:
            raise RuntimeError("nothing is indexed yet")
        if not self._answers:
            hits = (hit.passage for hit in self._assistant.search(question, top_k=top_k))
            return [Piece(one.file, one.start, one.end, one.text) for one in hits]
        found = self._assistant.ask(question, top_k=top_k).retrieved
        return [Piece(one.file, one.start, one.end, "") for one in found]
