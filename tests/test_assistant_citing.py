"""Citations are slices of their files, or there is no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_assistant import evidence_of, over, sentence_of
from hypothesis import given
from hypothesis import strategies as st

from assistant.citing import cite, places_of_hits
from assistant.compose.draft import Quote
from index.errors import IndexDamagedError
from index.types import Hit, Passage

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.evidence import Evidence


def hit(name: str, score: float) -> Hit:
    return Hit(Passage(name, "n", "a.txt", 0, 2, "正文", ()), score, 0.0, 0.0)


def read(passage: Passage, score: float) -> Evidence:
    from dataclasses import replace

    return replace(evidence_of(replace(sentence_of("正文"), passage=passage), "正文", "clause"), score=score)


@given(st.data())
def test_any_stretch_of_a_notice_is_quoted_as_it_stands(index: Path, data: st.DataObject) -> None:
    opened = over(index).index
    notice = data.draw(st.sampled_from(list(opened.notices)))
    text = opened.text(notice.file)
    start = data.draw(st.integers(notice.start, notice.end - 1))
    end = data.draw(st.integers(start + 1, min(notice.end, start + 300)))
    if not text[start:end].strip():
        with pytest.raises(IndexDamagedError):
            cite([Quote(notice.file, notice.id, start, end)], opened)
        return
    (citation,) = cite([Quote(notice.file, notice.id, start, end)], opened)
    assert citation.n == 1
    assert citation.quote == text[citation.start : citation.end] == text[start:end].strip()
    assert (citation.file, citation.notice, citation.title, citation.unit) == (
        notice.file,
        notice.id,
        notice.title,
        notice.unit,
    )
    sections = opened.sections(notice.id)
    (path,) = [section.path for section in sections if section.start <= citation.start < section.end]
    assert citation.section == path


def test_numbers_count_from_one_and_none_gives_none(index: Path) -> None:
    opened = over(index).index
    notice = opened.notices[0]
    quotes = [Quote(notice.file, notice.id, notice.start, notice.start + 10)] * 3
    assert [citation.n for citation in cite(quotes, opened)] == [1, 2, 3]
    assert cite([], opened) == ()


@pytest.mark.parametrize(
    ("start", "end"), [(10**6, 10**6 + 5), (10, 10**6), (-30, -20), (-5, 5), (10, 10), (10, 5), (0, 0)]
)
def test_a_quote_outside_its_file_is_refused(index: Path, start: int, end: int) -> None:
    opened = over(index).index
    notice = opened.notices[0]
    quote = Quote(notice.file, notice.id, start, end)
    with pytest.raises(IndexDamagedError, match=notice.file):
        cite([quote], opened)


def test_without_evidence_the_order_of_search_stays() -> None:
    hits = [hit("a", 0.9), hit("b", 0.5), hit("c", 0.5)]
    places = places_of_hits(hits, (), 10)
    assert [place.score for place in places] == pytest.approx([0.9, 0.5, 0.5])
    assert len(places_of_hits(hits, (), 2)) == 2
    assert places_of_hits(hits, (), 0) == places_of_hits([], (), 10) == ()


def test_evidence_lifts_its_passage_and_scores_stay_in_order() -> None:
    hits = [hit("a", 0.9), hit("b", 0.5), hit("c", 0.4)]
    ranked = [read(hits[1].passage, 3.0), read(hits[0].passage, -1.0)]
    scores = [place.score for place in places_of_hits(hits, ranked, 10)]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] <= scores[0] <= 1
    assert scores[0] == pytest.approx(0.7 + 0.3 * 0.5)
