"""LlamaIndex: BM25Retriever and a vector index, joined by QueryFusionRetriever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eval.peers.pieces import Form, Piece, cut_pieces, word_splitter

if TYPE_CHECKING:
    from pathlib import Path

_WORDS = r"(?u)\b\w+\b"


class LlamaIndexPeer:
    """Default: English words and stems, simple fusion. For Chinese: jieba's words, no stems, reciprocal ranks."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._split = word_splitter(chinese=form.chinese)
        self._model = _embedding(form.model)
        self._pieces: dict[str, Piece] = {}
        self._fusion: Any = None

    def index(self, folder: Path) -> None:
        """Make ready to search the texts below `folder`."""
        from llama_index.core import VectorStoreIndex
        from llama_index.core.llms import MockLLM
        from llama_index.core.retrievers import QueryFusionRetriever
        from llama_index.core.schema import TextNode
        from llama_index.retrievers.bm25 import BM25Retriever

        self._pieces = {str(at): one for at, one in enumerate(cut_pieces(folder, chinese=self._form.chinese))}
        nodes = [TextNode(id_=at, text=self._split(one.text)) for at, one in self._pieces.items()]
        options: dict[str, Any] = {"skip_stemming": True, "token_pattern": _WORDS} if self._form.chinese else {}
        lexical = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=10, **options)
        texts = [TextNode(id_=at, text=one.text) for at, one in self._pieces.items()]
        dense = VectorStoreIndex(texts, embed_model=self._model).as_retriever(similarity_top_k=10)
        self._fusion = QueryFusionRetriever(
            [dense, lexical],
            llm=MockLLM(),
            mode="reciprocal_rerank" if self._form.chinese else "simple",
            similarity_top_k=10,
            num_queries=1,
            use_async=False,
        )

    def search(self, question: str, *, top_k: int) -> list[Piece]:
        """Return at most `top_k` pieces, best first."""
        found = self._fusion.retrieve(self._split(question))
        return [self._pieces[one.node.node_id] for one in found[:top_k]]


def _embedding(model: str) -> Any:
    """Return `model` as LlamaIndex wants it; its own HuggingFaceEmbedding takes no model of unlimited length."""
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from sentence_transformers import SentenceTransformer

    opened = SentenceTransformer(model)

    class Opened(BaseEmbedding):  # type: ignore[misc]
        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [[float(value) for value in row] for row in opened.encode(texts)]

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    return Opened()
