"""Errors of the evaluation.

TongbaoError
├── FeedbackError   a file of what people said about answers cannot be read
├── GoldError       a gold file has problems; all of them are listed, nothing was run
├── ReportError     a saved run cannot be read or two runs cannot be compared
└── UsageError      an option names a measure, split or question that does not exist
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Sequence


class FeedbackError(TongbaoError):
    """A file of what people said about answers cannot be read; the message names the line."""


class GoldError(TongbaoError):
    """A gold file has problems; `problems` holds one line for each, in the order of the file."""

    def __init__(self, path: str, problems: Sequence[str]) -> None:
        self.problems = tuple(" ".join(line.split()) for line in problems)
        super().__init__(f"{path}：{len(self.problems)} 处问题\n" + "\n".join(f"  {line}" for line in self.problems))


class ReportError(TongbaoError):
    """A saved run cannot be read, or two runs hold no common question."""


class UsageError(TongbaoError):
    """An option names a measure, a split or a question that does not exist."""
