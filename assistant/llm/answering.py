"""The way of a question with a model: the extractive answer first, then the model's, held against the notices."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assistant.errors import LlmError
from assistant.grounding.stream import GroundingStream
from assistant.llm.closing import closed
from assistant.llm.config import WhenEmpty
from assistant.llm.events import Done, Drafted, Generation, Kept, Removed, Rewritten, Started
from assistant.llm.prompt import build_prompt
from assistant.llm.rewriting import rewrite
from assistant.llm.sources import Citer, passages_behind
from assistant.llm.thoughts import without_thoughts
from assistant.llm.types import Receipt
from assistant.types import Answer, Mode, Reason, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assistant.grounding.types import SentenceVerdict
    from assistant.llm.config import LlmConfig
    from assistant.llm.events import Event
    from assistant.llm.prompt import Prompt
    from assistant.llm.sources import Shown
    from assistant.llm.types import Llm
    from assistant.pipeline import Assistant
    from assistant.scope import Scope

_MARK = re.compile(r"\[\d+\]")
_NUMBERED = re.compile(r"(?:\d+[.、)）]|[-·•*]|[一二三四五六七八九十]+是)")
_ENDED = re.compile(r"[。！？!?；;][”’」』）)]*$")
_SAYS_NOTHING = re.compile(
    r"(?:资料|材料|通报|文中)[^。]{0,12}(?:没有|未|并未|无)[^。]{0,8}(?:写明|提到|提及|说明|记载|包含|涉及)"
)


class Writer:
    """Answers with a language model over what an assistant finds; one may serve several threads."""

    def __init__(self, llm: Llm, *, config: LlmConfig) -> None:
        self.llm = llm
        self.config = config
        self._finding = threading.Lock()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End all generations that have no `cancelled` of their own, now and from now on."""
        self._stopped.set()

    def events(
        self,
        assistant: Assistant,
        question: str,
        *,
        history: Sequence[str],
        unit: str | None,
        top_k: int | None,
        cancelled: threading.Event | None,
        scope: Scope | None = None,
    ) -> Iterator[Event]:
        """Yield what happens, `Done` last; a model that fails leaves the extractive answer with a note that says why.

        Raises QuestionError if the question cannot be asked.
        """
        begun = time.perf_counter()
        cancelled = cancelled or self._stopped
        written, note = self._rewritten(assistant, question, history, cancelled)
        if written:
            yield Rewritten(written)
        limit = assistant.config.top_k if top_k is None else top_k
        with self._finding:
            asked, earlier = (written, ()) if written else (question, history)
            most = max(limit, self.config.passages)
            found = assistant.ask(asked, history=earlier, unit=unit, scope=scope, top_k=most)
            shown = passages_behind(found, assistant.index, limit=self.config.passages)
        extractive = replace(found, question=question, retrieved=found.retrieved[:limit])
        yield Drafted(extractive)
        if extractive.reason in {Reason.UNKNOWN_UNIT, Reason.NOT_FOUND} or not shown:
            report = Generation(self.llm.name, note="通报中没有所问的内容，没有交给语言模型")
            answer = replace(extractive, generation=report)
        else:
            job = _Job(self.llm, self.config, shown, cancelled, Citer(shown, assistant.index))
            yield from job.run(extractive.standalone)
            answer, report = job.answer(extractive), job.report()
        report = replace(report, note=_joined(note, report.note))
        answer = replace(answer, generation=report, elapsed_ms=(time.perf_counter() - begun) * 1000)
        yield Done(answer, extractive)

    def _rewritten(
        self, assistant: Assistant, question: str, history: Sequence[str], cancelled: threading.Event
    ) -> tuple[str, str]:
        """Return a follow-up as the model rewrote it, or nothing, and a note if it was asked in vain."""
        if not self.config.rewrite or not history:
            return "", ""
        return rewrite(self.llm, question, history, assistant.gazetteer, cancelled=cancelled)


@dataclass(slots=True)
class _Job:
    """One generation: what was kept and removed, and how it ended."""

    llm: Llm
    config: LlmConfig
    shown: Sequence[Shown]
    cancelled: threading.Event
    citer: Citer
    kept: list[SentenceVerdict] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    receipt: Receipt = field(default_factory=Receipt)
    prompt: Prompt | None = None
    dropped_marks: int = 0
    first_token_ms: float | None = None
    total_ms: float = 0.0
    failure: LlmError | None = None

    def run(self, question: str) -> Iterator[Event]:
        """Yield the sentences of the reply as they end; a failure is kept, not raised."""
        begun = time.perf_counter()
        try:
            yield from self._generate(question, begun)
        except LlmError as error:
            self.failure = error
        self.total_ms = (time.perf_counter() - begun) * 1000

    def _generate(self, question: str, begun: float) -> Iterator[Event]:
        budget = self.config.context_tokens - self.config.max_tokens
        sources = [one.source for one in self.shown]
        self.prompt = build_prompt(question, sources, budget=budget, count_tokens=self.llm.count_tokens)
        check = GroundingStream(self.prompt.sources, question=question)
        reply = self.llm.stream(
            self.prompt.messages,
            max_tokens=self.config.max_tokens,
            temperature=self.config.temperature,
            cancelled=self.cancelled,
            receipt=self.receipt,
        )
        with closed(reply) as pieces:
            for piece in without_thoughts(pieces):
                if self.first_token_ms is None:
                    self.first_token_ms = (time.perf_counter() - begun) * 1000
                    yield Started(self.first_token_ms)
                yield from self._sorted(check.feed(piece))
        rest = list(check.finish())
        if self.receipt.finish == "length" and rest and not _ENDED.search(_MARK.sub("", rest[-1].text).strip()):
            rest.pop()
        self.dropped_marks = check.dropped_marks
        yield from self._sorted(rest)

    def _sorted(self, verdicts: Iterable[SentenceVerdict]) -> Iterator[Event]:
        for verdict in verdicts:
            if verdict.supported:
                self.kept.append(verdict)
                self.texts.append(self.citer.cited(verdict))
                yield Kept(self.texts[-1])
            else:
                text = _MARK.sub("", verdict.text)
                self.removed.append(Removed(text, tuple(problem.message for problem in verdict.problems)))
                yield self.removed[-1]

    def answer(self, extractive: Answer) -> Answer:
        """Return what stays: the model's answer, a refusal, or `extractive`."""
        if self._broke_off or not self.kept:
            refuse = not self._broke_off and self.config.when_empty is WhenEmpty.REFUSE
            return self._refusal(extractive) if refuse else extractive
        text = "\n".join(self.texts) if any(_NUMBERED.match(one) for one in self.texts) else "".join(self.texts)
        return Answer(
            extractive.question,
            Status.ANSWERED,
            text,
            short_answer=extractive.short_answer if extractive.short_answer in text else "",
            items=tuple(_MARK.sub("", one) for one in self.texts) if extractive.items else (),
            confidence=min(verdict.support for verdict in self.kept),
            mode=Mode.LLM,
            citations=self.citer.citations(),
            retrieved=extractive.retrieved,
            standalone=extractive.standalone,
        )

    def report(self) -> Generation:
        """Return how it went."""
        return Generation(
            model=self.llm.name,
            sentences=len(self.kept) + len(self.removed),
            removed=tuple(self.removed),
            dropped_marks=self.dropped_marks,
            passages=len(self.prompt.sources) if self.prompt else 0,
            dropped_passages=self.prompt.dropped if self.prompt else len(self.shown),
            prompt_tokens=self.receipt.prompt_tokens,
            completion_tokens=self.receipt.completion_tokens,
            first_token_ms=self.first_token_ms,
            total_ms=self.total_ms,
            cached=self.receipt.cached,
            fault=self.failure.fault if self.failure else "",
            note=self._note(),
        )

    @property
    def _broke_off(self) -> bool:
        return self.failure is not None or self._stopped

    @property
    def _stopped(self) -> bool:
        return self.cancelled.is_set()

    def _refusal(self, extractive: Answer) -> Answer:
        return Answer(
            extractive.question,
            Status.NO_ANSWER,
            f"{self._emptiness}，不作回答。",
            mode=Mode.LLM,
            retrieved=extractive.retrieved,
            reason=Reason.NOT_FOUND if self._says_nothing else Reason.LOW_CONFIDENCE,
            standalone=extractive.standalone,
        )

    @property
    def _says_nothing(self) -> bool:
        return bool(self.removed) and all(_SAYS_NOTHING.search(one.text) for one in self.removed)

    @property
    def _emptiness(self) -> str:
        if self._says_nothing:
            return "语言模型认为资料没有写明"
        return "语言模型写的话都没有原文依据，已全部删去" if self.removed else "语言模型没有写出完整的一句话"

    def _note(self) -> str:
        """Return why the extractive answer stays, or what was left out of the model's."""
        falls_back = self._broke_off or self.config.when_empty is WhenEmpty.EXTRACTIVE
        if self._broke_off:
            why = str(self.failure) if self.failure else "已停止语言模型作答"
        elif not self.kept:
            why = self._emptiness
        else:
            falls_back = False
            why = f"删去没有原文依据的 {len(self.removed)} 句" if self.removed else ""
        cut = "语言模型的回答太长，没有写完" if self.receipt.finish == "length" and self.kept else ""
        dropped = self.prompt.dropped if self.prompt else 0
        left = f"有 {dropped} 段资料放不下，没有给语言模型看" if dropped else ""
        return _joined(why, cut, left, "已改用摘录式回答" if falls_back else "")


def _joined(*notes: str) -> str:
    return "；".join(note for note in notes if note)
