"""Settings: what is given goes before the environment, and that before the user's file; a bad one is told in a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fake_terminal import QUESTION, invoke

from assistant.config import AssistantConfig
from assistant.errors import SettingsError
from assistant.llm.config import load_config
from assistant.settings import FILE, configured
from assistant.settings_file import settings_path

WHOLE = """
[llm]
source = "http://127.0.0.1:1/v1"

[answers]
reranker = "file-r"
extractor = "file-e"
calibration = "file.json"
threshold = 0.25
top_k = 7
"""


def written(folder: Path, text: str) -> dict[str, str]:
    """Return an environment that names a settings file with this text."""
    path = folder / "settings.toml"
    path.write_text(text, "utf-8")
    return {"TONGBAO_CONFIG": str(path)}


def test_nothing_set_gives_the_defaults() -> None:
    assert configured({}) == AssistantConfig()
    assert configured({"TONGBAO_RERANKER": "", "TONGBAO_CONFIG": ""}, reranker=None, extractor="") == AssistantConfig()


def test_every_setting_of_the_file_is_taken_and_other_sections_are_left_alone(tmp_path: Path) -> None:
    whole = AssistantConfig(
        reranker="file-r", extractor="file-e", calibration=Path("file.json"), threshold=0.25, top_k=7
    )
    assert configured(written(tmp_path, WHOLE)) == whole
    assert configured(written(tmp_path, "[llm]\nsource = 'x'\n")) == AssistantConfig()
    assert configured(written(tmp_path, "")) == AssistantConfig()


def test_empty_texts_of_the_file_set_nothing(tmp_path: Path) -> None:
    environment = written(tmp_path, "[answers]\nreranker = ''\nextractor = ''\ncalibration = ''\ntop_k = 4\n")
    assert configured(environment) == AssistantConfig(top_k=4)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(WHOLE, "utf-8-sig")
    assert configured({"TONGBAO_CONFIG": str(path)}).top_k == 7
    llm = load_config(environment={"TONGBAO_LLM_CONFIG": str(path)})
    assert llm is not None
    assert llm.source == "http://127.0.0.1:1/v1"


def test_the_commands_list_as_many_passages_as_the_file_says(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*written(tmp_path, "[answers]\ntop_k = 2\n").popitem())
    questions, answers = tmp_path / "q.txt", tmp_path / "a.jsonl"
    questions.write_text(QUESTION, "utf-8")

    def listed(*words: object) -> list[int]:
        asked = json.loads(invoke("ask", QUESTION, "--json", *words, index=index).stdout)
        explained = json.loads(invoke("ask", QUESTION, "--json", "--explain", *words, index=index).stdout)
        searched = invoke("search", QUESTION, "--json", *words, index=index).stdout.splitlines()
        assert invoke("batch", questions, answers, "--restart", *words, index=index).exit_code == 0
        found = [asked, explained, json.loads(answers.read_text("utf-8"))]
        return [*(len(one["retrieved"]) for one in found), len(searched)]

    assert listed() == [2, 2, 2, 2]
    # The option goes before the file.
    assert listed("--top-k", 3) == [3, 3, 3, 3]


@pytest.mark.parametrize("name", ["reranker", "extractor", "calibration"])
def test_what_is_given_before_the_environment_before_the_file(tmp_path: Path, name: str) -> None:
    file = written(tmp_path, WHOLE)
    both = {**file, f"TONGBAO_{name.upper()}": "environment"}
    from_file = configured(file)
    kept = [one for one in ("reranker", "extractor", "calibration", "threshold", "top_k") if one != name]

    for config, wanted in ((configured(both), "environment"), (configured(both, **{name: "given"}), "given")):
        assert str(getattr(config, name)) == wanted
        assert [getattr(config, one) for one in kept] == [getattr(from_file, one) for one in kept]
    # An option that was not given hides nothing.
    assert configured(both, **{name: None}) == configured(both)


def test_a_calibration_is_a_path_wherever_it_comes_from(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    assert configured({}, calibration=str(path)).calibration == path
    assert configured({"TONGBAO_CALIBRATION": str(path)}).calibration == path


@pytest.mark.parametrize(("text", "value"), [("threshold = 0", 0), ("threshold = 1", 1), ("threshold = 0.5", 0.5)])
def test_the_threshold_may_lie_on_its_bounds(tmp_path: Path, text: str, value: float) -> None:
    assert configured(written(tmp_path, f"[answers]\n{text}\n")).threshold == value


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("rerank = 'x'", ["rerank；", "reranker", "extractor", "calibration", "threshold", "top_k"]),
        ("reader = false", ["未知", "reader"]),
        ("unit_guard = false", ["未知", "unit_guard"]),
        ("reranker = 3", ["reranker", "3", "类型"]),
        ("extractor = ['a']", ["extractor", "类型"]),
        ("calibration = true", ["calibration", "类型"]),
        ("threshold = '0.5'", ["threshold", "类型"]),
        ("threshold = true", ["threshold", "类型"]),
        ("threshold = 1.01", ["threshold", "0 与 1"]),
        ("threshold = -0.1", ["threshold", "0 与 1"]),
        ("threshold = nan", ["threshold", "0 与 1"]),
        ("threshold = inf", ["threshold", "0 与 1"]),
        ("top_k = 0", ["top_k", "正整数"]),
        ("top_k = -3", ["top_k", "正整数"]),
        ("top_k = 2.5", ["top_k", "类型"]),
        ("top_k = false", ["top_k", "类型"]),
        ("top_k 5", ["TOML"]),
        ("top_k = 5\ntop_k = 6", ["TOML"]),
        ("top_k = " + 9999 * "[", ["层次太多"]),
    ],
)
def test_a_bad_line_is_told_in_one_line_that_names_file_and_setting(
    tmp_path: Path, line: str, named: list[str]
) -> None:
    environment = written(tmp_path, f"[answers]\n{line}\n")
    with pytest.raises(SettingsError) as caught:
        configured(environment)
    told = str(caught.value)
    assert "\n" not in told
    assert all(word in told for word in [environment["TONGBAO_CONFIG"], *named]), told


@pytest.mark.parametrize(("data", "named"), [(b"answers = 3\n", "[answers]"), (b"\xff\xfe[answers]", "TOML")])
def test_a_file_of_another_form_is_told(tmp_path: Path, data: bytes, named: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(data)
    with pytest.raises(SettingsError, match=r"settings\.toml") as caught:
        configured({"TONGBAO_CONFIG": str(path)})
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(SettingsError, match="无法读取设置文件") as caught:
            configured({"TONGBAO_CONFIG": str(path)})
        assert str(path) in str(caught.value)


def test_the_file_is_checked_even_if_all_is_given(tmp_path: Path) -> None:
    environment = written(tmp_path, "[answers]\nreranker = 3\n")
    with pytest.raises(SettingsError, match="reranker"):
        configured(environment, reranker="given")


def home_with(folder: Path, reranker: str) -> Path:
    (folder / "tongbao").mkdir(parents=True)
    (folder / "tongbao" / "config.toml").write_text(f'[answers]\nreranker = "{reranker}"\n', "utf-8")
    return folder


def test_the_users_own_file_is_found_and_the_named_one_goes_before(tmp_path: Path) -> None:
    home, other = tmp_path / "home", home_with(tmp_path / "xdg", "of-xdg")
    home_with(home / ".config", "of-home")
    seen: list[tuple[dict[str, str], str | None]] = [
        ({"HOME": str(home)}, "of-home"),
        ({"HOME": str(home), "XDG_CONFIG_HOME": str(other)}, "of-xdg"),
        ({"HOME": str(home), "XDG_CONFIG_HOME": str(tmp_path / "none")}, None),
        ({"HOME": str(home), **written(tmp_path, "[answers]\nreranker = 'named'\n")}, "named"),
        ({"HOME": str(tmp_path / "none")}, None),
        ({}, None),
    ]
    assert [configured(environment).reranker for environment, _ in seen] == [wanted for _, wanted in seen]


def test_the_working_folder_is_never_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home_with(tmp_path, "planted")
    home_with(tmp_path / ".config", "planted")
    (tmp_path / "config.toml").write_text('[answers]\nreranker = "planted"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    environments: list[dict[str, Any]] = [{}, {"HOME": ""}, {"XDG_CONFIG_HOME": "", "HOME": ""}]
    assert [settings_path(one, FILE) for one in environments] == [None, None, None]
