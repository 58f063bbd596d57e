"""The peers by name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from eval.peers.pieces import Form

if TYPE_CHECKING:
    from eval.peers.pieces import Peer

LABELS = {
    "tongbao": "Tongbao, search",
    "tongbao-ask": "Tongbao, answers",
    "langchain": "LangChain, default",
    "langchain-zh": "LangChain, for Chinese",
    "haystack": "Haystack, default",
    "haystack-zh": "Haystack, for Chinese",
    "txtai": "txtai, default",
    "txtai-zh": "txtai, for Chinese",
    "llamaindex": "LlamaIndex, default",
    "llamaindex-zh": "LlamaIndex, for Chinese",
}
NAMES = tuple(LABELS)
_CLASSES = {
    "langchain": "LangChainPeer",
    "haystack": "HaystackPeer",
    "txtai": "TxtaiPeer",
    "llamaindex": "LlamaIndexPeer",
}


def open_peer(name: str, *, model: str) -> Peer:
    """Return a peer with its model opened; `model` is a sentence-transformers folder, which ours does not need.

    Raises KeyError for an unknown name and ImportError if the peer's framework is not installed.
    """
    if name.startswith("tongbao"):
        from eval.peers.own import OwnPeer

        return OwnPeer(answers=name == "tongbao-ask")
    framework, _, chinese = name.partition("-")
    wanted = _CLASSES[framework]
    made = getattr(import_module(f"eval.peers.{framework}_peer"), wanted)
    peer: Peer = made(Form(chinese=bool(chinese), model=model))
    return peer
