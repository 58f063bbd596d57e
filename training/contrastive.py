"""The contrastive training of token vectors: one step, and the state that a stopped run takes up again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    import torch
    from numpy.typing import NDArray

    from training.batches import Batch


@dataclass(frozen=True, slots=True)
class Optimisation:
    """How the vectors are fitted."""

    steps: int
    learning_rate: float = 0.15
    scale: float = 20.0
    """Inverse temperature of the softmax over the batch."""
    warm_up: float = 0.02
    """Part of the steps over which the rate rises before it falls in a straight line to zero."""

    def rate(self, step: int) -> float:
        """Return the learning rate at `step`, counted from zero."""
        rising = max(self.steps * self.warm_up, 1.0)
        falling = max(self.steps - rising, 1.0)
        return self.learning_rate * min((step + 1) / rising, max(self.steps - step, 0) / falling, 1.0)


def initial_vectors(counts: NDArray[np.int64], *, width: int, seed: int) -> NDArray[np.float32]:
    """Return random vectors (pieces × width) whose length falls with how frequent the piece is.

    The weight is that of Arora et al. 2017 (smooth inverse frequency), a / (a + p) with a = 1e-3.
    """
    frequency = counts / max(int(counts.sum()), 1)
    weight = 1e-3 / (1e-3 + frequency)
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((len(counts), width)) * weight[:, None]).astype(np.float32)


def overlapping(window: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the pairs of different rows (2 × pairs, both orders) whose stretches share a position.

    `window` is n × 2, start and end of each stretch; no stretch overlapping gives a 2 × 0 array.

    >>> overlapping(np.array([[0, 5], [9, 12], [4, 8]])).tolist()
    [[0, 2], [2, 0]]
    """
    order = np.argsort(window[:, 0], kind="stable")
    start, furthest = window[order, 0], np.maximum.accumulate(window[order, 1])
    found: list[NDArray[np.int64]] = []
    for apart in range(1, len(order)):
        near = start[apart:] < furthest[:-apart]
        if not near.any():
            break
        left, right = order[:-apart][near], order[apart:][near]
        both = window[right, 0] < window[left, 1]
        found.append(np.stack([left[both], right[both]]))
    pairs = np.concatenate([np.zeros((2, 0), np.int64), *found], axis=1)
    return np.concatenate([pairs, pairs[::-1]], axis=1)


class Trainer:
    """Token vectors under training, with Adam's state, on one device."""

    def __init__(self, vectors: NDArray[np.float32], how: Optimisation, *, device: str) -> None:
        import torch

        self.how = how
        self.step = 0
        self._device = device
        self._bag = torch.nn.EmbeddingBag.from_pretrained(
            torch.from_numpy(vectors.copy()).to(device), freeze=False, mode="mean"
        )
        self._adam = torch.optim.Adam(self._bag.parameters(), lr=how.learning_rate, fused=True)

    def _embed(self, batch: Batch) -> torch.Tensor:
        """Return the unit vectors of the queries, then of the contexts: one pass is cheaper than two."""
        import torch

        queries, contexts = batch.queries, batch.contexts
        ids = np.concatenate([queries.ids, contexts.ids])
        offsets = np.concatenate([queries.offsets, contexts.offsets + len(queries.ids)])
        means = self._bag(torch.from_numpy(ids).to(self._device), torch.from_numpy(offsets).to(self._device))
        return torch.nn.functional.normalize(means, dim=1)

    def fit(self, batch: Batch) -> float:
        """Take one step on `batch` and return its loss, the mean over both directions.

        Contexts that overlap in the documents are not held against each other. The gradient is written
        out, since both directions share one exponential of the size × size matrix that costs the most.
        """
        import torch

        size = len(batch.window)
        unit = self._embed(batch)
        cosine = unit[:size] @ unit[size:].T
        with torch.no_grad():
            gradient = torch.exp(self.how.scale * (cosine - 1.0))
            gradient[tuple(torch.from_numpy(overlapping(batch.window)).to(self._device))] = 0.0
            rows, columns = gradient.sum(dim=1, keepdim=True), gradient.sum(dim=0, keepdim=True)
            distance = self.how.scale * (cosine.diagonal() - 1.0)
            loss = ((rows.log().ravel() + columns.log().ravel()) / 2 - distance).mean()
            gradient.mul_(1.0 / rows + 1.0 / columns).diagonal().sub_(2.0)
            gradient.mul_(self.how.scale / (2 * size))
        for group in self._adam.param_groups:
            group["lr"] = self.how.rate(self.step)
        self._adam.zero_grad(set_to_none=True)
        cosine.backward(gradient)  # type: ignore[no-untyped-call]
        self._adam.step()
        self.step += 1
        return float(loss)

    @property
    def vectors(self) -> NDArray[np.float32]:
        """The token vectors (float32, pieces × width), scaled so that the longest fits float16 with ease."""
        found: NDArray[np.float32] = self._bag.weight.detach().cpu().numpy()
        return found / np.float32(np.abs(found).max() or 1.0)

    def save(self, path: Path) -> None:
        """Write vectors, Adam's moments and the step to `path`, replacing it at once."""
        from safetensors.torch import save_file

        state: dict[str, Any] = self._adam.state[self._bag.weight]
        parts = {name: value.detach().cpu().contiguous() for name, value in state.items()}
        parts["weight"] = self._bag.weight.detach().cpu()
        building = path.with_suffix(".part")
        save_file(parts, building, metadata={"step": str(self.step), "steps": str(self.how.steps)})
        building.replace(path)

    def restore(self, path: Path) -> None:
        """Take up the state that `save` wrote."""
        import torch
        from safetensors import safe_open

        with safe_open(path, framework="pt", device=self._device) as stored, torch.no_grad():
            self._bag.weight.copy_(stored.get_tensor("weight"))
            names = set(stored.keys()) - {"weight"}
            self._adam.state[self._bag.weight] = {name: stored.get_tensor(name) for name in names}
            self.step = int(stored.metadata()["step"])
