"""Comparisons over all units: what is told of each, and when a conclusion is drawn or withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_assistant import broken, made

from assistant.compose.comparison import ABSENT
from assistant.types import Status

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.pipeline import Assistant
    from assistant.types import Answer

NOTICES = {
    "alpha": """中共苇港市委关于巡视整改进展情况的通报
2024年1月16日，省委第一巡视组向苇港市委反馈了意见。
一、整改情况
1.关于创新主体偏少的问题。2023年末高新技术企业由上年的187家增加到212家。新建标准化厂房31万平方米。
2.关于执纪不严的问题。立案19件，给予党纪政务处分27人，移送检察机关3人。
3.关于清欠不力的问题。2023年为农民工追讨工资1520万元。
4.关于大棚房的问题。2024年上半年办件满意率96.8%。厂房利用率达到93.5%。
5.关于环保执法宽松的问题。对化工企业罚款320万元。开展采砂整治，罚款86万元。
6.关于改造缓慢的问题。2022年改造老旧小区46个，2023年改造老旧小区63个。
7.关于信访拖延的问题。区级领导包案化解信访积案68件中的61件。追回挪用经费120万元。
中共苇港市委
2024年6月18日
""",
    "beta": """中共梧岭县委关于巡察整改进展情况的通报
2023年11月20日，市委第二巡察组向梧岭县委反馈了意见。
一、整改情况
1.关于创新动能不足的问题。2023年末全县高新技术企业97家，比2022年末增加19家。新建标准化厂房9万平方米。
2.关于监督偏软的问题。立案44件，处分51人，移送检察机关3人。
3.关于欠薪的问题。2024年为农民工追讨工资2630万元。
4.关于办事慢的问题。2024年第一季度办件满意率95.4%。机械车位利用率达到93%。
5.关于监管缺位的问题。查处非法排污，罚款150万元。
6.关于旧改滞后的问题。2022年改造老旧小区57个。
7.关于信访积压的问题。58件信访积案化解54件。追回多付工程款450万元。
中共梧岭县委
2024年4月9日
""",
    "gamma": """中共榆泽区委关于巡察整改进展情况的通报
7月14日，市委第四巡察组向榆泽区委反馈了意见。
一、整改情况
1.关于创新氛围不浓的问题。2023年末高新技术企业164家。
2.关于问责不力的问题。立案37件，给予党纪政务处分34人，移送检察机关5人。
3.关于服务粗放的问题。新开通公交线路12条。
4.关于旧改欠账的问题。2024年改造老旧小区88个。
中共榆泽区委
2024年3月8日
""",
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return made(tmp_path_factory.mktemp("units"), **NOTICES)


def conclusion(answer: Answer) -> str:
    return answer.answer.splitlines()[-1]


@pytest.mark.parametrize(
    ("question", "values", "said"),
    [
        ("哪个单位的高新技术企业最多？", ("212家", "97家", "164家"), "最多的是苇港市（212家）。"),
        ("高新技术企业最少的是哪个单位？", ("212家", "97家", "164家"), "最少的是梧岭县（97家）。"),
        ("哪家立案最多？", ("19件", "44件", "37件"), "最多的是梧岭县（44件）。"),
        ("移送检察机关的人谁最少？", ("3人", "3人", "5人"), "最少的是苇港市、梧岭县（3人，并列）。"),
        (
            "各单位立案数从多到少排一下",
            ("19件", "44件", "37件"),
            "依次是梧岭县（44件）、榆泽区（37件）、苇港市（19件）。",
        ),
    ],
)
def test_the_conclusion_is_computed_over_all_units(
    assistant: Assistant, question: str, values: tuple[str, ...], said: str
) -> None:
    answer = assistant.ask(question)
    assert broken(answer, assistant) == []
    assert answer.answer.startswith("共查看 3 份通报。\n")
    assert tuple(item.partition("：")[2] for item in answer.items) == values
    assert conclusion(answer) == said


def test_who_is_first_is_the_short_answer_and_each_figure_shows_its_words(assistant: Assistant) -> None:
    answer = assistant.ask("哪家立案最多？")
    assert answer.short_answer == "梧岭县"
    assert len(answer.citations) == 3
    assert (
        "苇港市：212家（2023年末高新技术企业由上年的187家增加到212家）[1]"
        in assistant.ask("哪个单位的高新技术企业最多？").answer
    )


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("哪个单位为农民工追讨的工资最多？", "各单位的数字不是同一年的，或没有都写明年份，无法直接比较。"),
        ("办件满意率最高的是哪个单位？", "各单位的数字统计的时段不同，无法直接比较。"),
        ("利用率最高的是哪家？", "各单位的数字说的不一定是同一项，无法直接比较。"),
        ("哪个单位罚款最多？", "有的通报里不止一个这样的数字，无法直接比较。"),
        ("哪个单位追回的钱最多？", "各单位的数字说的不一定是同一项，无法直接比较。"),
        ("哪个单位新开通的公交线路最多？", "只有榆泽区查到这一项，无法比较。"),
        ("哪个单位最早收到反馈意见？", "有的日期没有写明年份，无法直接比较。"),
    ],
)
def test_figures_of_different_kinds_are_shown_and_not_compared(assistant: Assistant, question: str, said: str) -> None:
    answer = assistant.ask(question)
    assert answer.status is Status.ANSWERED
    assert broken(answer, assistant) == []
    assert conclusion(answer) == said


def test_a_unit_that_says_nothing_is_shown_and_the_conclusion_says_of_how_many_it_is(assistant: Assistant) -> None:
    answer = assistant.ask("新建标准化厂房最多的是哪个单位？")
    assert answer.items[-1] == f"榆泽区：{ABSENT}"
    assert conclusion(answer) == "查到数字的 2 个单位中，最多的是苇港市（31万平方米）。"


def test_the_part_that_is_done_is_told_not_the_whole(assistant: Assistant) -> None:
    answer = assistant.ask("哪个单位化解的信访积案最多？")
    assert answer.items == ("苇港市：61件", "梧岭县：54件", f"榆泽区：{ABSENT}")


def test_figures_of_several_years_are_compared_in_the_one_that_most_units_state(assistant: Assistant) -> None:
    answer = assistant.ask("老旧小区改造最多的是哪个单位？")
    assert tuple(item.partition("：")[2] for item in answer.items) == ("46个", "57个", "88个")
    assert conclusion(answer) == "写明2022年数字的 2 个单位中，最多的是梧岭县（57个）。其他单位写明的不是这一年。"
    assert answer.short_answer == "梧岭县（2022年）"


@pytest.mark.parametrize("question", ["哪个单位的地铁里程最长？", "哪个单位2015年的高新技术企业最多？"])
def test_what_no_notice_says_is_refused(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).status is Status.NO_ANSWER


def test_named_units_are_compared_with_the_gap(assistant: Assistant) -> None:
    answer = assistant.ask("苇港市和梧岭县谁的高新技术企业少？")
    assert conclusion(answer) == "更少的是梧岭县（97家），相差115家。"
    answer = assistant.ask("苇港市和梧岭县，哪个更早收到反馈意见？")
    assert conclusion(answer) == "更早的是梧岭县（2023年11月20日）。"


def test_the_figure_beside_the_words_asked_for_is_told_of_every_unit(assistant: Assistant) -> None:
    answer = assistant.ask("各单位分别移送检察机关多少人？")
    assert tuple(item.partition("：")[2] for item in answer.items) == ("3人", "3人", "5人")


@pytest.mark.parametrize(
    "question", ["苇港市和梧岭县分别是省委第几巡视组查的？", "苇港市和梧岭县的反馈日期分别是哪天？"]
)
def test_numbers_of_groups_and_days_have_no_more_and_less(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert "更多" not in answer.answer
    assert "相同" not in answer.answer


CLOSING = "欢迎监督。联系电话：0999-{0}；电子邮箱：{1}@example.cn。\n"


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("巡视整改的监督电话打哪个？", ("0999-1110001", "0999-1110002")),
        ("想反映问题，电子邮箱是什么？", ("weigang@example.cn", "wuling@example.cn")),
    ],
)
def test_a_contact_asked_of_nobody_is_told_of_every_unit(
    tmp_path: Path, question: str, values: tuple[str, ...]
) -> None:
    ends = {"alpha": CLOSING.format("1110001", "weigang"), "beta": CLOSING.format("1110002", "wuling")}
    assistant = made(tmp_path, **{name: NOTICES[name] + end for name, end in ends.items()})
    answer = assistant.ask(question)
    assert broken(answer, assistant) == []
    assert tuple(item.partition("：")[2] for item in answer.items) == values
    assert assistant.ask("苇港市的监督电话是多少？").short_answer == "0999-1110001"
    assert assistant.ask("化工企业的应急电话是多少？").status is Status.NO_ANSWER


@pytest.mark.parametrize("question", ["苇港市2023年税收多少？", "苇港市企业利润是多少？"])
def test_money_is_not_answered_with_a_share(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).status is Status.NO_ANSWER


def test_words_over_and_over_before_a_figure_are_told_at_once(tmp_path: Path) -> None:
    """A clause without a subject was once taken apart in every way that there is, in time doubled by each word."""
    long = {name: text.replace("立案", f"立案情况，{'至' * 60}山", 1) for name, text in NOTICES.items()}
    answer = made(tmp_path, **long).ask("哪家立案最多？")
    assert answer.answer
