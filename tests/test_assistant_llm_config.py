"""Where the settings of the language model come from, and what they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.errors import LlmError
from assistant.llm.config import LlmConfig, Unsupported, WhenEmpty, load_config
from assistant.llm.tokens import estimate_tokens, open_counter
from assistant.settings_file import settings_path

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://127.0.0.1:11434/v1"


def settings(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "设置.toml"
    path.write_text(text, "utf-8")
    return {"TONGBAO_LLM_CONFIG": str(path)}


def test_nothing_named_is_no_model() -> None:
    assert load_config(environment={}) is None
    assert load_config(environment={"TONGBAO_LLM_MODEL": "qwen", "TONGBAO_LLM_KEY": "k"}) is None


def test_options_come_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    file = settings(tmp_path, f'[llm]\nsource = "{URL}"\nmodel = "c"\nmax_tokens = 99\n')
    assert load_config(environment=file) == LlmConfig(source=URL, model="c", max_tokens=99)
    both = {**file, "TONGBAO_LLM": "/b", "TONGBAO_LLM_MODEL": "b"}
    assert load_config(environment=both) == LlmConfig(source="/b", model="b", max_tokens=99)
    assert load_config("/a", "a", environment=both) == LlmConfig(source="/a", model="a", max_tokens=99)


def test_a_model_of_the_file_is_not_asked_of_another_server(tmp_path: Path) -> None:
    file = settings(tmp_path, f'[llm]\nsource = "{URL}"\nmodel = "c"\n')
    assert load_config("http://h/v1", environment=file) == LlmConfig(source="http://h/v1")
    assert load_config(URL, environment=file) == LlmConfig(source=URL, model="c")


def test_every_setting_can_stand_in_the_file(tmp_path: Path) -> None:
    text = """
[llm]
source = "/models/qwen"
max_tokens = 300
context_tokens = 8192
passages = 6
temperature = 1
connect_seconds = 1.5
first_token_seconds = 9
pause_seconds = 2
total_seconds = 60
retries = 0
parallel = 4
unsupported = "strike"
when_empty = "refuse"
rewrite = true
cache = "缓存"
tokenizer = "/t.json"
device = "cpu"
dtype = "bfloat16"
quantization = "4bit"
[llm.extra_body]
think = false
"""
    config = load_config(environment=settings(tmp_path, text))
    assert config is not None
    assert (config.unsupported, config.when_empty) == (Unsupported.STRIKE, WhenEmpty.REFUSE)
    assert (config.rewrite, config.temperature, config.extra_body) == (True, 1.0, {"think": False})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('api_key = "sk-1"', "TONGBAO_LLM_KEY"),
        ('token = "sk-1"', "TONGBAO_LLM_KEY"),
        ("colour = 1", "未知的设置 colour"),
        ("max_tokens = 0", "max_tokens 须是 1 到"),
        ("max_tokens = true", "整数"),
        ('max_tokens = "9"', "整数"),
        ("max_tokens = 1.5", "整数"),
        ("temperature = 3", "0 到 2"),
        ("temperature = nan", "0 到 2"),
        ("pause_seconds = inf", "3600"),
        ('unsupported = "keep"', "remove、strike"),
        ('dtype = "int3"', "bfloat16"),
        ("rewrite = 1", "true 或 false"),
        ("model = 7", "文字"),
        ("max_tokens = 5000", "context_tokens"),
        ("source = ", "TOML"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(LlmError, match=words) as caught:
        load_config(URL, environment=settings(tmp_path, f"[llm]\n{line}\n"))
    assert "sk-1" not in str(caught.value)


def test_a_file_that_is_not_there_or_no_table(tmp_path: Path) -> None:
    with pytest.raises(LlmError, match="无法读取"):
        load_config(environment={"TONGBAO_LLM_CONFIG": str(tmp_path / "none.toml")})
    with pytest.raises(LlmError, match="一节"):
        load_config(environment=settings(tmp_path, "llm = 3\n"))


@pytest.mark.parametrize(
    "address",
    [
        "http://me:secret-word@host/v1",
        "http://host/v1?key=secret-word",
        "http://host/v1#secret-word",
        "ftp://host",
        "http://",
        "http://host:99999",
        "http://[::1",
        "localhost:11434",
    ],
)
def test_addresses_that_cannot_be_or_hold_a_secret(address: str) -> None:
    with pytest.raises(LlmError, match=r"地址|http:") as caught:
        load_config(address, environment={})
    assert "secret-word" not in str(caught.value)


def test_the_working_folder_chooses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tongbao").mkdir()
    own = tmp_path / "tongbao" / "config.toml"
    own.write_text(f'[llm]\nsource = "{URL}"\n', "utf-8")
    monkeypatch.chdir(tmp_path / "tongbao")
    assert settings_path({}, "TONGBAO_LLM_CONFIG") is None
    assert settings_path({"XDG_CONFIG_HOME": str(tmp_path)}, "TONGBAO_LLM_CONFIG") == own
    assert settings_path({"HOME": str(tmp_path)}, "TONGBAO_LLM_CONFIG") is None


def test_counting_without_a_tokenizer_is_an_estimate_and_with_a_bad_one_an_error(tmp_path: Path) -> None:
    assert open_counter("")("整改") == estimate_tokens("整改") == 3
    (tmp_path / "t.json").write_text("{}", "utf-8")
    with pytest.raises(LlmError, match="分词器"):
        open_counter(str(tmp_path / "t.json"))
