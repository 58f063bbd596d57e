"""The way of a question: understood, looked up, read, composed, judged, cited or refused."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from assistant.admission import admit
from assistant.citing import cite, places_of_hits
from assistant.comparing import compare, compared_units
from assistant.compose.about import about_itself
from assistant.compose.either import composed
from assistant.compose.whole import read_whole
from assistant.confidence import Calibration
from assistant.config import AssistantConfig
from assistant.errors import ModeError
from assistant.evidence import Reader
from assistant.followup import askable, stand_alone
from assistant.llm.events import final
from assistant.metadata import asks_about_notice
from assistant.observe import logged, noted, stage, understood
from assistant.question import clean, understand
from assistant.reading import Reading
from assistant.refusal import NOTHING_CHOSEN, UNIT_NOT_CHOSEN, explain
from assistant.retrieval import LookUp, best_passages, look_up, mentions_elsewhere, withheld
from assistant.scope import chosen
from assistant.sentences import SentenceStore
from assistant.settings import configured
from assistant.types import Answer, Mode, Reason, Status
from assistant.units import Gazetteer
from assistant.upgrades import Models
from assistant.versions import version_notes
from index.manifest import current_generation
from index.rarity import rarity_of_notices
from index.store import open_index

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from assistant.compose.draft import Draft
    from assistant.llm.answering import Writer
    from assistant.llm.events import Event
    from assistant.question import Question
    from assistant.scope import Scope
    from assistant.units import Unit
    from index.store import Index
    from index.types import Hit


class Assistant:
    """Answers questions over one generation of an index."""

    def __init__(
        self,
        index: Index,
        *,
        config: AssistantConfig | None = None,
        writer: Writer | None = None,
        models: Models | None = None,
    ) -> None:
        """Without a `writer` there is no language model, and `Mode.LLM` is an error."""
        self.index = index
        self.writer = writer
        self.config = config or AssistantConfig()
        self.gazetteer = Gazetteer(index.notices_with_unit)
        self._searched = None if self.config.all_versions or not index.superseded else index.current_ids
        self._sentences = SentenceStore(index)
        self._rarity = rarity_of_notices(index)
        self.reader = Reader.open() if self.config.reader else Reader.plain()
        self._calibration = Calibration.open(self.config.calibration)
        self.models = models or Models(self.config)

    @property
    def threshold(self) -> float:
        """Confidence below which an answer is withheld."""
        return self._calibration.threshold if self.config.threshold is None else self.config.threshold

    def ask(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        unit: str | None = None,
        scope: Scope | None = None,
        top_k: int | None = None,
        mode: Mode = Mode.EXTRACTIVE,
    ) -> Answer:
        """Return the answer to `question`, or a refusal; `history` holds earlier questions, oldest first.

        `unit` restricts the search to the notices of one unit, by any of its names, `scope` to the notices chosen.
        Raises QuestionError if the question holds nothing that can be asked, ModeError if no language model is
        set up for `Mode.LLM`.
        """
        if mode is Mode.LLM:
            return final(self.stream(question, history=history, unit=unit, scope=scope, top_k=top_k))
        begun = time.perf_counter()
        with stage("understand"):
            cleaned = clean(question)
            resolved = stand_alone(cleaned, list(askable(history)), self.gazetteer)
            asked = understood(understand(resolved, self.gazetteer))
        limit = self.config.top_k if top_k is None else top_k
        only = self._chosen(scope, unit)
        answer = self._answer(asked, only, unit, limit)
        elapsed = (time.perf_counter() - begun) * 1000
        logged(answer, asked, elapsed)
        return replace(answer, question=question, standalone=resolved, elapsed_ms=elapsed)

    def stream(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        unit: str | None = None,
        scope: Scope | None = None,
        top_k: int | None = None,
        cancelled: threading.Event | None = None,
    ) -> Iterator[Event]:
        """Return what happens while the language model answers: the extractive answer, its sentences, `Done` last.

        Closing the iterator or setting `cancelled` stops the generation. Raises ModeError if no model is set up,
        and as it goes QuestionError if the question cannot be asked.
        """
        if self.writer is None:
            raise ModeError
        only: dict[str, Any] = {"unit": unit, "scope": scope}
        return self.writer.events(self, question, history=history, top_k=top_k, cancelled=cancelled, **only)

    def search(
        self, question: str, *, top_k: int = 10, unit: str | None = None, scope: Scope | None = None
    ) -> list[Hit]:
        """Return the best passages for a question, re-ranked if so set, in the units it names and the notices chosen."""
        asked = understand(clean(question), self.gazetteer)
        own = frozenset(notice for held in asked.places.units for notice in held.notices)
        only = self._chosen(scope, unit)
        allowed = only if not own else own if only is None else own & only
        hits = best_passages(self.index, asked.text, top_k=top_k, notices=allowed, models=self.models)
        return list(hits[:top_k])

    def read(self, asked: Question, *, without: Callable[[Hit], bool] | None = None) -> Reading:
        """Return what reading gives for a question about one unit or none: a draft with its evidence, or a reason.

        Passages that are `without` are left out, as if the notices did not have them: what is found then is wrong.
        """
        found = self._look_up(asked, asked.places.units, self._searched)
        found = found if without is None else withheld(found, without)
        return noted(asked, asked.places.units, self._reading(asked, asked.places.units, self._searched, found))

    def refreshed(self) -> Assistant:
        """Return an assistant over the newest generation: this one if nothing newer was published."""
        if current_generation(self.index.directory) == self.index.generation:
            return self
        return Assistant(open_index(self.index.directory), config=self.config, writer=self.writer, models=self.models)

    def _answer(self, asked: Question, only: frozenset[str] | None, unit: str | None, top_k: int) -> Answer:
        with stage("places"):
            strangers = [name for name in asked.places.other if not self._mentioned(name)]
        unknown: object = strangers and len(strangers) == len(asked.places.other) and not asked.places.held
        unknown = unknown or (asked.places.other and not asked.places.held and asks_about_notice(asked))
        if only is not None and not only:
            stranger = unit is not None and not chosen(self.index.notices, unit=unit)
            asked = replace(asked, places=replace(asked.places, other=(unit or "",))) if stranger else asked
            reason, detail = (Reason.UNKNOWN_UNIT, "") if stranger else (Reason.NOT_FOUND, NOTHING_CHOSEN)
            found = self._look_up(asked, (), only, top_k)
            reading = noted(asked, (), Reading(None, 0.0, found, (), reason, detail))
        elif unknown:
            found = self._look_up(asked, asked.places.units, only, top_k)
            reading = noted(asked, (), Reading(None, 0.0, found, (), Reason.UNKNOWN_UNIT))
        elif asked.comparison:
            reading = self._compare(asked, only, asked.places.other, top_k)
        else:
            reading = self._read(asked, asked.places.units, only, top_k)
        return self._finish(asked, reading, top_k)

    def _chosen(self, scope: Scope | None, unit: str | None) -> frozenset[str] | None:
        """Return the notices to search: without copies and older versions, unless one is chosen by its id."""
        only = chosen(self.index.notices, scope=scope, unit=unit)
        if self._searched is None or (scope is not None and scope.notices):
            return only
        return self._searched if only is None else only & self._searched

    def _mentioned(self, name: str) -> bool:
        return mentions_elsewhere(self.index, name, self.gazetteer, only=self._searched)

    def _look_up(self, asked: Question, units: Sequence[Unit], only: frozenset[str] | None, top_k: int = 0) -> LookUp:
        scope = units if self.config.unit_guard else ()
        with stage("look_up"):
            return look_up(
                self.index,
                asked,
                self._sentences,
                units=scope,
                only=only,
                at_least=top_k,
                models=self.models,
                rarity=self._rarity,
            )

    def _read(self, asked: Question, units: Sequence[Unit], only: frozenset[str] | None, top_k: int = 0) -> Reading:
        return noted(asked, units, self._reading(asked, units, only, self._look_up(asked, units, only, top_k)))

    def _reading(self, asked: Question, units: Sequence[Unit], only: frozenset[str] | None, found: LookUp) -> Reading:
        certain = self._metadata(asked, units, only)
        if certain:
            return Reading(certain, self._calibration.judge(certain, found.probe, ()), found, ())
        with stage("read"):
            ranked = tuple(self.reader.read(found.probe, found.read, self._sentences))
            kept, reason, detail = admit(asked, ranked, self.index, self.gazetteer)
        if not kept:
            return Reading(None, 0.0, found, ranked, reason or Reason.NOT_FOUND, detail)
        with stage("compose"):
            draft = composed(asked, found.probe, kept, self.index, self.models)
        with stage("judge"):
            confidence = self._calibration.judge(draft, found.probe, kept)
        weak = Reason.LOW_CONFIDENCE if confidence < self.threshold else None
        return Reading(draft, confidence, found, kept, weak)

    def _metadata(self, asked: Question, units: Sequence[Unit], only: frozenset[str] | None) -> Draft | None:
        """Return what a notice says about itself, if that is asked and one notice is meant."""
        some = [one.id for one in self.index.notices[:2]] if only is None else islice(only, 2)
        ids = [notice for unit in units for notice in unit.notices] or list(some)
        ids = [notice for notice in ids if only is None or notice in only]
        if len(ids) != 1:
            return None
        notice = self.index.notice(ids[0])
        return about_itself(asked, notice, self.index) or read_whole(asked, notice, self.index)

    def _compare(self, asked: Question, only: frozenset[str] | None, strangers: Sequence[str], top_k: int) -> Reading:
        units, _ = compared_units(asked, only, self.gazetteer)
        found = self._look_up(asked, units, only, top_k)
        parts: dict[str, Any] = {"index": self.index, "gazetteer": self.gazetteer, "read": self._read}
        return compare(asked, only, strangers, found, **parts)

    def _finish(self, asked: Question, reading: Reading, top_k: int) -> Answer:
        retrieved = places_of_hits(reading.found.hits, reading.ranked, top_k)
        if reading.draft is None or reading.reason is not None:
            reason = reading.reason or Reason.NOT_FOUND
            searched = len(self.index.notices) if reading.found.notices is None else len(reading.found.notices)
            names = [unit.name for unit in self.gazetteer.units]
            hits = reading.found.hits
            everything = searched >= len(self.index.notices if self._searched is None else self._searched)
            detail = reading.detail if searched or reading.detail == NOTHING_CHOSEN else UNIT_NOT_CHOSEN
            text = explain(
                reason,
                asked,
                units=names,
                searched=searched,
                hits=hits,
                detail=detail,
                everything=everything,
            )
            return Answer(
                asked.text, Status.NO_ANSWER, text, confidence=reading.confidence, retrieved=retrieved, reason=reason
            )
        with stage("cite"):
            citations = cite(reading.draft.quotes, self.index)
        draft = reading.draft
        return Answer(
            asked.text,
            Status.ANSWERED,
            draft.text,
            short_answer=draft.short,
            items=draft.items,
            confidence=reading.confidence,
            citations=citations,
            retrieved=retrieved,
            notes=version_notes(citations, self.index),
        )


def load_assistant(
    directory: Path | str, *, config: AssistantConfig | None = None, writer: Writer | None = None
) -> Assistant:
    """Return an assistant over the current generation of the index at `directory`, with a language model or without.

    Raises IndexMissingError, IndexFormatError or IndexDamagedError if there is no usable index.
    """
    return Assistant(open_index(directory), config=config or configured(os.environ), writer=writer)
