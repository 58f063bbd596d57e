"""What `tongbao eval --mode llm` adds: how much of a model's text the notices support, and what it costs."""

from __future__ import annotations

import json
import re
import statistics
import sys
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from assistant.llm.events import Done
from assistant.quantities import holds_value
from assistant.types import Mode, Status
from index.analysis import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Protocol

    from assistant.llm.answering import Writer
    from assistant.llm.events import Event, Generation
    from assistant.types import Answer
    from eval.evaluate import EvalOptions

    class Streamer(Protocol):
        """An assistant with a language model."""

        def stream(self, question: str, *, history: Sequence[str], top_k: int | None) -> Iterator[Event]:
            """Return what happens, `Done` last."""


_MARK = re.compile(r"\[\d+\]")
_FILE = "llm.json"
_LABELS = {
    "asked": "提问",
    "generated": "语言模型作答",
    "failed": "语言模型失败",
    "sentences": "模型写的句数",
    "grounded_sentence_rate": "有依据的句子占比",
    "removed_sentence_rate": "删去的句子占比",
    "citation_validity": "出处标记有效率",
    "agreement": "与摘录式回答一致",
    "prompt_tokens": "提示词元（每题）",
    "completion_tokens": "生成词元（每题）",
    "first_token_s": "首字秒数（中位）",
    "seconds": "生成秒数（中位）",
}


@dataclass(frozen=True, slots=True)
class LlmFigures:
    """What a language model did over the questions of a run; shares of nothing are None."""

    asked: int
    generated: int
    """Questions whose answer a model wrote to the end."""
    failed: int
    """Questions on which the model failed and the extractive answer stayed."""
    sentences: int
    grounded_sentence_rate: float | None
    """Sentences kept, of all that were written."""
    removed_sentence_rate: float | None
    citation_validity: float | None
    """Marks that point to a passage shown, of all marks in kept sentences and dropped ones."""
    agreement: float | None
    """Of the questions that the model answered: those that say what the extractive answer says, or both decline."""
    prompt_tokens: float | None
    """Mean a question, of those whose model told."""
    completion_tokens: float | None
    first_token_s: float | None
    seconds: float | None
    """Median of the generation, without the search; replies from a cache are left out."""


class LlmAsker:
    """Asks an assistant in the way of its language model and keeps both answers."""

    def __init__(self, assistant: Streamer) -> None:
        self._assistant = assistant
        self.pairs: list[tuple[Answer, Answer]] = []
        """The answer given and the extractive one, question by question."""

    def ask(self, question: str, *, history: Sequence[str], top_k: int) -> Answer:
        """Return the answer to `question`; raises ValueError if the assistant ends without one."""
        for event in self._assistant.stream(question, history=history, top_k=top_k):
            if isinstance(event, Done):
                self.pairs.append((event.answer, event.extractive))
                return event.answer
        raise ValueError("the assistant ended without an answer")


def llm_figures(pairs: Sequence[tuple[Answer, Answer]]) -> LlmFigures:
    """Return the figures of pairs of an answer and the extractive answer to the same question; none gives zeros."""
    reports = [answer.generation for answer, _ in pairs if answer.generation is not None]
    wrote = [(answer, other) for answer, other in pairs if answer.generation and _wrote(answer.generation)]
    sentences = sum(report.sentences for report in reports)
    removed = sum(len(report.removed) for report in reports)
    marks = sum(len(_MARK.findall(answer.answer)) for answer, _ in pairs if answer.mode is Mode.LLM)
    dropped = sum(report.dropped_marks for report in reports)
    fresh = [report for report in reports if _wrote(report) and not report.cached]
    return LlmFigures(
        asked=len(pairs),
        generated=len(wrote),
        failed=sum(bool(report.fault) for report in reports),
        sentences=sentences,
        grounded_sentence_rate=_share(sentences - removed, sentences),
        removed_sentence_rate=_share(removed, sentences),
        citation_validity=_share(marks, marks + dropped),
        agreement=_share(sum(agrees(*pair) for pair in wrote), len(wrote)),
        prompt_tokens=_mean([one.prompt_tokens for one in reports if one.prompt_tokens is not None]),
        completion_tokens=_mean([one.completion_tokens for one in reports if one.completion_tokens is not None]),
        first_token_s=_median([one.first_token_ms for one in fresh if one.first_token_ms is not None]),
        seconds=_median([one.total_ms for one in fresh]),
    )


def agrees(answer: Answer, extractive: Answer) -> bool:
    """Whether a model's answer says the value or the items of the extractive one, or both decline."""
    if Status.NO_ANSWER in (answer.status, extractive.status):
        return answer.status is extractive.status
    said = fold(answer.answer)
    wanted = extractive.items or (extractive.short_answer or extractive.answer,)
    return all(_said(_MARK.sub("", part), said) for part in wanted)


def _said(part: str, said: str) -> bool:
    words = fold(part).strip("。;,. ")
    return words in said or holds_value(said, words)


def _wrote(report: Generation) -> bool:
    return report.sentences > 0 and not report.fault


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None


def _median(milliseconds: Sequence[float]) -> float | None:
    return statistics.median(milliseconds) / 1000 if milliseconds else None


def evaluate_llm(
    gold: Path,
    *,
    index_dir: Path,
    options: EvalOptions,
    writer: Writer,
    texts_dir: Path | None = None,
    threshold: float | None = None,
) -> int:
    """Return the exit code of evaluating the assistant with the model of `writer`; prints the model's figures too.

    Raises:
        GoldError: the gold file has problems; nothing was run.
        UsageError: an option names what does not exist.
        TongbaoError: the index cannot be opened.

    """
    from assistant.config import AssistantConfig
    from assistant.pipeline import load_assistant
    from eval.evaluate import evaluate
    from eval.subject import open_subject

    askers: list[LlmAsker] = []

    def opened() -> LlmAsker:
        config = AssistantConfig(threshold=threshold)
        askers.append(LlmAsker(load_assistant(index_dir, config=config, writer=writer)))
        return askers[-1]

    subject = replace(open_subject(index_dir, texts_dir=texts_dir, threshold=threshold), open_asker=opened)
    code = evaluate(gold, subject, options=options)
    if askers and not options.show:
        figures = llm_figures(askers[-1].pairs)
        sys.stdout.write(figures_text(figures, model=writer.llm.name))
        if options.report is not None:
            table = {"model": writer.llm.name, **asdict(figures)}
            (options.report / _FILE).write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return code


def figures_text(figures: LlmFigures, *, model: str) -> str:
    """Return the figures as lines of label, name and value; what is not known is a dash."""
    lines = [f"语言模型：{model}"]
    for name, value in asdict(figures).items():
        shown = "—" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
        lines.append(f"  {_LABELS[name]}\t{name}\t{shown}")
    return "\n".join(lines) + "\n"
