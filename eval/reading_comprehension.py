"""Public reading comprehension sets (CMRC 2018, DRCD) as open questions: every passage becomes a file of an index.

`python -m eval.reading_comprehension FILE --index-dir DIR` measures retrieval and answers on one of them.
"""

from __future__ import annotations

import json
import lzma
import re
import sys
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003  (typer reads the annotations)
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.types import Answer, Status
from eval.errors import ReportError
from eval.intervals import Estimate, estimate
from eval.official import official_exact_match, official_f1
from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eval.runs import Asker

_DEPTHS = (1, 5, 10)


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


def load_reading_set(path: Path) -> ReadingSet:
    """Return a set in SQuAD form, `.json` or `.json.xz`; passages of equal text are one.

    Raises:
        ReportError: the file cannot be read or is not of that form.

    """
    try:
        data = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        return parse_reading_set(json.loads(data)["data"])
    except OSError as error:
        raise ReportError(f"读不出 {path}（{error.strerror}）") from error
    except (lzma.LZMAError, ValueError, KeyError, TypeError) as error:
        raise ReportError(f"{path} 不是 SQuAD 格式的数据（{type(error).__name__}: {error}）") from error


def parse_reading_set(articles: Iterable[dict[str, Any]]) -> ReadingSet:
    """Return the set that the `data` of a SQuAD file holds; an empty set for no articles."""
    passages: dict[str, str] = {}
    keys: dict[str, str] = {}
    questions: list[ReadingQuestion] = []
    for article in articles:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            if context not in keys:
                keys[context] = f"p{len(keys):05d}.txt"
                passages[keys[context]] = context
            for one in paragraph["qas"]:
                answers = tuple(dict.fromkeys(answer["text"] for answer in one["answers"]))
                questions.append(ReadingQuestion(one["id"], one["question"], answers, keys[context]))
    return ReadingSet(passages, tuple(questions))


def write_passages(passages: dict[str, str], folder: Path) -> None:
    """Write each passage into a file of its own in `folder`; files that are there already stay."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in passages.items():
        path = folder / name
        if not path.exists():
            path.write_text(text, encoding="utf-8")


def measure_open(asker: Asker, questions: Sequence[ReadingQuestion]) -> dict[str, Estimate]:
    """Return hit@1, @5, @10, exact match, F1, F1 of the answered and the share answered; empty for no questions."""
    values: dict[str, list[float]] = {}
    for one in questions:
        answer = asker.ask(one.question, history=[], top_k=_DEPTHS[-1])
        for name, value in _scores(answer, one).items():
            values.setdefault(name, []).append(value)
    return {name: estimate(row) for name, row in values.items()}


def _scores(answer: Answer, question: ReadingQuestion) -> dict[str, float]:
    files = [place.file for place in answer.retrieved]
    scores = {f"hit@{k}": float(question.passage in files[:k]) for k in _DEPTHS}
    given = answer.status is Status.ANSWERED
    said = answer.short_answer or re.sub(r"\[\d+\]", "", answer.answer) if given else ""
    scores |= {
        "exact match": official_exact_match(said, question.answers) if given else 0.0,
        "F1": official_f1(said, question.answers) if given else 0.0,
        "answered": float(given),
    }
    return scores | ({"F1 if answered": scores["F1"]} if given else {})


def main(
    file: Annotated[Path, typer.Argument(help="CMRC 2018 或 DRCD，.json 或 .json.xz。")],
    index_dir: Annotated[Path, typer.Option(help="放段落文件与索引的文件夹。")],
    limit: Annotated[int | None, typer.Option(min=1, help="只问前几个问题；段落仍全部入库。")] = None,
) -> None:
    """Index every passage, ask every question, print the measures."""
    from eval.subject import open_subject
    from index.update import update_index

    try:
        data = load_reading_set(file)
        write_passages(data.passages, index_dir / "passages")
        update_index([index_dir / "passages"], directory=index_dir / "index")
        measured = measure_open(open_subject(index_dir / "index").open_asker(), data.questions[:limit])
    except TongbaoError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from error
    sys.stdout.write(f"{file.name}: {len(data.passages)} passages, {len(data.questions[:limit])} questions\n")
    for name, one in measured.items():
        sys.stdout.write(f"{name:<14} {one.mean:.3f}  ({one.low:.3f} to {one.high:.3f}, n = {one.n})\n")


if __name__ == "__main__":
    typer.run(main)
