"""Public reading comprehension sets in SQuAD form: CMRC 2018, DRCD. Loaded, made simplified, sampled, written as files."""

from __future__ import annotations

import json
import lzma
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval.errors import ReportError
from index.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReadingQuestion:
    """A question about one passage, with the acceptable answers."""

    id: str
    question: str
    answers: tuple[str, ...]
    passage: str
    """Key of the passage, which is the name of its file too."""


@dataclass(frozen=True, slots=True)
class ReadingSet:
    """The passages of a set by key, and its questions in order."""

    passages: dict[str, str]
    questions: tuple[ReadingQuestion, ...]

    def sample(self, size: int | None, *, seed: int = 0) -> ReadingSet:
        """Return `size` of the questions drawn by `seed`, in their order, over all passages; all of them for None."""
        if size is None or size >= len(self.questions):
            return self
        chosen = sorted(random.Random(seed).sample(range(len(self.questions)), size))
        return ReadingSet(self.passages, tuple(self.questions[at] for at in chosen))


def load_reading_set(path: Path, *, simplified: bool = False) -> ReadingSet:
    """Return a set in SQuAD form, `.json` or `.json.xz`; passages of equal text are one.

    With `simplified` traditional characters become simplified ones, in passages, questions and answers alike.

    Raises:
        ReportError: the file cannot be read or is not of that form.

    """
    try:
        data = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        return parse_reading_set(json.loads(data)["data"], simplified=simplified)
    except OSError as error:
        raise ReportError(f"读不出 {path}（{reason_of(error)}）") from error
    except (lzma.LZMAError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReportError(f"{path} 不是 SQuAD 格式的数据（{type(error).__name__}: {error}）") from error


def parse_reading_set(articles: Iterable[dict[str, Any]], *, simplified: bool = False) -> ReadingSet:
    """Return the set that the `data` of a SQuAD file holds; an empty set for no articles."""
    convert = _simplifier() if simplified else str
    passages: dict[str, str] = {}
    keys: dict[str, str] = {}
    questions: list[ReadingQuestion] = []
    for article in articles:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            if context not in keys:
                keys[context] = f"p{len(keys):05d}.txt"
                passages[keys[context]] = convert(context)
            for one in paragraph["qas"]:
                said = (_answer(answer, context, passages[keys[context]], convert) for answer in one["answers"])
                answers = tuple(dict.fromkeys(said))
                questions.append(ReadingQuestion(one["id"], convert(one["question"]), answers, keys[context]))
    return ReadingSet(passages, tuple(questions))


def write_passages(passages: dict[str, str], folder: Path) -> None:
    """Write each passage into a file of its own in `folder`, and remove the passages of an earlier set from it."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("p[0-9]*.txt"):
        if path.name not in passages:
            path.unlink()
    for name, text in passages.items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")


def _answer(answer: Mapping[str, Any], context: str, converted: str, convert: Callable[[str], str]) -> str:
    """Return the words of an answer as the converted passage has them: what a phrase becomes depends on its context."""
    text, start = str(answer["text"]), answer.get("answer_start")
    if len(converted) == len(context) and isinstance(start, int) and context[start : start + len(text)] == text:
        return converted[start : start + len(text)]
    return convert(text)


def _simplifier() -> Callable[[str], str]:
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert
