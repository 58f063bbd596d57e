"""A run: every gold question asked once, answers and scores kept one by one."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from assistant.types import Answer, Status
from eval.answers import answered, refused, right
from eval.curves import Outcome
from eval.metrics import score_all
from eval.retrieval import NoticeMap

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from eval.gold import GoldQuestion
    from eval.texts import Texts


class Asker(Protocol):
    """Whatever answers questions: the assistant, a peer, a fake."""

    def ask(self, question: str, *, history: Sequence[str], top_k: int) -> Answer:
        """Return the answer to `question` asked after the earlier questions in `history`."""
        ...


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question, its answer and its scores; measures that do not apply to the question are absent."""

    gold: GoldQuestion
    answer: Answer
    scores: Mapping[str, float]
    elapsed_ms: float
    """Time of the call as the caller saw it."""

    @property
    def outcome(self) -> Outcome:
        """What the measures of a whole run need to know."""
        return Outcome(
            confidence=self.answer.confidence,
            answered=answered(self.answer),
            right=right(self.answer, self.gold),
            expects_refusal=self.gold.expects_refusal,
            refused=refused(self.answer),
        )

    def to_record(self) -> dict[str, Any]:
        """Return the result as plain JSON values."""
        return {
            "id": self.gold.id,
            "gold": self.gold.to_record(),
            "answer": self.answer.to_record(),
            "right": self.outcome.right,
            "scores": {name: round(value, 6) for name, value in self.scores.items()},
            "elapsed_ms": round(self.elapsed_ms, 3),
        }


@dataclass(frozen=True, slots=True)
class Run:
    """The results of a gold set in its order, and the circumstances in which they came about."""

    results: tuple[QuestionResult, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Configuration, index, commit, machine: see `eval.circumstances`."""


def run_questions(
    asker: Asker,
    questions: Sequence[GoldQuestion],
    *,
    texts: Texts,
    notices: NoticeMap | None = None,
    top_k: int = 10,
    progress: Callable[[int], None] = lambda _: None,
) -> Run:
    """Return the run of all `questions` in order; an empty run for none.

    A question on which the asker fails is kept with status `error` and scores the default. `progress` hears how
    many questions are done.
    """
    answers: list[Answer] = []
    times: list[float] = []
    for done, gold in enumerate(questions, start=1):
        began = time.perf_counter()
        answers.append(_asked(asker, gold, top_k=top_k))
        times.append((time.perf_counter() - began) * 1000)
        progress(done)
    scores = score_all(list(zip(questions, answers, strict=True)), texts=texts, notices=notices or NoticeMap())
    rows = zip(questions, answers, scores, times, strict=True)
    return Run(tuple(QuestionResult(*row) for row in rows))


def _asked(asker: Asker, gold: GoldQuestion, *, top_k: int) -> Answer:
    try:
        return asker.ask(gold.question, history=list(gold.history), top_k=top_k)
    except Exception as error:  # noqa: BLE001  (one failing question must not cost the run; it is recorded)
        return Answer(gold.question, Status.ERROR, "", reason=f"{type(error).__name__}: {error}", id=gold.id)
