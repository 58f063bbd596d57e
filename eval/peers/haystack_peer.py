"""Haystack: BM25 and embedding retrievers over an in-memory store, joined by DocumentJoiner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eval.peers.pieces import Form, Piece, cut_pieces, word_splitter

if TYPE_CHECKING:
    from pathlib import Path


class HaystackPeer:
    """Default: words are runs of letters, results concatenated. For Chinese: jieba's words, reciprocal ranks."""

    def __init__(self, form: Form) -> None:
        from haystack.components.joiners import DocumentJoiner
        from sentence_transformers import SentenceTransformer

        self._form = form
        self._split = word_splitter(chinese=form.chinese)
        # Haystack 3 has its embedders in packages of their own, which add nothing to the model they wrap.
        self._model = SentenceTransformer(form.model)
        self._joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion" if form.chinese else "concatenate", top_k=10)
        self._pieces: dict[str, Piece] = {}
        self._lexical: Any = None
        self._dense: Any = None

    def index(self, folder: Path) -> None:
        """Make ready to search the texts below `folder`."""
        from haystack import Document
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        self._pieces = {str(at): one for at, one in enumerate(cut_pieces(folder, chinese=self._form.chinese))}
        words, vectors = InMemoryDocumentStore(), InMemoryDocumentStore(embedding_similarity_function="cosine")
        words.write_documents([Document(id=at, content=self._split(one.text)) for at, one in self._pieces.items()])
        made = self._model.encode([one.text for one in self._pieces.values()]).tolist()
        rows = zip(self._pieces.items(), made, strict=True)
        vectors.write_documents([Document(id=at, content=one.text, embedding=row) for (at, one), row in rows])
        self._lexical = InMemoryBM25Retriever(words, top_k=10)
        self._dense = InMemoryEmbeddingRetriever(vectors, top_k=10)

    def search(self, question: str, *, top_k: int) -> list[Piece]:
        """Return at most `top_k` pieces, best first."""
        lexical = self._lexical.run(query=self._split(question))["documents"]
        dense = self._dense.run(query_embedding=self._model.encode([question])[0].tolist())["documents"]
        joined = self._joiner.run(documents=[lexical, dense])["documents"]
        return [self._pieces[one.id] for one in joined[:top_k]]
