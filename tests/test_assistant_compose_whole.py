"""Questions about a notice as a whole: the papers issued, what is open, what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.pipeline import load_assistant
from assistant.types import Status
from index.update import update_index

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.pipeline import Assistant

NOTICE = """中共澄江区委关于巡察整改进展情况的通报
根据市委统一部署，市委第三巡察组对澄江区进行了巡察。
一、整改情况
1.学习不深。贯彻落实《中国共产党巡视工作条例》，印发《澄江区理论学习计划》和《澄江区学习考核办法（试行）》。
2.监管不严。修订《澄江区校园食堂管理办法》，整改问题31个。
二、需要长期坚持的整改事项
一是推进老城排水改造。二是化解回迁安置矛盾。
三、下一步工作打算
（一）持续压实责任。定期开展“回头看”。
（二）健全长效机制。完善制度体系。
欢迎广大干部群众监督。联系电话：0999-1234567。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder: Path = tmp_path_factory.mktemp("whole")
    (folder / "notice.txt").write_text(NOTICE, "utf-8")
    update_index([folder / "notice.txt"], directory=folder / "index")
    return load_assistant(folder / "index")


@pytest.mark.parametrize(
    "question",
    [
        "澄江区出台了哪些文件?",
        "澄江区整改中都制定了什么制度?",
        "澄江区印发了哪些办法和方案?",
        "澄江区出台了哪些制度性文件?",
    ],
)
def test_all_papers_that_were_issued_are_listed_with_their_sentences(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.items == ("《澄江区理论学习计划》", "《澄江区学习考核办法（试行）》", "《澄江区校园食堂管理办法》")
    assert "共 3 份" in answer.answer
    assert len(answer.citations) == 2
    assert all(any(title in citation.quote for citation in answer.citations) for title in answer.items)


@pytest.mark.parametrize("question", ["澄江区下一步有什么打算?", "澄江区接下来要做哪些工作?"])
def test_what_comes_next_is_the_whole_part(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert len(answer.items) == 2
    assert answer.items[0].startswith("（一）持续压实责任")
    assert "欢迎" not in answer.citations[0].quote


@pytest.mark.parametrize("question", ["澄江区还有哪些事没整改完?", "澄江区哪些问题尚未完成整改?"])
def test_what_is_open_is_the_whole_part(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.items == ("推进老城排水改造", "化解回迁安置矛盾")
    assert answer.citations[0].section == () or "长期坚持" in answer.citations[0].quote


def test_a_question_of_one_topic_is_no_question_of_the_whole(assistant: Assistant) -> None:
    answer = assistant.ask("澄江区校园食堂出台了什么文件?")
    assert answer.status is Status.ANSWERED
    assert answer.short_answer == "《澄江区校园食堂管理办法》"


@pytest.mark.parametrize(
    "core",
    [
        "还有没" + "整改" * 400 + "?",
        "还有没完成的" + "事情事项" * 200 + "山",
        "下一步" * 300 + "山",
        "出台哪些" + "制度文件" * 200 + "山",
        "是不是" + "全都" * 400 + "?",
        "是不是" + "都全" * 400 + "完成?",
        "《" * 300 + "》" * 300 + "出台了哪些文件?",
    ],
)
def test_words_over_and_over_are_told_at_once(assistant: Assistant, core: str) -> None:
    assert assistant.ask("澄江区" + core).answer


def test_a_hostile_notice_is_told_at_once(tmp_path: Path) -> None:
    lines = ["中共澄江区委关于巡察整改进展情况的通报", "一、整改情况", "印发" + "《甲乙《丙》" * 3_000]
    lines += ["二、下一步工作打算", "一是推进排水改造。" * 4_000]
    (tmp_path / "notice.txt").write_text("\n".join(lines), "utf-8")
    update_index([tmp_path / "notice.txt"], directory=tmp_path / "index")
    assistant = load_assistant(tmp_path / "index")
    assert assistant.ask("澄江区出台了哪些文件?").answer
    answer = assistant.ask("澄江区下一步有什么打算?")
    assert len(answer.answer) < 20_000
