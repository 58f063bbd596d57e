from __future__ import annotations

import pytest
from fakes_documents import MAIN, paragraph, raw_docx, zipped

from index.errors import ReadError
from index.marks import MarkKind
from index.readers.numerals import written
from index.readers.word import read_docx


def lines(body: str, **parts: str) -> list[str]:
    return read_docx(raw_docx(body, **parts), path="a.docx").text.splitlines()


def numbering(*levels: tuple[str, str], override: str = "") -> str:
    """Return a list whose levels have these formats; paragraphs are numbered by list 1 or, overridden, 2."""
    made = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (style, text) in enumerate(levels)
    )
    nums = "".join(
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="0"/>{override if n == 2 else ""}</w:num>' for n in (1, 2)
    )
    return (
        f'<w:numbering xmlns:w="{MAIN}"><w:abstractNum w:abstractNumId="0">{made}</w:abstractNum>{nums}</w:numbering>'
    )


def listed(text: str, level: int = 0, number: int = 1) -> str:
    return paragraph(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


OFFICIAL = numbering(
    ("chineseCountingThousand", "%1、"),
    ("chineseCounting", "（%2）"),
    ("decimal", "%3."),
    ("decimalEnclosedCircle", "%4"),
)


@pytest.mark.parametrize(
    ("number", "style", "expected"),
    [
        (1, "chineseCounting", "一"),
        (10, "chineseCounting", "十"),
        (19, "japaneseCounting", "十九"),
        (20, "chineseCounting", "二十"),
        (110, "chineseCountingThousand", "一百一十"),
        (1005, "chineseCounting", "一千零五"),
        (10, "chineseLegalSimplified", "壹拾"),
        (20, "ideographDigital", "二〇"),
        (12, "ideographTraditional", "乙"),
        (21, "decimalEnclosedCircle", "㉑"),
        (50, "decimalEnclosedCircleChinese", "㊿"),
        (51, "decimalEnclosedCircle", "51"),
        (3, "decimalEnclosedParen", "⑶"),
        (3, "decimalEnclosedFullstop", "⒊"),
        (7, "decimalZero", "07"),
        (28, "lowerLetter", "bb"),
        (4, "upperRoman", "IV"),
        (5, "unheard of", "5"),
        (0, "chineseCounting", "0"),
        (-3, "lowerRoman", "-3"),
        (99_999, "chineseCounting", "99999"),
    ],
)
def test_numbers_are_written_as_word_does(number: int, style: str, expected: str) -> None:
    assert written(number, style) == expected


def test_lists_are_counted_level_by_level() -> None:
    made = [("甲", 0), ("乙", 1), ("丙", 2), ("丁", 3), ("戊", 2), ("己", 1), ("庚", 2), ("辛", 0), ("壬", 1)]
    body = "".join(listed(text, level) for text, level in made)
    expected = ["一、甲", "（一）乙", "1.丙", "①丁", "2.戊", "（二）己", "1.庚", "二、辛", "（一）壬"]
    assert lines(body, numbering=OFFICIAL) == expected


def test_a_number_stays_apart_from_digits() -> None:
    assert lines(listed("2023年完成", 2), numbering=OFFICIAL) == ["1. 2023年完成"]


def test_a_list_that_begins_anew() -> None:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    made = numbering(("decimal", "%1、"), override=override)
    body = listed("甲") + listed("乙") + listed("丙", 0, 2) + listed("丁", 0, 2)
    assert lines(body, numbering=made) == ["1、甲", "2、乙", "5、丙", "6、丁"]


def test_numbers_of_several_levels_and_bullets() -> None:
    made = numbering(("chineseCounting", "%1、"), ("decimal", "%1.%2 "), ("bullet", "\uf0b7"))
    body = listed("甲") + listed("乙", 1) + listed("丙", 2)
    assert lines(body, numbering=made) == ["一、甲", "一.1 乙", "丙"]
    legal = made.replace('<w:lvlText w:val="%1.%2 "/>', '<w:isLgl/><w:lvlText w:val="%1.%2 "/>')
    assert lines(body, numbering=legal)[1] == "1.1 乙"


def test_a_style_numbers_and_heads() -> None:
    styles = (
        f'<w:styles xmlns:w="{MAIN}"><w:style w:styleId="base"><w:name w:val="heading 2"/><w:pPr><w:numPr>'
        '<w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="own"><w:name w:val="我的标题"/><w:basedOn w:val="base"/></w:style></w:styles>'
    )
    data = raw_docx(paragraph("民生", properties='<w:pStyle w:val="own"/>'), styles=styles, numbering=OFFICIAL)
    source = read_docx(data, path="a.docx")
    assert source.text == "（一）民生\n"
    assert [(mark.kind, mark.number) for mark in source.marks] == [(MarkKind.HEADING, 2)]


def test_tracked_changes_read_as_accepted() -> None:
    body = (
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前半</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>后半</w:t></w:r><w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>移来</w:t></w:r></w:moveTo></w:p>"
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>删行</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    assert lines(body) == ["前半后半移来"]


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def test_tables_are_rows_with_merged_cells_repeated() -> None:
    body = (
        "<w:tbl><w:tr>" + cell("序号") + cell("单位") + cell("事项") + "</w:tr>"
        "<w:tr>" + cell("1") + cell("水务局", '<w:vMerge w:val="restart"/>') + cell("供水") + "</w:tr>"
        "<w:tr>" + cell("2") + cell("", "<w:vMerge/>") + cell("排水") + "</w:tr>"
        "<w:tr>" + cell("合计两项", '<w:gridSpan w:val="3"/>') + "</w:tr><w:tr>" + cell("") + "</w:tr></w:tbl>"
    )
    source = read_docx(raw_docx(body), path="a.docx")
    assert source.text.splitlines() == ["序号 | 单位 | 事项", "1 | 水务局 | 供水", "2 | 水务局 | 排水", "合计两项"]
    assert [(mark.group, mark.number) for mark in source.marks] == [(1, 1), (1, 2), (1, 3)]


def test_a_table_in_a_table_and_notes_of_cells() -> None:
    inner = "<w:tbl><w:tr>" + cell("内一") + cell("内二") + "</w:tr></w:tbl>"
    noted = '<w:p><w:r><w:t>乙</w:t><w:footnoteReference w:id="1"/></w:r></w:p>'
    body = f"<w:tbl><w:tr><w:tc>{inner}</w:tc><w:tc>{noted}</w:tc></w:tr></w:tbl>" + paragraph("完")
    notes = f'<w:footnotes xmlns:w="{MAIN}"><w:footnote w:id="1">{paragraph("据统计")}</w:footnote></w:footnotes>'
    assert lines(body, footnotes=notes) == ["内一 内二 | 乙", "注1：据统计", "完"]


def test_contents_codes_and_ruby_are_left_out() -> None:
    toc = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{paragraph('一、目录行')}</w:sdtContent></w:sdt>"
    )
    control = f"<w:sdt><w:sdtContent>{paragraph('控件中的字')}</w:sdtContent></w:sdt>"
    mixed = (
        "<w:p><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink><w:r><w:instrText>PAGE</w:instrText></w:r><w:r>"
        "<w:ruby><w:rt><w:r><w:t>zhèng</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>整</w:t></w:r></w:rubyBase></w:ruby>"
        "<w:tab/><w:t>改</w:t><w:br/><w:t>二行</w:t></w:r></w:p>"
    )
    assert lines(toc + control + mixed) == ["控件中的字", "链接整 改", "二行"]


def test_the_strict_form_is_read() -> None:
    strict = raw_docx(paragraph("正文", properties='<w:outlineLvl w:val="0"/>'))
    assert read_docx(strict, path="a.docx").marks
    text = f'<w:document xmlns:w="{MAIN}"><w:body>{paragraph("正文", properties="<w:outlineLvl w:val=" + chr(34) + "0" + chr(34) + "/>")}</w:body></w:document>'
    other = text.replace(MAIN, "http://purl.oclc.org/ooxml/wordprocessingml/main")
    source = read_docx(zipped({"word/document.xml": other.encode()}), path="a.docx")
    assert (source.text, len(source.marks)) == ("正文\n", 1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 99, "旧版 Word"),
        (b"", "不是有效的 docx"),
        (b"PK\x03\x04", "不是有效的 docx"),
        (zipped({"a.txt": b"a"}), "缺少正文"),
        (zipped({"word/document.xml": b"<a"}), "XML 已损坏"),
        (raw_docx(""), "没有文字"),
    ],
)
def test_what_is_no_word_file_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        read_docx(data, path="a.docx")
