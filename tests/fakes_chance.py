"""How many inputs a fuzz test tries: few and always the same in the suite, many and random in `make fuzz`."""

from __future__ import annotations

import functools
import math
import os
import time
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBER = int(os.environ.get("TONGBAO_FUZZ") or 0)
SECONDS = float(os.environ.get("TONGBAO_FUZZ_SECONDS") or math.inf)
_ROUND = 200
"""Inputs after which the clock is looked at."""


def examples(count: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return what makes a property try `count` inputs, or those that the environment asks for."""

    unhurried = list(HealthCheck)

    def limited(test: Callable[..., None]) -> Callable[..., None]:
        if not NUMBER:
            return settings(max_examples=count, suppress_health_check=unhurried)(test)
        once = settings(max_examples=min(NUMBER, _ROUND), derandomize=False, suppress_health_check=unhurried)(test)

        @functools.wraps(once)
        def repeated(*arguments: Any, **named: Any) -> None:
            until = time.monotonic() + SECONDS
            for _ in range(math.ceil(NUMBER / _ROUND)):
                once(*arguments, **named)
                if time.monotonic() >= until:
                    return

        return repeated

    return limited
