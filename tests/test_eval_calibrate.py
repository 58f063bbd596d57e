"""`tongbao eval calibrate`: confidence and threshold fitted to a gold set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_terminal import QUESTION, one_line
from typer.testing import CliRunner

from assistant import load_assistant
from assistant.confidence import SIGNALS, Calibration
from assistant.config import AssistantConfig
from assistant.errors import SettingsError
from eval.calibration import Row, calibrate, rows_of
from eval.cli import app
from eval.errors import UsageError
from eval.gold import Split, split_of

SAMPLES = Path(__file__).parents[1] / "eval" / "gold" / "samples.jsonl"
SOUND = {"weights": {"score": 1.5}, "bias": -1.0, "threshold": 0.4}


def dev_id(name: str) -> str:
    """Return a name like `name` that belongs to the dev part."""
    return next(one for one in (f"{name}-{n}" for n in range(99)) if split_of(one) is Split.DEV)


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sample questions, all of them in the dev part."""
    rows = [json.loads(line) for line in SAMPLES.read_text("utf-8").splitlines()]
    lines = [json.dumps({**row, "id": dev_id(row["id"])}, ensure_ascii=False) for row in rows]
    path = tmp_path_factory.mktemp("gold") / "samples.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.fixture(scope="module")
def rows(index: Path, gold: Path) -> list[Row]:
    return list(rows_of(index, gold, split=Split.DEV))


def run(*words: object) -> Any:
    return CliRunner().invoke(app, ["calibrate", *map(str, words)])


def made_rows(count: int, *, seed: int = 0) -> list[Row]:
    """Return made-up rows whose first signal tells, with noise, which draft is right."""
    draws = np.random.default_rng(seed)
    found: list[Row] = []
    for at in range(count):
        good = at % 3 > 0
        signals = draws.normal(size=len(SIGNALS)) * 0.1
        signals[0] += draws.normal() + (1.5 if good else -1.5)
        found.append((tuple(signals.tolist()), good, good or at % 2 == 0))
    return found


def test_a_run_writes_what_the_assistant_reads(index: Path, gold: Path, tmp_path: Path) -> None:
    output = tmp_path / "own.json"
    result = run(gold, "--index", index, "--output", output)
    assert result.exit_code == 0, result.output
    record = json.loads(output.read_text("utf-8"))
    assert list(record["weights"]) == list(SIGNALS)
    fitted, shipped = Calibration.open(output), Calibration.open()
    assert fitted.weights == tuple(record["weights"].values())
    assert (fitted.bias, fitted.threshold) == (record["bias"], record["threshold"])
    assert fitted.threshold != shipped.threshold
    assert 0 <= fitted.threshold <= 1
    assert result.stdout.startswith(f"{record['questions']} 个问题（dev）")
    (chosen,) = [line for line in result.stdout.splitlines() if "选用" in line]
    assert float(chosen.split()[0]) == fitted.threshold
    assert f"TONGBAO_CALIBRATION={output}" in result.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["own.json"]


def test_the_file_changes_threshold_and_confidence(
    index: Path, rows: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, _ = calibrate(rows, penalty=1.0, false_refusals=0.03)
    path = tmp_path / "own.json"
    path.write_text(json.dumps(record), "utf-8")
    plain = load_assistant(index, config=AssistantConfig())
    monkeypatch.setenv("TONGBAO_CALIBRATION", str(path))
    own = load_assistant(index)
    assert own.threshold == record["threshold"] != plain.threshold
    assert own.ask(QUESTION).confidence != plain.ask(QUESTION).confidence
    told = load_assistant(index, config=AssistantConfig(calibration=path, threshold=0.9))
    assert told.threshold == 0.9


def test_only_the_dev_part_is_looked_at(index: Path, rows: list[Row]) -> None:
    dev, test = (len(list(rows_of(index, SAMPLES, split=split))) for split in (Split.DEV, Split.TEST))
    assert dev + test == len(rows)
    assert min(dev, test) > 0
    assert all(len(signals) == len(SIGNALS) and np.isfinite(signals).all() for signals, _, _ in rows)
    assert not any(good and not has_answer for _, good, has_answer in rows)


def test_too_few_questions_are_told_in_one_line(index: Path, gold: Path, tmp_path: Path) -> None:
    few, output = tmp_path / "few.jsonl", tmp_path / "own.json"
    few.write_text("\n".join(gold.read_text("utf-8").splitlines()[:12]), "utf-8")
    result = run(few, "--index", index, "--output", output)
    assert result.exit_code == 2
    assert one_line(result.stderr)
    assert "至少要 30 个" in result.stderr
    assert "tongbao eval draft" in result.stderr
    assert result.stdout == ""
    assert not output.exists()


@pytest.mark.parametrize(("count", "good"), [(0, None), (29, None), (60, True), (60, False)])
def test_what_nothing_can_be_fitted_to(count: int, good: bool | None) -> None:
    rows = [(signals, was if good is None else good, True) for signals, was, _ in made_rows(count)]
    with pytest.raises(UsageError, match=f"{count} 个可用于校准的问题") as caught:
        calibrate(rows, penalty=1.0, false_refusals=0.03)
    assert "\n" not in str(caught.value)
    # It says what to do, too.
    assert "请" in str(caught.value)


def test_thirty_are_enough_and_the_fit_finds_what_tells() -> None:
    record, outcomes = calibrate(made_rows(30), penalty=1.0, false_refusals=0.1)
    assert record["questions"] == 30
    weights = list(record["weights"].values())
    assert weights[0] == max(weights) > 0.5
    thresholds = [one.threshold for one in outcomes]
    assert thresholds == sorted(set(thresholds))
    assert record["threshold"] in thresholds
    for falling in ("answered", "kept"):
        shares = [getattr(one, falling) for one in outcomes]
        assert shares == sorted(shares, reverse=True)
    refused = [one.refused for one in outcomes]
    assert refused == sorted(refused)
    assert all(0 <= share <= 1 for one in outcomes for share in (one.answered, one.risk, one.kept, one.refused))


def test_more_tolerance_withholds_more() -> None:
    rows = made_rows(90)
    found = [calibrate(rows, penalty=1.0, false_refusals=share)[0]["threshold"] for share in (0.01, 0.05, 0.2, 0.5)]
    assert found == sorted(found)
    assert found[0] < found[-1]


@pytest.mark.parametrize("share", [0.0, 0.03, 0.1, 0.3])
def test_no_more_right_drafts_are_withheld_than_told(share: float) -> None:
    for seed in range(6):
        record, outcomes = calibrate(made_rows(70, seed=seed), penalty=1.0, false_refusals=share)
        (chosen,) = [one for one in outcomes if one.threshold == record["threshold"]]
        assert 1 - chosen.kept <= share + 1e-9, (seed, chosen)


def test_only_those_counted_decide_the_threshold() -> None:
    rows = made_rows(90)
    sure = [signals[0] > 1.5 for signals, _, _ in rows]
    every, _ = calibrate(rows, penalty=1.0, false_refusals=0.03)
    some, _ = calibrate(rows, penalty=1.0, false_refusals=0.03, counted=sure)
    none, _ = calibrate(rows, penalty=1.0, false_refusals=0.03, counted=[False] * 90)
    assert some["threshold"] > every["threshold"] == none["threshold"]
    assert some["weights"] == every["weights"]


@pytest.mark.parametrize("option", ["--reranker", "--extractor"])
def test_the_models_of_the_options_are_opened(index: Path, gold: Path, tmp_path: Path, option: str) -> None:
    result = run(gold, "--index", index, "--output", tmp_path / "own.json", option, tmp_path / "none")
    assert result.exit_code == 1
    assert one_line(result.stderr)
    assert str(tmp_path / "none") in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("share", ["-0.1", "1.1", "many", "nan"])
def test_a_share_outside_its_bounds_is_refused(gold: Path, index: Path, tmp_path: Path, share: str) -> None:
    result = run(gold, "--index", index, "--output", tmp_path / "own.json", "--false-refusals", share)
    assert result.exit_code == 2
    assert "--false-refusals" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_calibrating_anew_needs_no_old_calibration(
    index: Path, gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "own.json"
    monkeypatch.setenv("TONGBAO_CALIBRATION", str(output))
    result = run(gold, "--index", index, "--output", output)
    assert result.exit_code == 0, result.output
    assert Calibration.open(output).weights


@pytest.mark.parametrize("kind", ["folder", "nowhere", "below a file"])
def test_an_output_that_cannot_be_written_is_told_before_the_run(tmp_path: Path, kind: str) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    places = {"folder": tmp_path, "nowhere": tmp_path / "none" / "own.json", "below a file": tmp_path / "file" / "x"}
    # Neither gold set nor index is there: what is told first was looked at first.
    result = run(tmp_path / "none.jsonl", "--index", tmp_path / "none", "--output", places[kind])
    assert result.exit_code == 2
    assert one_line(result.stderr)
    assert f"校准文件 {places[kind]} 写不成" in result.stderr


def test_a_write_that_fails_leaves_nothing_and_is_told(index: Path, gold: Path, tmp_path: Path) -> None:
    output = tmp_path / "own.json"
    (tmp_path / ".own.json.part").symlink_to(tmp_path / "none" / "own.json")
    result = run(gold, "--index", index, "--output", output)
    assert result.exit_code == 2
    assert one_line(result.stderr)
    assert "写不成" in result.stderr
    assert list(tmp_path.iterdir()) == []


BROKEN: list[Any] = [
    b"",
    b"{",
    b"\xff\xfe",
    b"null",
    b"[]",
    b"{}",
    {**SOUND, "weights": []},
    {**SOUND, "weights": {"score": "much"}},
    {**SOUND, "weights": {"score": None}},
    {**SOUND, "bias": "x"},
    {**SOUND, "threshold": None},
    {name: value for name, value in SOUND.items() if name != "threshold"},
    b"[" * 100_000,
    {**SOUND, "threshold": float("nan")},
    {**SOUND, "threshold": 7},
    {**SOUND, "threshold": -0.1},
    {**SOUND, "bias": float("inf")},
    {**SOUND, "bias": 10**400},
    {**SOUND, "weights": {"score": float("nan")}},
]


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_calibration_is_told_in_one_line(tmp_path: Path, content: Any) -> None:
    path = tmp_path / "own.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    with pytest.raises(SettingsError, match="tongbao eval calibrate") as caught:
        Calibration.open(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_calibration_that_cannot_be_read_stops_the_assistant(index: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(SettingsError, match="无法读取校准文件") as caught:
            load_assistant(index, config=AssistantConfig(calibration=path))
        assert str(path) in str(caught.value)


def test_signals_that_a_file_does_not_name_count_nothing(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text(json.dumps({**SOUND, "weights": {"score": 1.5, "of another version": 9}}), "utf-8")
    found = Calibration.open(path)
    assert dict(zip(SIGNALS, found.weights, strict=True)) == {**dict.fromkeys(SIGNALS, 0.0), "score": 1.5}
