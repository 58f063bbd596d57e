"""Readers of the reference texts that the shipped models are trained and measured on."""

from __future__ import annotations

import json
import lzma
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NEWS = "news.jsonl.xz"
TRAINING_QUESTIONS = ("cmrc_trial.json.xz", "drcd_dev.json.xz", "drcd_test.json.xz")
MEASURED_QUESTIONS = "cmrc_dev.json.xz"


class TrainingDataError(TongbaoError):
    """A training text is missing or is not in the form expected; the message names the file."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its passage and where in the passage the first answer begins (code points)."""

    question: str
    passage: str
    answer: str
    answer_start: int


def _read_lines(path: Path) -> Iterator[str]:
    if not path.is_file():
        raise TrainingDataError(f"training text not found: {path}")
    with lzma.open(path, "rt", encoding="utf-8") as stream:
        yield from stream


def read_news(folder: Path) -> list[str]:
    """Return the news texts in `folder`, in file order; an empty file gives an empty list.

    Raises `TrainingDataError` if the file is missing or a line has no text.
    """
    path = folder / NEWS
    try:
        return [str(json.loads(line)["text"]) for line in _read_lines(path) if line.strip()]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise TrainingDataError(f"{path}: a line is not a JSON object with a text: {error!r}") from error


def _simplifier(name: str) -> Callable[[str], str]:
    """Return the conversion that the file `name` needs: DRCD is written in traditional characters."""
    if not name.startswith("drcd"):
        return lambda text: text
    from opencc import OpenCC

    converter = OpenCC("t2s")
    return lambda text: str(converter.convert(text))


def _question(entry: dict[str, Any], passage: str, simplify: Callable[[str], str]) -> Question:
    first = entry["answers"][0]
    answer = simplify(first["text"])
    start = int(first["answer_start"])
    if passage[start : start + len(answer)] != answer:
        start = max(passage.find(answer), 0)
    return Question(question=simplify(entry["question"]), passage=passage, answer=answer, answer_start=start)


def read_questions(path: Path) -> list[Question]:
    """Return the questions of a SQuAD-form file, in file order; a file without any gives an empty list.

    Passages of DRCD are turned into simplified characters. Raises `TrainingDataError` if the file is
    missing or of another form.
    """
    simplify = _simplifier(path.name)
    found: list[Question] = []
    try:
        for article in json.loads("".join(_read_lines(path)))["data"]:
            for paragraph in article["paragraphs"]:
                passage = simplify(paragraph["context"])
                found.extend(_question(entry, passage, simplify) for entry in paragraph["qas"] if entry["answers"])
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise TrainingDataError(f"{path}: not a SQuAD-form file: {error!r}") from error
    return found


def read_training_questions(folder: Path) -> list[Question]:
    """Return the questions that may be trained on: CMRC trial, DRCD dev and test."""
    return [question for name in TRAINING_QUESTIONS for question in read_questions(folder / name)]
