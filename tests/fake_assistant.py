"""Assistants over the samples and over made-up notices, and the contract that every record keeps."""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from fake_index import WIDTH, FakeEmbedder

from assistant.candidates import Candidate
from assistant.evidence import Evidence
from assistant.features import NAMES
from assistant.matching import Match
from assistant.pipeline import Assistant, load_assistant
from assistant.question import Question, clean, understand
from assistant.sentences import Sentence, WordVectors
from assistant.types import Answer, Reason, Status
from assistant.units import Places
from index.analysis import fold
from index.types import Hit, Passage
from index.update import update_index

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOST_CHARACTERS = 160
FIELDS = "id,question,status,answer,short_answer,items,confidence,mode,citations,retrieved,reason,elapsed_ms,standalone_question,notes"


@functools.cache
def over(directory: Path) -> Assistant:
    """Return one assistant for each index: what it keeps between questions may not change an answer."""
    return load_assistant(directory)


def made(home: Path, **texts: str) -> Assistant:
    """Return an assistant over made-up notices, one file each."""
    for name, text in texts.items():
        (home / f"{name}.txt").write_text(text, "utf-8")
    update_index([home], directory=home / "index")
    return load_assistant(home / "index")


def asked(text: str, assistant: Assistant) -> Question:
    return understand(clean(text), assistant.gazetteer)


def plain(text: str) -> Question:
    """Return a question over an index that holds no unit."""
    from assistant.units import Gazetteer

    return understand(clean(text), Gazetteer([]))


def record(answer: Answer) -> dict[str, Any]:
    """Return the record without the time it took."""
    return {name: value for name, value in answer.to_record().items() if name != "elapsed_ms"}


def marks(text: str) -> set[int]:
    return {int(number) for number in re.findall(r"\[(\d+)\]", text)}


def broken(answer: Answer, assistant: Assistant, *, top_k: int = 10) -> list[str]:
    """Return what in a record is against the contract; nothing for a good one."""
    written = json.loads(json.dumps(answer.to_record(), ensure_ascii=True, allow_nan=False))
    faults = [] if ",".join(written) == FIELDS else [f"fields {list(written)}"]
    faults += [] if 0 <= answer.confidence <= 1 else [f"confidence {answer.confidence}"]
    faults += [] if answer.elapsed_ms >= 0 else ["elapsed"]
    faults += [] if answer.answer.strip() else ["says nothing"]
    faults += _faults_of_places(answer, assistant, top_k)
    return faults + (
        _faults_of_answer(answer, assistant) if answer.status is Status.ANSWERED else _faults_of_no(answer)
    )


def _faults_of_places(answer: Answer, assistant: Assistant, top_k: int) -> list[str]:
    scores = [place.score for place in answer.retrieved]
    faults = [] if len(scores) <= top_k else [f"{len(scores)} places"]
    faults += [] if scores == sorted(scores, reverse=True) else ["places out of order"]
    spans = [(place.file, place.start, place.end) for place in answer.retrieved]
    faults += [] if len(set(spans)) == len(spans) else ["a place twice"]
    inside = all(0 <= start < end <= len(assistant.index.text(file)) for file, start, end in spans)
    return faults + ([] if inside else ["a place outside its file"])


def _faults_of_answer(answer: Answer, assistant: Assistant) -> list[str]:
    faults = [] if answer.reason is None else [f"reason {answer.reason}"]
    numbers = [citation.n for citation in answer.citations]
    faults += [] if numbers and numbers == list(range(1, len(numbers) + 1)) else [f"citations {numbers}"]
    faults += [] if marks(answer.answer) == set(numbers) else [f"marks {marks(answer.answer)} of {numbers}"]
    for citation in answer.citations:
        notice = assistant.index.notice(citation.notice)
        slice_ = assistant.index.text(citation.file)[citation.start : citation.end]
        faults += [] if citation.quote and slice_ == citation.quote else [f"[{citation.n}] is no slice"]
        faults += [] if citation.quote == citation.quote.strip() else [f"[{citation.n}] has blank ends"]
        inside = notice.start <= citation.start < citation.end <= notice.end and notice.file == citation.file
        faults += [] if inside else [f"[{citation.n}] lies outside its notice"]
        faults += [] if (citation.title, citation.unit) == (notice.title, notice.unit) else ["another notice's name"]
        paths = {section.path for section in assistant.index.sections(citation.notice)}
        faults += [] if citation.section in paths else [f"[{citation.n}] names no section"]
    long = not answer.items and len(answer.answer) > MOST_CHARACTERS
    return faults + ([f"{len(answer.answer)} characters"] if long else [])


def _faults_of_no(answer: Answer) -> list[str]:
    faults = [] if answer.status is Status.NO_ANSWER else [f"status {answer.status}"]
    faults += [] if answer.reason in set(Reason) else [f"reason {answer.reason}"]
    return faults + (["cites or answers"] if answer.citations or answer.items or answer.short_answer else [])


def sentence_of(text: str, *, start: int = 0, before: str = "", headings: str = "", year: str = "") -> Sentence:
    """Return a folded sentence that stands in a passage of its own, with empty vectors."""
    folded = fold(text)
    passage = Passage("p", "n", "a.txt", start, start + len(text), text, ())
    none, known = np.zeros(0, np.int64), WordVectors(FakeEmbedder())
    direction = np.zeros((1, WIDTH), np.float32)
    return Sentence(passage, start, start + len(text), folded, before, headings, (), none, known, direction, year, ())


def evidence_of(sentence: Sentence, value: str, kind: str, *, score: float = 1.0) -> Evidence:
    """Return `value` in `sentence` as evidence, nothing known about it but its score."""
    at = sentence.text.index(fold(value))
    empty = np.zeros(0, np.float32)
    match = Match(empty, empty, empty, empty, (), (), (0.0,) * 9, 0.0, (0.0, 0.0, 0.0))
    hit = Hit(sentence.passage, 1.0, 1.0, 1.0)
    features = np.zeros(len(NAMES), np.float32)
    return Evidence(sentence, match, Candidate(at, at + len(value), kind), features, score, hit, 0)


def nowhere(*others: str) -> Places:
    return Places((), others)


def files_of(answer: Answer) -> set[str]:
    return {place.file for place in answer.retrieved} | {citation.file for citation in answer.citations}


def texts_of(assistant: Assistant, spans: Sequence[tuple[str, int, int]]) -> list[str]:
    return [assistant.index.text(file)[start:end] for file, start, end in spans]
