from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from fake_assistant import over
from fake_llm import FakeLlm

from assistant.llm.answering import Writer
from assistant.llm.config import LlmConfig
from assistant.llm.events import Generation, Removed
from assistant.pipeline import Assistant
from assistant.types import Answer, Mode, Status
from eval.evaluate import EvalOptions
from eval.llm import LlmAsker, agrees, evaluate_llm, llm_figures

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = "云川市2023年规上工业增加值是多少？"
REPLY = "2023年云川市规上工业增加值386.4亿元[1]。2023年云川市规上工业增加值999.9亿元[1][77]。"


def answer(text: str, short: str = "", *, status: Status = Status.ANSWERED, **generation: object) -> Answer:
    report = Generation("m", **generation) if generation else None  # type: ignore[arg-type]
    return Answer("问", status, text, short, mode=Mode.LLM if report else Mode.EXTRACTIVE, generation=report)


def writer(*pieces: str) -> Writer:
    return Writer(FakeLlm(pieces), config=LlmConfig(source="fake"))


def test_no_question_gives_no_shares() -> None:
    figures = llm_figures([])
    assert figures.asked == figures.sentences == 0
    assert figures.grounded_sentence_rate is figures.agreement is figures.seconds is None


def test_figures_are_counted_over_sentences_marks_and_questions() -> None:
    removed = (Removed("错。"),)
    first = answer(
        "甲5个[1]。乙[2]。", sentences=3, removed=removed, dropped_marks=2, prompt_tokens=90, total_ms=2000.0
    )
    failed = answer("丙", fault="timeout", prompt_tokens=None, total_ms=9000.0)
    figures = llm_figures([(first, answer("有5个。", "5个")), (failed, answer("丙", "丙"))])
    assert (figures.asked, figures.generated, figures.failed, figures.sentences) == (2, 1, 1, 3)
    assert figures.grounded_sentence_rate == pytest.approx(2 / 3)
    assert figures.removed_sentence_rate == pytest.approx(1 / 3)
    assert figures.citation_validity == pytest.approx(0.5)
    assert (figures.agreement, figures.prompt_tokens, figures.seconds) == (1.0, 90.0, 2.0)


@pytest.mark.parametrize(
    ("said", "short", "expected"),
    [
        ("共14000人[1]。", "1.4万人", True),
        ("共1.5万人[1]。", "1.4万人", False),
        ("由市教育局牵头[1]。", "市教育局", True),
        ("由市财政局牵头[1]。", "市教育局", False),
    ],
)
def test_agreement_is_in_value_not_in_wording(said: str, short: str, *, expected: bool) -> None:
    assert agrees(answer(said), answer(short, short)) is expected


def test_two_refusals_agree_and_one_does_not() -> None:
    declined = answer("没有", status=Status.NO_ANSWER)
    assert agrees(declined, declined)
    assert not agrees(answer("5个[1]。"), declined)


def test_a_scripted_model_is_measured(index: Path) -> None:
    asker = LlmAsker(Assistant(over(index).index, writer=writer(REPLY[:20], REPLY[20:])))
    given = asker.ask(QUESTION, history=[], top_k=10)
    figures = llm_figures(asker.pairs)
    assert given.mode is Mode.LLM
    assert (figures.sentences, figures.grounded_sentence_rate, figures.removed_sentence_rate) == (2, 0.5, 0.5)
    assert figures.citation_validity == 0.5
    assert figures.agreement == 1.0
    assert figures.completion_tokens == 2


def test_the_command_prints_and_keeps_the_figures(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = tmp_path / "gold.jsonl"
    evidence = [{"file": "云川市.txt", "quote": "规上工业增加值386.4亿元"}]
    row = {"id": "a", "question": QUESTION, "type": "fact_number", "answers": ["386.4亿元"], "evidence": evidence}
    gold.write_text(json.dumps(row, ensure_ascii=False) + "\n", "utf-8")
    options = EvalOptions(report=tmp_path / "report")
    assert evaluate_llm(gold, index_dir=index, options=options, writer=writer(REPLY)) == 0
    assert "grounded_sentence_rate\t0.500" in capsys.readouterr().out
    kept = json.loads((tmp_path / "report" / "llm.json").read_text("utf-8"))
    assert (kept["model"], kept["removed_sentence_rate"]) == ("fake", 0.5)
