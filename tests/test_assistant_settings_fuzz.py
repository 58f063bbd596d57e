"""Settings files of any bytes and values: read, or refused in one line; never a crash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fakes_chance import examples
from hypothesis import given
from hypothesis import strategies as st

from assistant.config import AssistantConfig
from assistant.llm.config import LlmConfig, load_config
from assistant.settings import configured
from index.errors import TongbaoError

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("reranker", "extractor", "calibration", "threshold", "top_k", "source", "model", "max_tokens", "retries",
         "temperature", "unsupported", "when_empty", "rewrite", "cache", "device", "dtype", "extra_body", "api_key")  # fmt: skip
VALUES = st.sampled_from(
    [*("true", "false", "0", "-1", "1", "0.5", "nan", "inf", "-inf", "1e999", "9" * 400, "[]", "[[1]]", "{}", "{a = 1}"),
     *('""', '" "', '"strike"', '"8bit"', '"http://127.0.0.1:1/v1"', '"http://[::1"', '"http://a:99999"', '"../x"'),
     *('"a\\nb"', '"\\u202e"', '"\\u2028"', "'''\n'''", "2024-01-01", "07:00:00", '"甲"', "''")]
)  # fmt: skip
LINES = st.one_of(
    st.builds("{} = {}".format, st.sampled_from(NAMES), VALUES),
    st.builds('"{}" = {}'.format, st.sampled_from(["", "\\n", "a\\u2028b", "甲", "\\u0000"]), VALUES),
    st.sampled_from(
        ["[answers]", "[llm]", "[[answers]]", "answers = 1", "llm = []", "[llm.extra_body]", "a.b.c = 1", "#"]
    ),
    st.text(max_size=9),
)


def read(home: Path, data: bytes) -> list[str]:
    """Return the lines with which a settings file of these bytes is refused; none if both sections are taken."""
    path = home / "config.toml"
    path.write_bytes(data)
    refused = []
    environment = {"TONGBAO_CONFIG": str(path), "TONGBAO_LLM_CONFIG": str(path)}
    for load in (lambda: configured(environment), lambda: load_config(environment=environment)):
        try:
            found = load()
        except TongbaoError as error:
            refused.append(str(error))
        else:
            assert found is None or isinstance(found, (AssistantConfig, LlmConfig))
    assert all(one.strip() and len(one.splitlines()) == 1 for one in refused), refused
    return refused


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("settings")


@given(lines=st.lists(LINES, max_size=6), section=st.sampled_from(["[answers]", "[llm]", ""]))
@examples(150)
def test_any_settings(home: Path, lines: list[str], section: str) -> None:
    read(home, "\n".join([section, *lines]).encode("utf-8", errors="surrogatepass"))


@given(data=st.binary(max_size=80))
@examples(60)
def test_any_bytes(home: Path, data: bytes) -> None:
    read(home, data)


@pytest.mark.parametrize(
    "text",
    [
        "[answers]\ntop_k = " + "9" * 5000,
        "[answers]\n" + '"a\\nb" = 1',
        "[llm]\n" + '"a\\u2028b" = 1',
        "[llm]\nsource = 'x'\nretries = " + "9" * 400,
        "[llm]\nsource = 'x'\ntemperature = nan",
        "[answers]\nthreshold = nan",
        "a = " + "[" * 10_000,
    ],
)
def test_what_fuzzing_found(home: Path, text: str) -> None:
    assert read(home, text.encode())


def test_a_good_file_is_taken(home: Path) -> None:
    told: Any = read(home, b"[answers]\ntop_k = 5\n[llm]\nsource = 'http://127.0.0.1:1/v1'\n")
    assert told == []
