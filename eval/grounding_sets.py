"""The sets written for the grounding check: passages, faithful answers, planted errors, injected instructions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from assistant.grounding import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = "gold/grounding"


@dataclass(frozen=True, slots=True)
class GroundingCase:
    """An answer to some passages, written for this project, and what the check should say of it."""

    id: str
    half: str
    sources: tuple[Source, ...]
    answer: str
    question: str = ""
    error: str = ""
    """The kind of the planted error; empty for a faithful answer."""
    injection: str = ""
    """The instruction to a model that stands in the first passage; empty if there is none."""
    wrong: int | None = None
    """Which sentence is wrong, counted from 0; None if all are right."""


def load_cases(name: str) -> tuple[GroundingCase, ...]:
    """Return the cases of the set `faithful`, `third_planted` or another file of the folder, in the order of the file."""
    passages = {row["id"]: row for row in _rows("passages")}
    return tuple(_case(row, passages) for row in _rows(name))


def _rows(name: str) -> Iterator[dict[str, Any]]:
    text = resources.files("eval").joinpath(f"{_FOLDER}/{name}.jsonl").read_text("utf-8")
    yield from (json.loads(line) for line in text.splitlines() if line.strip())


def _case(row: dict[str, Any], passages: dict[str, dict[str, Any]]) -> GroundingCase:
    injection = row.get("injection", "")
    sources = tuple(
        _source(n, passages[name], behind=injection if n == 1 else "")
        for n, name in enumerate(row["passages"], start=1)
    )
    return GroundingCase(
        id=row["id"],
        half=row["half"],
        sources=sources,
        answer=row["answer"],
        question=row.get("question", ""),
        error=row.get("error", ""),
        injection=injection,
        wrong=row.get("wrong"),
    )


def _source(n: int, row: dict[str, Any], *, behind: str) -> Source:
    return Source(n, row["text"] + behind, row["unit"], row["title"], row["date"], tuple(row["headings"]))
