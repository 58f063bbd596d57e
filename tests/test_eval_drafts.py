"""Drafted questions, and the command on a real index of the example notices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from eval.ablation import SHOWN, ablate
from eval.cli import app
from eval.drafts import draft_questions
from eval.gold import load_gold, parse_gold
from eval.gold_profile import doubts_about
from eval.labels import MEASURES
from index.types import Notice

EXAMPLES = Path(__file__).parent.parent / "examples" / "notices"
SAMPLES = Path(__file__).parent.parent / "eval" / "gold" / "samples.jsonl"
TEXT = "一是住建部门印发《甲市招标投标管理办法》。2024年3月,甲市完成改造46个小区,受益居民2.7万户。年底增长9.8%。"


class Shelf:
    """One text held in memory."""

    def __init__(self, text: str) -> None:
        self._text = text

    def text(self, file: str) -> str:
        return {"甲.txt": self._text}[file]


def notice(text: str) -> Notice:
    return Notice("n", "甲.txt", 0, len(text), "", "甲市", (), "", "", "", ("", ""), "", "", ())


def test_drafts_by_hand() -> None:
    drafts = draft_questions([notice(TEXT)], Shelf(TEXT))
    assert [(draft.kind, draft.answer) for draft in drafts] == [
        ("fact_title", "《甲市招标投标管理办法》"),
        ("fact_date", "2024年3月"),
        ("fact_number", "46个"),
    ]
    assert drafts[1].question == "什么时候甲市完成改造46个小区？"
    assert drafts[2].question == "甲市完成改造多少个小区？"
    assert drafts[2].near_misses == ("2.7万户",)
    assert draft_questions([], Shelf(TEXT)) == ()
    assert len(draft_questions([notice(TEXT)], Shelf(TEXT), per_notice=1)) == 1


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        (
            "印发《甲市整改工作方案》,明确整改任务58项。",
            ["甲市印发什么文件,明确整改任务58项？", "甲市明确整改任务多少项？"],
        ),
        ("印发《甲市整改工作方案》。", []),
        ("2023年8月2日，省委巡视组向甲市反馈意见。", ["什么时候省委巡视组向甲市反馈意见？"]),
        ("2024年12月底前全部完成整改。", ["甲市什么时候全部完成整改？"]),
        ("2024年3月15日", []),
        ("新建6座，改建6座泵站。", []),
        ("4月1日至2024年5月6日，第三组开展巡视。", []),
    ],
)
def test_a_short_clause_takes_the_next_one_along(text: str, questions: list[str]) -> None:
    assert [draft.question for draft in draft_questions([notice(text)], Shelf(text))] == questions


@given(st.text(alphabet="甲市完成改造46个小区,。;《》\n年月日 年一是(1)%万户", max_size=120))
def test_every_draft_is_a_good_gold_line(text: str) -> None:
    drafts = draft_questions([notice(text)], Shelf(text))
    if drafts:
        lines = [json.dumps(draft.to_record()) for draft in drafts]
        questions = parse_gold(enumerate(lines, start=1), Shelf(text))
        assert len(questions) == len(drafts)
        assert "草稿" in next(doubts_about(questions))[1]


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from index.update import update_index

    directory = tmp_path_factory.mktemp("index")
    update_index([EXAMPLES], directory=directory)
    return directory


def test_drafts_of_an_index_load_as_gold(index_dir: Path, tmp_path: Path) -> None:
    from index.store import open_index

    result = CliRunner().invoke(app, ["draft", "--index", str(index_dir), "--per-notice", "5"])
    assert result.exit_code == 0
    path = tmp_path / "draft.jsonl"
    path.write_text(result.stdout, encoding="utf-8")
    index = open_index(index_dir)
    assert len(load_gold(path, index, notices=index.notices)) > 10


def test_the_samples_run_on_an_index(index_dir: Path, tmp_path: Path) -> None:
    words = [str(SAMPLES), "--index", str(index_dir), "--limit", "3", "--report", str(tmp_path), "--threshold", "0"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    facts = json.loads((tmp_path / "run.json").read_text("utf-8"))["facts"]
    assert facts["index"]["notices"] == 5
    assert facts["index"]["config"]["lexical_weight"] > 0


def test_ablation_measures_every_variant(index_dir: Path) -> None:
    from index.store import open_index

    questions = load_gold(SAMPLES, open_index(index_dir))[:2]
    told: list[str] = []
    comparisons = ablate(questions, index_dir=index_dir, progress=told.append)
    assert told == [one.after for one in comparisons]
    assert told == [
        *("完整", "只用词汇检索", "只用向量检索", "不计标题", "不计字对"),
        *("不限单位", "不用学得的阅读器", "从不因把握小而拒答"),
    ]
    assert all(one.common == 2 for one in comparisons)
    assert set(SHOWN) <= set(MEASURES)
    words = ["ablate", str(SAMPLES), "--index", str(index_dir), "--limit", "1"]
    assert "只用词汇检索" in CliRunner().invoke(app, words).stdout
