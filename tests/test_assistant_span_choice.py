from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from fake_assistant import asked, made

from assistant.evidence import Evidence
from assistant.pipeline import Assistant
from assistant.span_choice import choices, choose
from assistant.span_features import NAMES
from assistant.spans import SpanScores, in_prose
from assistant.types import Status, Wanted

PROSE = "云川湖是云川市最大的淡水湖。湖的北岸有一座建于1956年的灯塔,由工程师沐远山设计。南岸的码头有泊位12个。"


@dataclass(frozen=True, slots=True)
class Marks:
    """Scores one character a word, high where `said` stands."""

    said: str
    height: float = 9.0

    def scores(self, question: str, text: str) -> SpanScores:
        del question
        starts, ends = np.zeros(len(text), np.float32), np.zeros(len(text), np.float32)
        at = text.find(self.said)
        if at >= 0:
            starts[at], ends[at + len(self.said) - 1] = self.height, self.height
        return SpanScores(tuple((i, i + 1) for i in range(len(text))), starts, ends)


@dataclass(frozen=True, slots=True)
class Held:
    spans: Marks


def _read(folder: Path, question: str, text: str = PROSE) -> tuple[Assistant, tuple[Evidence, ...]]:
    assistant = made(folder, 湖=text)
    return assistant, assistant.read(asked(question, assistant)).ranked


@pytest.mark.parametrize("said", ["沐远山", "1956年", "工程师沐远山"])
def test_the_stretch_that_the_span_model_marks_is_taken(tmp_path: Path, said: str) -> None:
    question = "北岸那座灯塔由谁设计？"
    assistant, ranked = _read(tmp_path, question)
    best, place = choose(Held(Marks(said)), asked(question, assistant), ranked, assistant.index)
    assert place is not None
    assert PROSE[slice(*place)] == said
    assert best.sentence.start <= place[0] < place[1] <= best.sentence.end


def test_another_sentence_answers_where_the_span_model_is_sure(tmp_path: Path) -> None:
    question = "北岸那座灯塔由谁设计？"
    assistant, ranked = _read(tmp_path, question)
    known = asked(question, assistant)
    moved, _ = choose(Held(Marks("淡水湖", 40.0)), known, ranked, assistant.index)
    stayed, _ = choose(Held(Marks("淡水湖", 0.1)), known, ranked, assistant.index)
    assert "淡水湖" in moved.sentence.text
    assert "灯塔" in stayed.sentence.text


def test_the_span_model_says_nothing_of_texts_with_a_unit_or_headings(tmp_path: Path) -> None:
    question = "北岸那座灯塔由谁设计？"
    assistant, ranked = _read(tmp_path, question)
    known, best = asked(question, assistant), ranked[0]
    passage = replace(best.sentence.passage, path=("一、整改",))
    under_heading = replace(best, sentence=replace(best.sentence, passage=passage))
    assert in_prose(known, best, assistant.index)
    assert not in_prose(known, under_heading, assistant.index)
    assert choose(Held(Marks("沐远山")), known, (under_heading,), assistant.index) == (under_heading, None)
    assert not in_prose(replace(known, wanted=Wanted.YES_NO), best, assistant.index)


def test_a_figure_in_the_unit_that_is_asked_for_is_left_to_the_reader(tmp_path: Path) -> None:
    question = "南岸的码头有多少个泊位？"
    assistant, ranked = _read(tmp_path, question)
    best, place = choose(Held(Marks("南岸")), asked(question, assistant), ranked, assistant.index)
    assert place is None
    assert best.sentence.text[best.candidate.start : best.candidate.end] == "12个"


@pytest.mark.parametrize(("wanted", "never"), [(Wanted.NUMBER, "沐远山"), (Wanted.DATE, "灯塔")])
def test_a_figure_or_a_date_holds_a_numeral(tmp_path: Path, wanted: Wanted, never: str) -> None:
    question = "北岸那座灯塔由谁设计？"
    assistant, ranked = _read(tmp_path, question)
    known = replace(asked(question, assistant), wanted=wanted)
    found = choices(Marks(never), known, ranked)
    assert found
    assert never not in [one.stretch.text for one in found]


def test_features_are_finite_and_no_evidence_gives_no_choice(tmp_path: Path) -> None:
    question = "北岸那座灯塔由谁设计？"
    assistant, ranked = _read(tmp_path, question)
    known = asked(question, assistant)
    assert choices(Marks("灯塔"), known, ()) == []
    for one in choices(assistant.models.spans, known, ranked):
        assert one.features.shape == (len(NAMES),)
        assert np.isfinite(one.features).all()


def test_the_bare_value_in_prose_is_a_slice_of_the_cited_sentence(tmp_path: Path) -> None:
    answer = made(tmp_path, 湖=PROSE).ask("北岸那座灯塔由谁设计？")
    assert answer.status is Status.ANSWERED
    assert answer.short_answer
    assert answer.short_answer in answer.citations[0].quote
    assert answer.short_answer in answer.answer
