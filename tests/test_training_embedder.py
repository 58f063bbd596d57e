import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from training.batches import Drawing
from training.corpora import MEASURED_QUESTIONS, NEWS, TRAINING_QUESTIONS, TrainingDataError, read_news
from training.embedder import Plan, fit, main, prepare
from training.retrieval import score_ranking
from training.static_model import StaticModel, StaticModelError, load_static_model, save_static_model
from training.vocabulary import build_tokenizer

_TOPICS = {
    "水库": ("灌溉", "堤坝", "蓄水", "放水", "渠道"),
    "学校": ("教师", "课程", "校舍", "学生", "操场"),
    "砖厂": ("扬尘", "烟囱", "关停", "排放", "罚款"),
    "食堂": ("老人", "送餐", "饭菜", "厨房", "补贴"),
}


def _news() -> list[str]:
    rng = np.random.default_rng(0)
    texts = []
    for number in range(120):
        topic, words = list(_TOPICS.items())[number % len(_TOPICS)]
        chosen = [rng.permutation(words)[:3] for _ in range(4)]
        texts.append("".join(f"关于{topic}的{a}和{b}还有{c}一共有{number}件。" for a, b, c in chosen))
    return texts


def _squad(passages: list[tuple[str, str, str]]) -> dict[str, object]:
    paragraphs = [
        {
            "context": text,
            "qas": [{"question": asked, "answers": [{"text": answer, "answer_start": text.find(answer)}]}],
        }
        for text, asked, answer in passages
    ]
    return {"data": [{"paragraphs": paragraphs}]}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    with lzma.open(folder / NEWS, "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in _news())
    passages = [
        (f"{topic}的{words[0]}很要紧。{words[1]}也是。", f"{topic}怎么样", words[0]) for topic, words in _TOPICS.items()
    ]
    for name in (*TRAINING_QUESTIONS, MEASURED_QUESTIONS):
        with lzma.open(folder / name, "wt", encoding="utf-8") as stream:
            json.dump(_squad(passages), stream)
    return folder


def _plan(steps: int) -> Plan:
    return Plan(steps=steps, vocabulary=300, width=16, drawing=Drawing(size=32, context=(4, 20)))


def test_training_brings_texts_on_one_matter_together(tmp_path: Path) -> None:
    plan = _plan(60)
    losses: list[float] = []
    material = prepare(_news(), [], plan, tmp_path)
    model = fit(material, plan, tmp_path, watch=lambda _, loss: losses.append(loss))
    vectors = model.encode(["堤坝蓄水", "灌溉渠道", "教师课程"])
    assert np.mean(losses[-5:]) < np.mean(losses[:5])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_a_stopped_run_ends_with_the_same_vectors(tmp_path: Path) -> None:
    plan = _plan(30)
    whole = fit(prepare(_news(), [], plan, tmp_path / "a"), plan, tmp_path / "a", watch=lambda *_: None)

    def stop(step: int, _: float) -> None:
        if step == 12:
            raise KeyboardInterrupt

    material = prepare(_news(), [], plan, tmp_path / "b")
    with pytest.raises(KeyboardInterrupt):
        fit(material, plan, tmp_path / "b", watch=stop)
    steps: list[int] = []
    resumed = fit(material, plan, tmp_path / "b", watch=lambda step, _: steps.append(step))
    assert steps[0] == 13
    np.testing.assert_allclose(resumed.vectors, whole.vectors, atol=1e-5)


def test_the_command_trains_measures_and_cleans_up(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "model"
    common = ["--data", str(data)]
    small = ["--steps", "3", "--vocabulary", "200", "--width", "8"]
    assert main([*common, "--output", str(output), *small]) == 0
    report = capsys.readouterr().out
    assert "pieces × 8 dimensions" in report
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "model"]
    assert "3 steps" in (output / "README.md").read_text("utf-8")
    assert main([*common, "--measure", str(output)]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == report.splitlines()[2:5]


def test_missing_texts_are_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--output", str(tmp_path / "model")]) == 1
    assert capsys.readouterr().err == f"training text not found: {tmp_path / NEWS}\n"


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}'])
def test_damaged_texts_are_refused(tmp_path: Path, line: str) -> None:
    with lzma.open(tmp_path / NEWS, "wt", encoding="utf-8") as stream:
        stream.write(line + "\n")
    with pytest.raises(TrainingDataError, match="not a JSON object"):
        read_news(tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StaticModelError, match=r"tokenizer\.json is missing"):
        load_static_model(tmp_path)


def _saved(folder: Path) -> StaticModel:
    pieces = [("[UNK]", -20.0), *((character, -5.0) for character in "水库学校砖厂食堂")]
    vectors = np.random.default_rng(5).standard_normal((len(pieces), 12)).astype(np.float16).astype(np.float32)
    model = StaticModel(tokenizer=build_tokenizer(pieces), vectors=vectors)
    save_static_model(model, folder, card="第一")
    save_static_model(model, folder, card="第二")
    return model


def test_a_saved_model_is_read_back_and_replaced_whole(tmp_path: Path) -> None:
    texts = ["水库", "學校食堂。", "厂里没有", "", "，"]
    model = _saved(tmp_path / "model")
    found = load_static_model(tmp_path / "model").encode(texts)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert (tmp_path / "model" / "README.md").read_text("utf-8") == "第二"
    np.testing.assert_array_equal(found, model.encode(texts))
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), [1, 1, 1, 0, 0], atol=1e-6)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("shipped", [False, True])
def test_sentence_transformers_gives_the_same_vectors(tmp_path: Path, shipped: bool) -> None:
    from sentence_transformers import SentenceTransformer

    folder = Path(__file__).parents[1] / "index" / "models" / "static" if shipped else tmp_path / "model"
    if not shipped:
        _saved(folder)
    texts = ["水库", "学校的食堂。2024年", "臺灣ＧＤＰ", "整改落实情况如何？"]
    texts = texts if shipped else texts[:2]
    reference = SentenceTransformer(str(folder), device="cpu")
    found = load_static_model(folder).encode(texts)
    np.testing.assert_allclose(reference.encode(texts), found, atol=3e-3)
    np.testing.assert_allclose(reference.float().encode(texts), found, atol=1e-6)


@pytest.mark.parametrize(
    ("scores", "right", "expected"),
    [
        (np.zeros((0, 3)), [], (0.0, 0.0)),
        ([[0.9, 0.1]], [0], (1.0, 1.0)),
        ([[0.9, 0.1], [0.9, 0.1]], [0, 1], (0.5, 0.75)),
        ([[0.5, 0.5]], [0], (0.0, 0.5)),
        ([list(range(12))], [0], (0.0, 0.0)),
    ],
)
def test_scores_of_a_ranking(scores: list[list[float]], right: list[int], expected: tuple[float, float]) -> None:
    found = score_ranking(np.asarray(scores, np.float32), np.asarray(right, np.int64))
    assert (found.hit_at_1, found.mrr_at_10) == pytest.approx(expected)
