"""What a question wants, in the words that people use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_assistant import asked, over, plain
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import QuestionError
from assistant.question import MAX_LENGTH, clean, wanted
from assistant.types import Wanted
from index.analysis import fold

if TYPE_CHECKING:
    from pathlib import Path

WORDINGS = {
    Wanted.NUMBER: """改造了多少个小区|改造了几个小区？|一共投了多少钱|花了几个亿|增速是多少|增长率有多高|达到多少亿元|排名第几|
        在全省排第几名|占比多大|提高了几个百分点|降低了百分之几|有几家高新技术企业|处分了几个人|最长等多少天|平均年龄多大|管网改了多长|
        覆盖率是？|总投资额有多少|有多少户居民受益""",
    Wanted.DATE: """什么时候开的会|哪天反馈的|哪一天公布的|啥时候建成|何时完工|几号开的|几月启动的|哪年建成的|哪一年的数|是什么日子|
        什么时间完成|2023届毕业生招聘会是哪天|截止时间是什么时候|从哪天到哪天|待了多久""",
    Wanted.TITLE: """出台了什么文件|发了什么文|依据的是哪份文件|文件叫啥|叫什么文件|那份方案的全称是什么|办法叫什么名字|制定了哪个办法|
        哪项制度规定的|出台了什么办法""",
    Wanted.ENTITY: """哪个单位牵头|由谁负责|谁来管|交给谁|是哪家医院|哪个部门挑头|哪支队伍来巡视的|跟哪所高校合办|归谁接着盖|第几巡视组来的|
        获得了什么称号|书记叫什么名字|在哪里办|哪家公司承建""",
    Wanted.CONTACT: """联系电话是多少|打哪个号码|监督电话是什么|邮箱是什么|电子邮箱呢|写信寄到哪儿|寄到哪里|邮编是多少|联系方式是什么|怎么联系|
        举报电话多少|想反映问题打什么电话|通信地址是什么""",
    Wanted.LIST: """包括哪些部门|哪些部门参加|有哪些专项组|分别是什么|由哪几个部门组成|都有谁|列出三类难题|有什么难题|具体指哪三类|出台了哪些文件|
        哪几份文件|哪三份文件""",
    Wanted.MEASURES: """采取了哪些措施|做了什么|做了些什么|怎么整改的|怎么解决的|如何提高|怎样推进|有哪些做法|怎么治的|咋办的|靠什么招商|做了哪些事|
        拿出什么办法|想了哪些法子|使了哪几招|有哪几招""",
    Wanted.YES_NO: """完成了吗|是不是都改完了|是否建成|有没有突破600家|办完了没有|改好了没|整改到位了吗？|能不能上网办|会不会收费|都销号了没|
        建成了么""",
}
TABLE = [(wording.strip(), kind) for kind, row in WORDINGS.items() for wording in row.split("|")]


@pytest.mark.parametrize(("wording", "kind"), TABLE)
def test_kinds_in_everyday_wordings(wording: str, kind: Wanted) -> None:
    assert wanted(fold(wording)) is kind


@pytest.mark.parametrize("wording", ["云川市的主导产业是什么", "怎么回事呢", "这么", "说说情况", ""])
def test_a_question_that_ends_in_what_is_no_yes_no_question(wording: str) -> None:
    assert wanted(wording) is not Wanted.YES_NO


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2023年改造了几个", ("2023",)),
        ("2023届毕业生有多少", ("2023",)),
        ("2022年和2023年、2022年各多少", ("2022", "2023")),
        ("２０２３年改造了几个", ("2023",)),
        ("2023-2025年规划", ("2023", "2025")),
        ("12023年", ()),
        ("1850年", ()),
        ("改造了2023个", ("2023",)),
        ("改造了几个", ()),
    ],
)
def test_years(text: str, years: tuple[str, ...]) -> None:
    assert plain(text).years == years


@pytest.mark.parametrize("text", ["二〇二三年改造了几个", "二○二三年改造了几个"])
def test_years_in_chinese_digits(text: str) -> None:
    assert plain(text).years == ("2023",)


@pytest.mark.parametrize(
    ("text", "office"),
    [
        ("市委书记叫什么名字", True),
        ("管委会主任是谁", True),
        ("谁是市委书记", True),
        ("区长叫什么", True),
        ("谁担任组长", True),
        ("书记领办了几件事", False),
        ("哪个单位是牵头单位", False),
        ("文件叫什么名字", False),
    ],
)
def test_questions_for_the_name_of_a_person_in_office(text: str, office: bool) -> None:
    assert plain(text).office_holder is office


@pytest.mark.parametrize(
    ("text", "comparison"),
    [
        ("云川市和临渚区2023年各改造了多少", True),
        ("云川市跟临渚区谁改造得多", True),
        ("云川市、临渚区分别改造了几个", True),
        ("临渚区改造了几个", False),
        ("云川市和松泉县各改造了多少", False),
        ("各单位分别改造了多少", True),
        ("哪些单位改造得最多", True),
    ],
)
def test_comparisons_need_two_held_units_or_all(index: Path, text: str, comparison: bool) -> None:
    assert asked(text, over(index)).comparison is comparison


def test_the_core_leaves_out_units_and_the_context_is_what_came_before(index: Path) -> None:
    question = asked("云川市怎么化解积案；临渚区其中办结的有几件", over(index))
    assert "云川" not in question.core + question.context
    assert "临渚" not in question.core + question.context
    assert "办结" in question.core
    assert "积案" in question.context
    assert question.wanted is Wanted.NUMBER


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x00云川\x07市", "云川 市"),
        ("\ud800云川\udfff市", "云川市"),
        ("\u202e云川市\u202c", "云川市"),
        ("\ufeff云川\u200b市", "云川 市"),
        ("  云川\n市\t多少\u3000？ ", "云川 市 多少 ？"),
        ("How many homes?", "How many homes?"),
        ("ｈｏｗ", "ｈｏｗ"),
        ("〇", "〇"),
        ("云" * MAX_LENGTH, "云" * MAX_LENGTH),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "   ", "？！。", "……", "\u200b\u200b", "\ud800", "2023", "12:30?", "\U0001f600", "\x00\x01", "[1]"],
)
def test_nothing_that_can_be_asked(text: str) -> None:
    with pytest.raises(QuestionError, match="没有可以查找的文字"):
        clean(text)


@pytest.mark.parametrize("text", ["云" * (MAX_LENGTH + 1), "A" * 100_000, "？" * 100_000])
def test_too_long_names_both_numbers(text: str) -> None:
    with pytest.raises(QuestionError, match=rf"{len(text)} 个字，超过 {MAX_LENGTH} 个字"):
        clean(text)


@given(st.text(max_size=80))
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    try:
        cleaned = clean(text)
    except QuestionError:
        return
    assert clean(cleaned) == cleaned
    assert cleaned.isprintable() or not any(char in cleaned for char in "\x00\n\t\u202e\ud800")
    assert plain(cleaned).wanted in Wanted


@pytest.mark.parametrize(
    "text", ["旧小区改造得怎样，有数字吗？", "改造了旧小区，有没有具体数据", "旧小区改造情况。有什么数字没有"]
)
def test_asking_for_figures_at_the_end_asks_for_a_number(text: str) -> None:
    assert plain(text).wanted is Wanted.NUMBER
