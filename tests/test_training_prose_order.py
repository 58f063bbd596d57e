"""Fitting the order of sentences in prose, on made-up cases and a small set."""

from __future__ import annotations

import json
import lzma
from typing import TYPE_CHECKING

import numpy as np
import pytest

from assistant.prose_order import NAMES
from index.update import update_index
from training.corpora import NEWS, TrainingDataError
from training.policy_texts import write_texts
from training.prose_order import Case, fit, gold_cases, held_out, right_on_top

if TYPE_CHECKING:
    from pathlib import Path

POLICY = (
    "近日，澄江市印发《澄江市轮椅租借办法》，规范轮椅租借。年满70周岁的老年人均可申请租借轮椅。轮椅逾期不归还的，取消两年内的租借资格。"
    "租借轮椅每月租金30元。轮椅由社区服务站保养。"
)


def _cases(helpful: str) -> list[Case]:
    rows = np.zeros((3, len(NAMES)), np.float32)
    rows[:, NAMES.index(helpful)] = (0.0, 1.0, 0.0)
    rows[:, NAMES.index("score")] = (0.0, -0.5, -1.0)
    return [Case("made", f"text{at}", rows, np.array([False, True, False]), 1.0) for at in range(10)]


@pytest.mark.parametrize("name", ["consequence", "rarest", "local_coverage"])
def test_what_tells_the_answering_sentence_gets_weight(name: str) -> None:
    cases = _cases(name)
    before = right_on_top(cases, np.array([float(one == "score") for one in NAMES]))
    assert before == {"made": (0, 10)}
    assert right_on_top(cases, fit(cases, penalty=0.1)) == {"made": (10, 10)}
    assert held_out(cases, penalty=0.1) == {"made": (10, 10)}


def test_a_heavy_penalty_leaves_the_score_of_the_reader_alone() -> None:
    weights = fit(_cases("consequence"), penalty=1e6)
    assert weights[NAMES.index("score")] == pytest.approx(1.0, abs=1e-3)
    assert np.abs(np.delete(weights, NAMES.index("score"))).max() < 1e-3


def test_cases_of_a_gold_file_know_the_sentence_that_answers(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "policy.txt").write_text(POLICY, "utf-8")
    update_index([tmp_path / "texts"], directory=tmp_path / "index")
    quote = {"file": "policy.txt", "quote": "取消两年内的租借资格"}
    rows = [
        {
            "id": "q1",
            "question": "轮椅过期不还会怎样?",
            "type": "fact_entity",
            "answers": ["取消两年内的租借资格"],
            "evidence": [quote],
        },
        {"id": "q2", "question": "轮椅的押金是多少?", "type": "no_answer", "answers": [], "evidence": []},
    ]
    gold = tmp_path / "gold.jsonl"
    gold.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    (case,) = gold_cases(tmp_path / "index", gold, split=None, weight=5.0)
    assert case.right.sum() == 1
    assert case.features.shape == (5, len(NAMES))
    assert case.weight == 5.0


def test_the_texts_that_a_gold_file_names_are_written(tmp_path: Path) -> None:
    texts = [{"id": f"n{at}", "text": f"第{at}篇"} for at in range(3)]
    with lzma.open(tmp_path / NEWS, "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in texts)
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"evidence": [{"file": "n1.txt"}, {"file": "n2.txt"}]}), "utf-8")
    assert write_texts(tmp_path, gold, tmp_path / "out") == 2
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["n1.txt", "n2.txt"]
    assert (tmp_path / "out" / "n2.txt").read_text("utf-8") == "第2篇"
    gold.write_text(json.dumps({"evidence": [{"file": "n7.txt"}]}), "utf-8")
    with pytest.raises(TrainingDataError, match=r"n7\.txt"):
        write_texts(tmp_path, gold, tmp_path / "out")
    with pytest.raises(TrainingDataError, match="not found"):
        write_texts(tmp_path / "nowhere", gold, tmp_path / "out")
