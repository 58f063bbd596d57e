"""Public reading comprehension sets asked openly and with the passage given.

    python -m eval.reading_comprehension FILE --index-dir DIR [--simplified] [--sample N --seed S]

Open: every passage becomes a file of one index, and the passage has to be found first. Given: the search is kept to the
question's own passage, as the sets are meant; once with the shipped refusal threshold, once always answering.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003  (typer reads the annotations)
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from assistant.scope import Scope
from assistant.types import Answer, Status
from eval.intervals import Estimate, estimate
from eval.official import official_exact_match, official_f1
from eval.reading_sets import load_reading_set, write_passages
from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from assistant.pipeline import Assistant
    from eval.reading_sets import ReadingQuestion

_DEPTHS = (1, 5, 10)
_MARK = re.compile(r"\[\d+\]")


class PassageAsker(Protocol):
    """Whatever answers a question, over everything or over some notices only."""

    def ask(self, question: str, *, top_k: int, scope: Scope | None) -> Answer:
        """Return the answer; `scope` says which notices to keep to, None for all."""
        ...


@dataclass(frozen=True, slots=True)
class Way:
    """One way of asking a set."""

    name: str
    asker: PassageAsker
    given: bool


def measure(
    way: Way,
    questions: Sequence[ReadingQuestion],
    *,
    notices: Mapping[str, Collection[str]],
    progress: Callable[[int], None] = lambda _: None,
) -> dict[str, Estimate]:
    """Return exact match, F1, F1 of the answered, the share answered and, asked openly, hit@1, @5, @10.

    `notices` holds the ids of the notices of each passage. No questions give no measures.
    """
    values: dict[str, list[float]] = {}
    for done, one in enumerate(questions, start=1):
        scope = Scope(notices=tuple(notices.get(one.passage, ()))) if way.given else None
        answer = way.asker.ask(one.question, top_k=_DEPTHS[-1], scope=scope)
        scores = _answer_scores(answer, one) | ({} if way.given else _hits(answer, one))
        for name, value in scores.items():
            values.setdefault(name, []).append(value)
        progress(done)
    return {name: estimate(row) for name, row in values.items()}


def _hits(answer: Answer, question: ReadingQuestion) -> dict[str, float]:
    files = [place.file for place in answer.retrieved]
    return {f"hit@{k}": float(question.passage in files[:k]) for k in _DEPTHS}


def _answer_scores(answer: Answer, question: ReadingQuestion) -> dict[str, float]:
    given = answer.status is Status.ANSWERED
    said = answer.short_answer or _MARK.sub("", answer.answer) if given else ""
    scores = {
        "EM": official_exact_match(said, question.answers) if given else 0.0,
        "F1": official_f1(said, question.answers) if given else 0.0,
        "answered": float(given),
    }
    return scores | ({"F1 if answered": scores["F1"]} if given else {})


def ways_of(index_dir: Path) -> tuple[Way, ...]:
    """Return the three ways in which a set is asked of the index at `index_dir`."""
    from assistant.config import AssistantConfig
    from assistant.pipeline import Assistant
    from index.store import open_index

    index = open_index(index_dir)
    own, always = Assistant(index), Assistant(index, config=AssistantConfig(threshold=0.0))
    return Way("open", own, given=False), Way("given", own, given=True), Way("given, forced", always, given=True)


def notices_by_file(assistant: Assistant) -> dict[str, tuple[str, ...]]:
    """Return the ids of the notices of each file of the assistant's index."""
    held: dict[str, tuple[str, ...]] = {}
    for notice in assistant.index.notices:
        held[notice.file] = (*held.get(notice.file, ()), notice.id)
    return held


def main(
    file: Annotated[Path, typer.Argument(help="CMRC 2018 或 DRCD，.json 或 .json.xz。")],
    index_dir: Annotated[Path, typer.Option(help="放段落文件与索引的文件夹。")],
    simplified: Annotated[bool, typer.Option("--simplified", help="先把繁体转为简体（DRCD）。")] = False,
    sample: Annotated[int | None, typer.Option(min=1, help="只问抽取的这么多题；段落仍全部入库。")] = None,
    seed: Annotated[int, typer.Option(help="抽题的种子。")] = 0,
) -> None:
    """Index every passage, ask every question in each way, print the measures."""
    try:
        _measure_all(file, index_dir, simplified=simplified, sample=sample, seed=seed)
    except TongbaoError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from error


def _measure_all(file: Path, index_dir: Path, *, simplified: bool, sample: int | None, seed: int) -> None:
    from assistant import load_assistant
    from index.update import update_index

    data = load_reading_set(file, simplified=simplified).sample(sample, seed=seed)
    write_passages(data.passages, index_dir / "passages")
    update_index([index_dir / "passages"], directory=index_dir / "index")
    notices = notices_by_file(load_assistant(index_dir / "index"))
    sys.stdout.write(f"{file.name}: {len(data.passages)} passages, {len(data.questions)} questions\n")
    for way in ways_of(index_dir / "index"):
        sys.stdout.write(f"\n{way.name}\n")
        for name, one in measure(way, data.questions, notices=notices, progress=_told).items():
            sys.stdout.write(f"  {name:<14} {one.mean:.3f}  ({one.low:.3f} to {one.high:.3f}, n = {one.n})\n")
        sys.stdout.flush()


def _told(done: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} ")


if __name__ == "__main__":
    typer.run(main)
