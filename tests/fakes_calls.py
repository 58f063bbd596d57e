"""Counts the work that something takes in a way that no busy machine disturbs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


def calls_for(work: Callable[..., object], *arguments: object) -> int:
    """Return how many functions are called while `work` does something with `arguments`, built-in ones included."""
    calls = 0

    def count_one(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count_one)
    try:
        work(*arguments)
    finally:
        sys.setprofile(before)
    return calls
