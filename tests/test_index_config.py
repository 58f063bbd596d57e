from pathlib import Path
from typing import Any

import pytest

from index.config import FusionMethod, IndexConfig


def test_json_round_trip() -> None:
    config = IndexConfig(passage_size=300, model="m", fusion=FusionMethod.RECIPROCAL_RANK, lexicon=Path("own.tsv"))
    assert IndexConfig.from_json(config.to_json()) == config
    assert IndexConfig.from_json(IndexConfig().to_json()) == IndexConfig()


def test_from_json_takes_defaults_and_ignores_unknown_settings() -> None:
    assert IndexConfig.from_json({}) == IndexConfig()
    assert IndexConfig.from_json({"k1": 2.0, "of_the_future": 1}) == IndexConfig(k1=2.0)


@pytest.mark.parametrize(
    "setting",
    [
        {"passage_size": 49},
        {"heading_repeats": -1},
        {"candidates": 0},
        {"rank_constant": 0},
        {"k1": -0.1},
        {"k1": float("nan")},
        {"b": 1.1},
        {"b": float("nan")},
        {"dense_weight": -1.0},
        {"lexical_weight": 0.0, "dense_weight": 0.0},
        {"lock_timeout": -1.0},
    ],
)
def test_value_out_of_range_is_refused(setting: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(setting))):
        IndexConfig(**setting)


def test_search_settings_over_the_build_of_another() -> None:
    built = IndexConfig(passage_size=200, heading_repeats=2, model="a", k1=1.0)
    wanted = IndexConfig(k1=2.0, model="b").with_build_of(built)
    assert (wanted.passage_size, wanted.heading_repeats, wanted.model, wanted.k1) == (200, 2, "a", 2.0)
