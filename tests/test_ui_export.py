from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from docx import Document
from fakes_ui import COMPARE, FOLLOW_UP, HOSTILE_QUESTION, INJECTED, LIST, QUESTION, ScriptedAssistant, shelf
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ui.export_docx import docx, plain
from ui.export_markdown import escaped, markdown
from ui.exporting import exported
from ui.handlers import Desk, Turns
from ui.library import Library
from ui.paper import Paper, paper_of
from ui.parcels import MARKDOWN, WORD, Parcel, parcel_markup
from ui.words import words_of

WORDS = words_of("zh")
NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
REFUSED = "没有的事"
_INERT = {"paragraph", "heading", "bullet_list", "list_item", "blockquote", "table", "thead", "tbody", "tr", "th", "td"}


def _turns(*questions: str) -> Turns:
    assistant = ScriptedAssistant(shelf())
    desk = Desk(Library(lambda: assistant), command="", pause=lambda _seconds: None)
    turns: Turns = ()
    for question in questions:
        *_, view = desk.ask(question, turns, "", "zh")
        turns = view.turns
    return turns


def _markdown(*questions: str) -> str:
    return markdown(paper_of(_turns(*questions), WORDS, now=NOW)).decode()


def _word(*questions: str) -> bytes:
    return docx(paper_of(_turns(*questions), WORDS, now=NOW))


def _parsed(text: str) -> tuple[str, set[str]]:
    """Return the text that a reader of Markdown shows, and the elements it makes."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    shown, made = [], set()
    for token in parser.parse(text):
        made.add(re.sub(r"_(open|close)$", "", token.type))
        for child in token.children or []:
            made.add(re.sub(r"_(open|close)$", "", child.type))
            shown.append(child.content if child.type == "text" else "")
    return "".join(shown), made


def test_an_answer_with_its_evidence_as_markdown() -> None:
    made = _markdown(QUESTION)
    assert made.startswith("# 通报问答记录\n\n导出于 2026-11-22 09:05")
    assert "## 1\\. 青禾市2023年改造了多少个老旧小区？" in made
    assert "- 把握：把握较大 93%" in made
    assert "青禾市2023年完成改造46个小区。\\[1\\]" in made
    assert "**\\[1\\] 中共青禾市委关于巡视整改进展情况的通报**" in made
    assert "一、反馈问题的整改情况 › （一）民生保障方面" in made
    assert "\n> 2023年完成改造46个小区，2024年完成改造63个小区。\n" in made


def test_a_conversation_has_every_turn_with_how_it_was_understood() -> None:
    made = _markdown(QUESTION, FOLLOW_UP, LIST, COMPARE, REFUSED)
    assert re.findall(r"^## (\d)", made, re.M) == list("12345")
    assert "- 理解为：青禾市2024年改造了多少个老旧小区？" in made
    assert "| 序号 | 内容 | 来源 |\n| --- | --- | --- |\n| 1\\. " not in made
    assert "| 1 | 逐个小区编制改造方案 | \\[1\\] |" in made
    assert "| 恶意县 | 88万元 | \\[2\\] |" in made
    assert "**通报里没有找到依据**" in made
    assert "- 所选范围：全部 2 份通报" in made
    assert "- 收录的单位：恶意县、青禾市" in made
    assert "最接近的段落（不是答案）" in made


def test_hostile_text_is_inert_in_markdown() -> None:
    shown, elements = _parsed(_markdown(HOSTILE_QUESTION, REFUSED))
    assert INJECTED in shown
    assert HOSTILE_QUESTION in shown
    assert elements <= _INERT | {"inline", "text", "strong", "hardbreak", "softbreak"}


@given(st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from("\\`*_[]()<>!#+-.|~$@:/1 \t\n=&;"))))
def test_any_text_is_shown_letter_for_letter(text: str) -> None:
    line = escaped(text)
    for block in (line, f"> {line}", f"- x：{line}", f"## 1\\. {line}"):
        shown, elements = _parsed(block)
        assert elements <= {
            "paragraph",
            "blockquote",
            "bullet_list",
            "list_item",
            "heading",
            "inline",
            "text",
            "softbreak",
        }
        kept = re.sub("[\x00-\x20\x7f\x85\xa0\u2028\u2029\ufffd]", "", text)
        assert re.sub("[\x20\xa0\ufffd]", "", shown).endswith(kept)


def test_a_row_of_a_table_keeps_its_cells() -> None:
    assert escaped("甲|乙\n丙") == "甲\\|乙 丙"


def test_the_word_document_has_headings_table_and_marked_quote() -> None:
    made = Document(io.BytesIO(_word(QUESTION, LIST, REFUSED)))
    headings = [p.text for p in made.paragraphs if p.style and p.style.name == "Heading 2"]
    assert headings == [f"1. {QUESTION}", f"2. {LIST}", f"3. {REFUSED}"]
    assert [[cell.text for cell in row.cells] for row in made.tables[0].rows][1] == ["1", "逐个小区编制改造方案", "[1]"]
    marked = [run.text for p in made.paragraphs for run in p.runs if run.font.highlight_color is not None]
    assert marked[0] == "46个"


def test_hostile_text_is_inert_in_word() -> None:
    packed = zipfile.ZipFile(io.BytesIO(_word(HOSTILE_QUESTION)))
    body = packed.read("word/document.xml").decode()
    assert not re.search(r"<w:(hyperlink|fldSimple|instrText|drawing|pict|object|altChunk)\b", body)
    links = packed.read("word/_rels/document.xml.rels").decode()
    assert "External" not in links
    assert "evil.example" not in links
    text = "\n".join(p.text for p in Document(io.BytesIO(_word(HOSTILE_QUESTION))).paragraphs)
    assert INJECTED in text
    assert HOSTILE_QUESTION in text


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(codec="utf-8")))
def test_any_text_can_stand_in_word(text: str) -> None:
    made = Document(io.BytesIO(docx(Paper("题", text, ()))))
    assert made.paragraphs[1].text == plain(text).replace("\r", "\n")
    assert plain("\x00\x0b\ufffe甲") == "\ufffd\ufffd\ufffd甲"


def test_a_click_gets_the_file_it_asks_for() -> None:
    turns = _turns(QUESTION, LIST)
    one = exported(turns, {"form": ".md", "turn": "1"}, WORDS, now=NOW)
    assert one is not None
    assert (one.name, one.kind) == ("通报问答-20261122-0905.md", MARKDOWN)
    assert LIST in one.content.decode()
    assert QUESTION not in one.content.decode()
    all_of_it = exported(turns, {"form": ".docx"}, WORDS, now=NOW)
    assert all_of_it is not None
    assert all_of_it.kind == WORD


def test_notes_about_versions_are_written_down() -> None:
    (turn,) = _turns(QUESTION)
    assert turn.answer
    noted = replace(turn, answer=replace(turn.answer, notes=("[1] 出自旧版，较新的版本是 新.txt（2024-09-01）",)))
    (entry,) = paper_of((noted,), WORDS, now=NOW).entries
    assert entry.notes[-1] == ("注", "[1] 出自旧版，较新的版本是 新.txt（2024-09-01）")


@pytest.mark.parametrize(
    "action",
    [{}, {"form": ".exe"}, {"form": ".md", "turn": "7"}, {"form": ".md", "turn": "-1"}, {"form": ".md", "turn": "²"}],
)
def test_what_does_not_exist_is_not_exported(action: dict[str, str]) -> None:
    assert exported(_turns(QUESTION), action, WORDS) is None
    assert exported((), {"form": ".md"}, WORDS) is None


def test_a_parcel_is_carried_in_an_attribute() -> None:
    made = parcel_markup(Parcel('a".md', b"<b>"), nonce="1")
    assert 'data-parcel="PGI+"' in made
    assert 'data-name="a&quot;.md"' in made
    assert Parcel("x.strange", b"").kind == "application/octet-stream"
