"""The nouns of the grounding check: numbered passages, and what is said of one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProblemKind(StrEnum):
    """What may be wrong with a sentence."""

    NO_MARK = "no_mark"
    FIGURE = "figure"
    DATE = "date"
    TITLE = "title"
    QUOTED = "quoted"
    NAME = "name"
    CODE = "code"
    """A telephone number, address or other run of letters and digits."""
    DIRECTION = "direction"
    """Up for down, yes for no, all for some, done for planned."""
    SWAPPED = "swapped"
    """A figure, date, title or name that stands in the passage, but for something else."""
    WORDING = "wording"
    """The passages do not say it."""


_MESSAGES = {
    ProblemKind.NO_MARK: "没有可用的出处标记",
    ProblemKind.FIGURE: "所引段落中没有这个数字：{detail}",
    ProblemKind.DATE: "所引段落中没有这个日期：{detail}",
    ProblemKind.TITLE: "所引段落中没有这份文件：{detail}",
    ProblemKind.QUOTED: "所引段落中没有这句引语：{detail}",
    ProblemKind.NAME: "所引段落中没有这个名称：{detail}",
    ProblemKind.CODE: "所引段落中没有这个号码或地址：{detail}",
    ProblemKind.DIRECTION: "与所引段落的说法相反：{detail}",
    ProblemKind.SWAPPED: "所引段落中说的是另一项：{detail}",
    ProblemKind.WORDING: "所引段落不足以支持这句话",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a sentence is not supported."""

    kind: ProblemKind
    detail: str = ""
    """The words at fault, as folded; empty if it is the whole sentence."""

    @property
    def message(self) -> str:
        """One clause in Chinese for a reader."""
        return _MESSAGES[self.kind].format(detail=self.detail)


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered passage as shown to the model."""

    n: int
    """Counted from 1; the model refers to it as `[n]`."""
    text: str
    unit: str = ""
    title: str = ""
    date: str = ""
    """When the notice appeared, as ISO day or month, or as written; empty if unknown."""
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SentenceVerdict:
    """One sentence of an answer and what the check says of it."""

    text: str
    """As the model wrote it, hidden characters left out; its marks are written `[n]` and are all valid."""
    marks: tuple[int, ...]
    """The numbers of its valid marks in order, each once."""
    supported: bool
    problems: tuple[Problem, ...] = ()
    """Empty if and only if `supported`."""
    support: float = 0.0
    """How far the cited passages say it by words and vectors, in [0, 1]; 0 without a valid mark."""
