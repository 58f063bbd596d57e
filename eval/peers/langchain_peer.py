"""LangChain: BM25Retriever and FAISS joined by EnsembleRetriever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eval.peers.pieces import Form, Piece, cut_pieces, word_splitter

if TYPE_CHECKING:
    from pathlib import Path


class LangChainPeer:
    """Default: words split at spaces, equal weights. For Chinese: jieba's words, weights 0.65 and 0.35 as ours."""

    def __init__(self, form: Form) -> None:
        from langchain_huggingface import HuggingFaceEmbeddings

        self._form = form
        self._split = word_splitter(chinese=form.chinese)
        self._embeddings = HuggingFaceEmbeddings(model_name=form.model)
        self._pieces: dict[int, Piece] = {}
        self._retriever: Any = None

    def index(self, folder: Path) -> None:
        """Make ready to search the texts below `folder`."""
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.retrievers import BM25Retriever
        from langchain_community.vectorstores import FAISS
        from langchain_core.documents import Document

        self._pieces = dict(enumerate(cut_pieces(folder, chinese=self._form.chinese)))
        documents = [Document(one.text, metadata={"at": at}) for at, one in self._pieces.items()]
        options = {"preprocess_func": lambda text: self._split(text).split()} if self._form.chinese else {}
        lexical = BM25Retriever.from_documents(documents, **options)
        lexical.k = 10
        dense = FAISS.from_documents(documents, self._embeddings).as_retriever(search_kwargs={"k": 10})
        weights = [0.65, 0.35] if self._form.chinese else [0.5, 0.5]
        self._retriever = EnsembleRetriever(retrievers=[lexical, dense], weights=weights)

    def search(self, question: str, *, top_k: int) -> list[Piece]:
        """Return at most `top_k` pieces, best first."""
        return [self._pieces[one.metadata["at"]] for one in self._retriever.invoke(question)[:top_k]]
