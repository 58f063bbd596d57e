"""Gold questions: what they are, and how a gold file is loaded and checked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from eval.errors import GoldError
from eval.gold_ambiguity import AmbiguityCheck
from eval.gold_checks import VERDICTS, YES_WORDS, Row, check_file, check_row
from eval.gold_checks import place_evidence as _place
from eval.texts import text_or_none
from index.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from eval.texts import Texts
    from index.types import Notice


class Kind(StrEnum):
    """The kind of a question; values are those of the gold file."""

    FACT_NUMBER = "fact_number"
    FACT_DATE = "fact_date"
    FACT_ENTITY = "fact_entity"
    FACT_TITLE = "fact_title"
    CONTACT = "contact"
    LIST = "list"
    HOWTO_MEASURE = "howto_measure"
    YES_NO = "yes_no"
    COMPARE = "compare"
    NO_ANSWER = "no_answer"
    FOLLOWUP = "followup"


class Split(StrEnum):
    """Which half a question belongs to; only `dev` is looked at while tuning."""

    DEV = "dev"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that support an answer. A quote without offsets may stand at several places: any of them counts."""

    file: str
    places: tuple[tuple[int, int], ...]
    """Half-open offsets into the file's text, in order; never empty."""
    quote: str


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with what is known about its answer."""

    id: str
    question: str
    kind: Kind
    answers: tuple[str, ...] = ()
    """Acceptable spans; any of them is right."""
    items: tuple[str, ...] = ()
    """Parts that a complete answer names, all of them."""
    evidence: tuple[Evidence, ...] = ()
    history: tuple[str, ...] = ()
    near_misses: tuple[str, ...] = ()
    """Wrong values that stand nearby."""
    units: tuple[str, ...] = ()
    verdict: str = ""
    """`yes` or `no` for a yes/no question, if recorded."""
    split: Split = Split.DEV
    line: int = 0
    """Line of the gold file, counted from 1."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Fields that this program does not know, as they were."""

    @property
    def expects_refusal(self) -> bool:
        """Whether the right reaction is to decline."""
        return self.kind is Kind.NO_ANSWER or (self.kind is Kind.FOLLOWUP and not self.answers and not self.items)

    @property
    def by_items(self) -> bool:
        """Whether the answer is right when it names all items, rather than when it holds one value."""
        return bool(self.items) and not self.expects_refusal

    def to_record(self) -> dict[str, Any]:
        """Return the question as plain JSON values, places resolved."""
        return {
            "id": self.id,
            "question": self.question,
            "history": list(self.history),
            "type": str(self.kind),
            "split": str(self.split),
            "unit": list(self.units),
            "answers": list(self.answers),
            "answer_items": list(self.items),
            "near_misses": list(self.near_misses),
            "verdict": self.verdict,
            "evidence": [
                {"file": one.file, "places": [list(place) for place in one.places], "quote": one.quote}
                for one in self.evidence
            ],
            "extra": dict(self.extra),
        }


_KNOWN = frozenset(
    {"id", "question", "type", "answers", "answer_items", "evidence", "history", "near_misses", "unit", "verdict"}
)


def split_of(question_id: str) -> Split:
    """Return the half that the id falls into, the same on every machine and in every order.

    >>> split_of("q1") is split_of("q1")
    True
    """
    digest = hashlib.blake2b(question_id.encode("utf-8"), digest_size=8).digest()
    return Split.DEV if digest[-1] % 2 == 0 else Split.TEST


def load_gold(path: Path, texts: Texts, *, notices: Sequence[Notice] = ()) -> tuple[GoldQuestion, ...]:
    """Return the questions of a gold file in its order; a file without lines is a problem.

    With `notices` a question is refused, too, that names no unit although its value answers for another unit.

    Raises:
        GoldError: the file has problems; all of them are listed with their line numbers.

    """
    if path.exists() and not path.is_file():
        raise GoldError(str(path), ["是文件夹、管道或设备，不是普通文件"])
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")
    except OSError as error:
        raise GoldError(str(path), [f"读不出文件（{reason_of(error)}）"]) from error
    except UnicodeDecodeError as error:
        raise GoldError(str(path), [f"不是 UTF-8 文件（第 {error.start} 字节）"]) from error
    return parse_gold(enumerate(lines, start=1), texts, name=str(path), notices=notices)


def parse_gold(
    lines: Iterable[tuple[int, str]], texts: Texts, *, name: str = "gold", notices: Sequence[Notice] = ()
) -> tuple[GoldQuestion, ...]:
    """Return the questions of numbered JSON lines; blank lines are passed over.

    Raises:
        GoldError: there is no question, or a line has a problem; all problems are listed.

    """
    problems: list[tuple[int, str]] = []
    rows: list[Row] = []
    for number, line in lines:
        if not line.strip():
            continue
        row = _read_row(number, line, problems)
        if row is not None:
            rows.append(row)
    questions, faults = _questions(rows, texts, notices)
    problems += faults
    problems.extend(check_file(rows))
    if not rows and not problems:
        raise GoldError(name, ["文件里没有问题"])
    if problems:
        raise GoldError(name, [f"第 {line} 行：{text}" for line, text in sorted(problems, key=lambda pair: pair[0])])
    return questions


def _questions(
    rows: Sequence[Row], texts: Texts, notices: Sequence[Notice]
) -> tuple[tuple[GoldQuestion, ...], list[tuple[int, str]]]:
    """Return the questions of the good rows, and what is wrong with the others and their lines."""
    kinds = tuple(str(kind) for kind in Kind)
    check = AmbiguityCheck(notices, texts)
    questions, problems = [], []
    for row in rows:
        found = list(check_row(row, texts, kinds=kinds))
        if not found:
            questions.append(_question(row, texts))
            found = [problem] if (problem := check.problem(questions[-1])) else []
        problems += [(row.line, text) for text in found]
    return tuple(questions), problems


def _read_row(number: int, line: str, problems: list[tuple[int, str]]) -> Row | None:
    try:
        record = json.loads(line)
        json.dumps(record, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        problems.append((number, f"不是 JSON（第 {error.colno} 个字符起）"))
        return None
    except UnicodeEncodeError:
        problems.append((number, "含有不成对的代理字符（\\ud800–\\udfff），不是有效的文字"))
        return None
    except (ValueError, RecursionError):
        problems.append((number, "嵌套太深，或数字太长"))
        return None
    if not isinstance(record, dict):
        problems.append((number, "一行应是一个 JSON 对象"))
        return None
    return Row(number, record)


def _question(row: Row, texts: Texts) -> GoldQuestion:
    record = row.record
    unit = record.get("unit") or ()
    return GoldQuestion(
        id=record["id"],
        question=record["question"],
        kind=Kind(record["type"]),
        answers=tuple(record.get("answers") or ()),
        items=tuple(record.get("answer_items") or ()),
        evidence=tuple(_evidence(one, texts) for one in record.get("evidence") or ()),
        history=tuple(record.get("history") or ()),
        near_misses=tuple(record.get("near_misses") or ()),
        units=tuple(unit.split("、")) if isinstance(unit, str) else tuple(unit),
        verdict=_verdict(record),
        split=split_of(record["id"]),
        line=row.line,
        extra={key: value for key, value in record.items() if key not in _KNOWN},
    )


def _verdict(record: Mapping[str, Any]) -> str:
    """Return `yes`, `no` or nothing: as recorded, else as the first answer if that is a word such as 是."""
    answers = record.get("answers") or [""]
    said = record.get("verdict") if record.get("verdict") not in (None, "") else answers[0]
    word = str(said).lower()
    if record["type"] != "yes_no" or word not in VERDICTS:
        return ""
    return "yes" if word in YES_WORDS else "no"


def _evidence(record: Mapping[str, Any], texts: Texts) -> Evidence:
    text = text_or_none(texts, record["file"]) or ""
    places, _ = _place(record, text)
    start, end = places[0]
    return Evidence(file=record["file"], places=places, quote=text[start:end])
