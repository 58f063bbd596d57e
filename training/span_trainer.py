"""Steps of training for the span network, and what a stopped run needs to go on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch.nn import functional

from training.span_data import Batches, drawn_batches
from training.span_network import SpanNetwork

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_WARM_UP = 200
_LEAST_RATE = 0.05
_NORM = 2.0
_SAVED_EVERY = 200


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of the training: how often its examples are gone through, how fast, and how long a text may be."""

    name: str
    passes: int
    rate: float
    longest: int
    """Words of a text."""
    size: int = 32
    """Examples of a batch."""


class SpanTrainer:
    """The network under training with Adam's state."""

    def __init__(self, characters: int, *, seed: int, device: str) -> None:
        """Draw the first weights from `seed`; `characters` is how many were learnt."""
        torch.manual_seed(seed)
        self.network = SpanNetwork(characters + 2).to(device)
        self._adam = torch.optim.AdamW(self.network.parameters(), lr=0.0, weight_decay=0.01)
        self._device = device
        self.seed = seed
        self.done = 0
        """Steps taken in all stages."""

    def run(
        self, stage: Stage, batches: Batches, *, before: int, path: Path, watch: Callable[[int, float], None]
    ) -> int:
        """Go through a stage that begins after `before` steps, leaving out what was done, and return its steps.

        The state is saved to `path` now and then; `watch` is called with the step within the stage and the loss.
        """
        total = stage.passes * math.ceil(len(batches.examples) / stage.size)
        at = 0
        for number in range(stage.passes):
            order = drawn_batches(
                batches.examples, size=stage.size, longest=stage.longest, seed=self.seed * 1000 + number
            )
            for chosen in order:
                at += 1
                if before + at <= self.done:
                    continue
                loss = self._step(stage, batches, chosen, at, total)
                self.done = before + at
                watch(at, loss)
                if at % _SAVED_EVERY == 0:
                    self.save(path)
        self.save(path)
        return at

    def _step(self, stage: Stage, batches: Batches, chosen: Sequence[tuple[Any, ...]], at: int, total: int) -> float:
        torch.manual_seed(self.seed * 1_000_003 + self.done)
        share = max(_LEAST_RATE, 0.5 * (1 + math.cos(math.pi * at / total)))
        for group in self._adam.param_groups:
            group["lr"] = stage.rate * share * min(1.0, at / _WARM_UP)
        inputs = tuple(part.to(self._device) for part in batches.tensors([(one[0], one[1]) for one in chosen]))
        start, end = self.network(*inputs)
        first, last = (torch.tensor([one[place] for one in chosen], device=self._device) for place in (2, 3))
        loss = functional.cross_entropy(start, first) + functional.cross_entropy(end, last)
        self._adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _NORM)
        self._adam.step()
        return float(loss.detach())

    def save(self, path: Path) -> None:
        """Write weights, Adam's moments and the steps to `path`, replacing it at once."""
        parts = {f"net.{name}": value.detach().cpu().contiguous() for name, value in self.network.state_dict().items()}
        for at, state in self._adam.state_dict()["state"].items():
            parts |= {f"adam.{at}.{name}": value.detach().cpu() for name, value in state.items()}
        building = path.with_suffix(".part")
        save_file(parts, building, metadata={"done": str(self.done)})
        building.replace(path)

    def restore(self, path: Path) -> None:
        """Take up the state that `save` wrote."""
        with safe_open(path, framework="pt", device=self._device) as stored:
            parts = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118  (not a mapping)
            self.done = int(stored.metadata()["done"])
        self.network.load_state_dict({name[4:]: value for name, value in parts.items() if name.startswith("net.")})
        state: dict[int, dict[str, Any]] = {}
        for name, value in parts.items():
            if name.startswith("adam."):
                _, at, key = name.split(".")
                state.setdefault(int(at), {})[key] = value
        record = self._adam.state_dict()
        self._adam.load_state_dict({**record, "state": state})
