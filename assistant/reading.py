"""What reading one question within some units gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.compose.draft import Draft
    from assistant.evidence import Evidence
    from assistant.retrieval import LookUp
    from assistant.types import Reason


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What reading one question within some units gave: a draft, or the reason why not."""

    draft: Draft | None
    confidence: float
    found: LookUp
    ranked: tuple[Evidence, ...]
    reason: Reason | None = None
    detail: str = ""
