"""The gold sets that ship: how many questions of which kind, from where, in whose words. No question is looked at."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eval.gold import GoldQuestion, Split, load_gold, split_of
from eval.gold_profile import profile_of
from eval.texts import FolderTexts

if TYPE_CHECKING:
    from index.types import Notice

ROOT = Path(__file__).parents[1]
REAL, SAMPLES = ROOT / "eval/gold/real.jsonl", ROOT / "eval/gold/samples.jsonl"
NOTICES = ROOT.parent / "shared/notices"
LEAST = {
    "fact_number": 40,
    "fact_date": 10,
    "fact_entity": 15,
    "fact_title": 15,
    "contact": 6,
    "list": 12,
    "howto_measure": 15,
    "yes_no": 8,
    "compare": 12,
    "followup": 8,
    "no_answer": 40,
}
needs_notices = pytest.mark.skipif(not NOTICES.is_dir(), reason="the real notices are not here")


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def shelf() -> FolderTexts:
    return FolderTexts(NOTICES)


@pytest.fixture(scope="module")
def notices(shelf: FolderTexts) -> tuple[Notice, ...]:
    return shelf.notices()


@pytest.fixture(scope="module")
def real(shelf: FolderTexts, notices: tuple[Notice, ...]) -> tuple[GoldQuestion, ...]:
    return load_gold(REAL, shelf, notices=notices)


def test_the_real_set_has_enough_questions_of_every_kind() -> None:
    rows = records(REAL)
    counts = Counter(row["type"] for row in rows)
    assert len(rows) >= 160
    assert {kind: counts[kind] for kind, least in LEAST.items() if counts[kind] < least} == {}


def test_real_evidence_is_offsets_and_a_checksum_with_short_answers() -> None:
    for row in records(REAL):
        assert all(set(one) == {"file", "start", "end", "sha256"} for one in row["evidence"])
        if row["type"] not in {"list", "howto_measure", "compare"}:
            assert all(len(value) <= 60 for value in row["answers"]), row["id"]


def test_most_answerable_real_questions_record_their_traps() -> None:
    figures = [row for row in records(REAL) if row["type"] in {"fact_number", "fact_date", "fact_title"}]
    assert sum(bool(row["near_misses"]) for row in figures) >= 0.75 * len(figures)


@needs_notices
def test_the_real_set_is_spread_over_every_notice_and_its_whole_length(
    real: tuple[GoldQuestion, ...], notices: tuple[Notice, ...]
) -> None:
    places: Counter[tuple[str, int]] = Counter()
    for question, notice in itertools.product(real, notices):
        for one in question.evidence[:1]:
            start = one.places[0][0]
            if one.file == notice.file and notice.start <= start < notice.end:
                places[notice.id, 5 * (start - notice.start) // (notice.end - notice.start)] += 1
    assert len(notices) == 6
    assert len({notice.file for notice in notices}) == 5
    assert all(places[notice.id, fifth] for notice in notices for fifth in range(5))


@needs_notices
def test_at_least_half_of_the_real_questions_use_other_words(
    real: tuple[GoldQuestion, ...], shelf: FolderTexts
) -> None:
    profile = profile_of(real, shelf)
    assert profile.overlapping <= profile.answerable / 2
    assert min(profile.by_tercile.values()) >= profile.answerable / 5


@needs_notices
def test_a_changed_notice_is_noticed(shelf: FolderTexts) -> None:
    for row in records(REAL):
        for one in row["evidence"]:
            words = shelf.text(one["file"])[one["start"] : one["end"]]
            assert hashlib.sha256(words.encode()).hexdigest() == one["sha256"]


def test_the_samples_are_enough_and_sound() -> None:
    shelf = FolderTexts(ROOT / "examples/notices")
    questions = load_gold(SAMPLES, shelf, notices=shelf.notices())
    assert len(questions) >= 60
    assert set(LEAST) <= set(profile_of(questions, shelf).by_kind)


def test_both_halves_hold_every_kind() -> None:
    halves = {half: {row["type"] for row in records(REAL) if split_of(row["id"]) is half} for half in Split}
    assert halves[Split.DEV] == halves[Split.TEST] == set(LEAST)


def test_the_split_never_moves() -> None:
    names = ("a", "q1", "s003", "问一")
    assert [str(split_of(name)) for name in names] == ["test", "dev", "dev", "test"]


@pytest.mark.parametrize(
    ("name", "folder"),
    [("samples", "examples/notices"), ("a", "training/data/notices_a"), ("c", "training/data/notices_c")],
)
def test_the_questions_over_several_notices_fit_their_notices(name: str, folder: str) -> None:
    shelf = FolderTexts(ROOT / folder)
    questions = load_gold(ROOT / f"eval/gold/several/{name}.jsonl", shelf, notices=shelf.notices())
    assert {question.split for question in questions} == {Split.DEV, Split.TEST}
    assert sum(question.expects_refusal for question in questions) >= 2


def test_policy_questions_quote_little_and_have_unanswerable_ones_in_both_halves() -> None:
    rows = records(ROOT / "eval/gold/policy.jsonl")
    assert len({row["id"] for row in rows}) == len(rows) == 212
    assert max(len(one["quote"]) for row in rows for one in row["evidence"]) <= 80
    assert len({one["file"] for row in rows for one in row["evidence"]}) == 67
    declined = Counter(split_of(row["id"]) for row in rows if row["type"] == "no_answer")
    assert declined == {Split.DEV: 22, Split.TEST: 10}
