from pathlib import Path

import numpy as np
import pytest

from assistant.span_features import NAMES
from training.corpora import Question
from training.span_choice import cases_of, chosen_f1, fit, held_out_f1

PASSAGES = tuple(
    f"{name}湖是当地最大的淡水湖。湖的北岸有一座建于{year}年的灯塔,由工程师沐远山设计。"
    for name, year in (("云川", 1956), ("岚江", 1967), ("临渚", 1978), ("松泉", 1989), ("苍屏", 1990))
)


def _cases(helpful: str) -> list[tuple[str, np.ndarray, np.ndarray]]:
    rows = np.zeros((3, len(NAMES)), np.float32)
    rows[:, NAMES.index(helpful)] = (0.0, 1.0, 0.0)
    return [(f"p{at}", rows, np.array([0.0, 1.0, 0.2], np.float32)) for at in range(10)]


@pytest.mark.parametrize("name", ["near", "person", "sentence"])
def test_what_tells_the_right_stretch_gets_weight(name: str) -> None:
    weights = fit(_cases(name))
    assert weights[NAMES.index(name)] > 1
    assert chosen_f1(_cases(name), weights) == 1.0
    assert held_out_f1(_cases(name)) == (1.0, 0.0)


def test_no_cases_have_no_f1() -> None:
    assert chosen_f1([], np.zeros(len(NAMES), np.float32)) == 0.0
    assert held_out_f1([]) == (0.0, 0.0)


def test_every_question_is_asked_with_its_passage_and_among_all(tmp_path: Path) -> None:
    questions = [Question("北岸那座灯塔由谁设计?", text, "沐远山", text.find("沐远山")) for text in PASSAGES[:2]]
    cases = cases_of(questions, tmp_path)
    assert [passage for passage, *_ in cases] == [PASSAGES[0]] * 2 + [PASSAGES[1]] * 2
    assert all(values.max() > 0.9 for *_, values in cases)
