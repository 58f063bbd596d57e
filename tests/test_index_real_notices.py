"""The five real notices that lie beside the project, and the samples that lie in it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from index.notices import parse_notices
from index.passages import cut_passages
from index.readers import read_file
from index.types import Notice, Section, SourceFile

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "notices"
SAMPLES = ROOT / "examples" / "notices"

Parsed = tuple[SourceFile, Notice, tuple[Section, ...]]


def parsed_in(folder: Path) -> list[Parsed]:
    sources = [read_file(path, root=folder) for path in sorted(folder.glob("*.txt"))]
    return [(source, *parsed) for source in sources for parsed in parse_notices(source)]


@pytest.fixture(scope="module")
def real() -> list[Parsed]:
    if not REAL.is_dir():
        pytest.skip("the real notices are not beside this checkout")
    return parsed_in(REAL)


def digest(notice: Notice) -> str:
    """Short hash of the contact block: its values are not repeated here."""
    return hashlib.sha256(repr(notice.contact).encode()).hexdigest()[:12]


FACTS = (
    (
        "000",
        "芜湖市",
        "巡视",
        "省委第七巡视组",
        "2023-11-24",
        "2024-01-31",
        "2024-04-12",
        "2025-09-01",
        (3, 12, 43, 0, 0),
        "e00913c77962",
    ),
    (
        "001",
        "芜湖经济技术开发区",
        "巡察",
        "市委第二联动巡察组",
        "2023-11-25",
        "2024-01-16",
        "2024-04-11",
        "2025-04-29",
        (3, 11, 14, 37, 0),
        "2ecee91f0ca0",
    ),
    (
        "002",
        "吴兴区",
        "巡视",
        "省委第八巡视组",
        "2023-03-02",
        "2023-05-31",
        "2023-07-26",
        "2024-02-22",
        (14, 36, 0, 0, 0),
        "250494a78296",
    ),
    (
        "003",
        "宣城经开区",
        "巡察",
        "五届市委第六轮第一巡察组",
        "2023-11-28",
        "2024-01-19",
        "2024-04-19",
        "2025-07-25",
        (3, 7, 16, 41, 0),
        "4b6a0cfd5615",
    ),
    (
        "004",
        "湖北省",
        "巡视",
        "中央第二巡视组",
        "2020-10-10",
        "2020-12-20",
        "2021-02-04",
        "",
        (3, 0, 28, 0, 0),
        "041f4ab0283e",
    ),
    (
        "004",
        "武汉市",
        "巡视",
        "中央第二巡视组",
        "2020-10-10",
        "2020-12-20",
        "2021-02-04",
        "",
        (3, 12, 30, 0, 0),
        "217b6079507c",
    ),
)


def test_six_notices_in_five_files(real: list[Parsed]) -> None:
    assert [(notice.file[:3], notice.unit) for _, notice, _ in real] == [facts[:2] for facts in FACTS]


@pytest.mark.parametrize("number", range(6))
def test_what_a_real_notice_says_about_itself(real: list[Parsed], number: int) -> None:
    _, notice, sections = real[number]
    _, unit, kind, inspector, first, last, feedback, published, levels, contact = FACTS[number]
    assert (notice.unit, notice.kind, notice.inspector) == (unit, kind, inspector)
    assert (notice.period, notice.feedback_date, notice.published) == ((first, last), feedback, published)
    assert tuple(sum(section.level == level for section in sections) for level in range(1, 6)) == levels
    assert digest(notice) == contact
    assert notice.title.endswith("的通报")
    assert notice.issuer


def test_other_names_of_the_real_units(real: list[Parsed]) -> None:
    names = [set(notice.aliases) for _, notice, _ in real]
    assert {"芜湖经济技术开发区", "芜湖经开区", "经开区"} <= names[1]
    assert {"湖州市吴兴区", "吴兴区", "吴兴"} <= names[2]
    assert {"宣城经济技术开发区", "宣城经开区"} <= names[3]


def check_passages(parsed: list[Parsed], *, size: int) -> None:
    seen: set[str] = set()
    for source, notice, sections in parsed:
        passages = cut_passages(source, notice, sections, size=size)
        furniture = [section for section in sections if section.furniture]
        assert passages
        for passage in passages:
            assert passage.text == source.text[passage.start : passage.end]
            assert len(passage.text) <= size
            assert all(passage.end <= section.start or section.end <= passage.start for section in furniture)
            assert not any(word in passage.text for word in ("验证码", "免责声明", "技术支持:", "原文链接"))
        assert not seen & {passage.id for passage in passages}
        seen.update(passage.id for passage in passages)


@pytest.mark.parametrize("size", [150, 400])
def test_passages_of_the_real_notices(real: list[Parsed], size: int) -> None:
    check_passages(real, size=size)
    assert sum(section.furniture for _, _, sections in real for section in sections) == 3


def test_samples() -> None:
    parsed = parsed_in(SAMPLES)
    check_passages(parsed, size=400)
    assert {source.encoding for source, _, _ in parsed} == {"utf-8", "gb18030"}
    facts = {
        notice.unit: (notice.kind, notice.inspector, *notice.period, notice.feedback_date, notice.published)
        for _, notice, _ in parsed
    }
    assert facts == {
        "云川市": ("巡视", "省委第七巡视组", "2023-09-05", "2023-11-28", "2024-01-16", "2024-11-18"),
        "云川高新技术产业开发区": ("巡察", "市委第四巡察组", "2023-04-10", "2023-06-20", "2023-07-14", "2024-02-27"),
        "临渚区": ("巡察", "市委第二巡察组", "2023-10-09", "2023-12-22", "2024-01-26", "2024-06-21"),
        "岚江省": ("巡视", "中央第十九巡视组", "2020-10-12", "2020-12-18", "2021-02-09", "2021-09-28"),
        "澄浦市": ("巡视", "中央第十九巡视组", "", "", "2021-02-10", "2021-09-29"),
    }
    assert all({"电话", "信箱", "邮箱"} <= set(dict(notice.contact)) for _, notice, _ in parsed)
