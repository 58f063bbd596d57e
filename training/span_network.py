"""The network of the span model in torch; `assistant.span_model` computes the same in NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional

from assistant.span_words import FEATURES

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 128
_VECTOR, _CHARACTER, _CHARACTERS = 256, 48, 3
_ROOT = 11.3
_LOW = -1e4


class Gate(nn.Module):
    """A gated convolution with layer norm and a way around it."""

    def __init__(self, *, reach: int, dropout: float) -> None:
        super().__init__()
        self.c = nn.Conv1d(WIDTH, 2 * WIDTH, 3, padding=reach, dilation=reach)
        self.n = nn.LayerNorm(WIDTH)
        self.drop = nn.Dropout(dropout)
        self.reach = reach

    def forward(self, rows: Any, mask: Any) -> Any:
        """Return rows of shape (batch, words, WIDTH); `mask` of shape (batch, words, 1) is 0 for empty words."""
        made = self.c(self.drop(self.n(rows) * mask).transpose(1, 2)).transpose(1, 2)
        value, gate = made.chunk(2, -1)
        return (rows + value * torch.sigmoid(gate)) * mask


class SpanNetwork(nn.Module):
    """Word vectors and characters, convolutions, attention to the question, convolutions, start and end."""

    def __init__(self, characters: int, *, dropout: float = 0.2) -> None:
        """Make the network for character numbers under `characters`."""
        super().__init__()
        self.char = nn.Embedding(characters, _CHARACTER, padding_idx=0)
        self.wp = nn.Linear(_VECTOR + _CHARACTERS * _CHARACTER, WIDTH)
        self.al = nn.Linear(WIDTH, WIDTH)
        self.fp = nn.Linear(FEATURES + 1 + WIDTH, WIDTH)
        self.q1 = _stack((1, 2), dropout)
        self.p1 = _stack((1, 2, 4), dropout)
        self.mix = nn.Linear(4 * WIDTH, WIDTH)
        self.qa = nn.Linear(WIDTH, 1)
        self.p2 = _stack((1, 2, 4, 1), dropout)
        self.qs = nn.Linear(WIDTH, WIDTH)
        self.qe = nn.Linear(WIDTH, WIDTH)
        self.st = nn.Linear(WIDTH, 1)
        self.en = nn.Linear(WIDTH, 1)
        self.drop = nn.Dropout(dropout)

    def _words(self, vectors: Any, characters: Any) -> Any:
        return self.wp(self.drop(torch.cat([vectors, self.char(characters).flatten(-2)], -1)))

    def forward(
        self, qv: Any, qc: Any, qm: Any, pv: Any, pc: Any, pm: Any, features: Any, similarity: Any
    ) -> tuple[Any, Any]:
        """Return start and end scores of shape (batch, words); see `training.span_data.Batches.tensors`."""
        asked = ~qm.bool()[:, None]
        q, p = self._words(qv, qc), self._words(pv, pc)
        match = functional.relu(self.al(p)) @ functional.relu(self.al(q)).transpose(1, 2) / _ROOT
        aligned = match.masked_fill(asked, _LOW).softmax(-1) @ q
        nearest = similarity.masked_fill(asked, 0).amax(-1, keepdim=True)
        p = (p + self.fp(torch.cat([features, nearest, aligned], -1))) * pm[..., None]
        q = _through(self.q1, q * qm[..., None], qm[..., None])
        p = _through(self.p1, p, pm[..., None])
        seen = (p @ q.transpose(1, 2) / _ROOT).masked_fill(asked, _LOW).softmax(-1) @ q
        shares = self.qa(q).squeeze(-1).masked_fill(~qm.bool(), _LOW).softmax(-1)
        whole = (shares[..., None] * q).sum(1)
        p = p + self.mix(self.drop(torch.cat([p, seen, p * seen, p * whole[:, None]], -1)))
        p = _through(self.p2, p, pm[..., None])
        start = self.st(p).squeeze(-1) + (p * self.qs(whole)[:, None]).sum(-1) / _ROOT
        end = self.en(p).squeeze(-1) + (p * self.qe(whole)[:, None]).sum(-1) / _ROOT
        return start.masked_fill(~pm.bool(), _LOW), end.masked_fill(~pm.bool(), _LOW)


def _stack(reaches: Sequence[int], dropout: float) -> nn.ModuleList:
    return nn.ModuleList([Gate(reach=reach, dropout=dropout) for reach in reaches])


def _through(stack: nn.ModuleList, rows: Any, mask: Any) -> Any:
    for gate in stack:
        rows = gate(rows, mask)
    return rows


def arrays_of(network: SpanNetwork) -> dict[str, Any]:
    """Return the weights as float16 arrays by name, with the reach of each convolution beside it."""
    arrays = {name: value.detach().cpu().half().numpy() for name, value in network.state_dict().items()}
    for stack in ("q1", "p1", "p2"):
        for at, gate in enumerate(getattr(network, stack)):
            arrays[f"{stack}.{at}.dilation"] = gate.reach
    return arrays
