from __future__ import annotations

import pytest
from fakes_documents import page_of

from index.errors import ReadError
from index.readers.html import read_html

TITLE = "中共青禾县委关于巡察整改情况的通报"
BODY = "<p>一、整改情况</p><p>更换管网120公里。</p><p>附件：<a href='1.doc'>清单一</a> <a href='2.pdf'>清单二</a> <a href='3.xls'>清单三</a></p>"
SIGNED = "<p>中共青禾县委</p><p>2024年5月6日</p>"
LINES = ["一、整改情况", "更换管网120公里。", "附件：清单一 清单二 清单三", "中共青禾县委", "2024年5月6日"]


def lines(data: bytes | str) -> list[str]:
    return read_html(data.encode() if isinstance(data, str) else data, path="a.html").text.splitlines()


@pytest.mark.parametrize(
    "body",
    [
        f'<div id="UCAP-CONTENT">{BODY}{SIGNED}</div>',
        f'<div class="wrap"><div class="TRS_Editor">{BODY}{SIGNED}</div></div>',
        f'<div class="x"><div class="y">{BODY}</div><div class="z">{SIGNED}</div></div>',
        f"<table><tr><td>{BODY}{SIGNED}</td></tr></table>",
        f"<article>{BODY}{SIGNED}</article>",
        f'<div class="content-header-nav">{BODY}{SIGNED}</div>',
    ],
)
def test_the_content_is_found_in_any_layout(body: str) -> None:
    """Also where the class of the content sounds like a menu, and where the signature stands in a block of its own."""
    assert lines(page_of(TITLE, body)) == [TITLE, *LINES]


def test_title_day_and_source_come_from_the_meta_elements() -> None:
    metas = (("ArticleTitle", TITLE), ("PubDate", "2024-05-06 10:00"), ("ContentSource", "县纪委"))
    assert lines(page_of("首页", f"<main>{BODY}</main>", metas=metas))[:3] == [
        TITLE,
        "发布日期：2024-05-06",
        "来源：县纪委",
    ]


def test_what_the_content_says_itself_is_not_said_twice() -> None:
    metas = (("ArticleTitle", TITLE), ("PubDate", "2024-05-06"), ("ContentSource", "县纪委"))
    head = f"<h1>{TITLE}</h1><p>发布日期：2024-05-06　来源：县纪委</p>"
    found = lines(page_of("首页", f"<main>{head}{BODY}</main>", metas=metas))
    assert found == [TITLE, "发布日期：2024-05-06 来源：县纪委", *LINES[:3]]


def test_day_and_source_beside_the_content_are_found() -> None:
    info = f'<div class="top"><h1>{TITLE}</h1><p>发布时间： 2024年5月6日　来源： 县纪委 | 字体：大 中 小</p></div>'
    found = lines(page_of(TITLE, f'<div>{info}<div id="zoom">{BODY}</div></div>'))
    assert found[:3] == [TITLE, "发布日期：2024年5月6日", "来源：县纪委"]


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("gb2312", "gb18030"),
        ("GBK", "gb18030"),
        ("big5", "big5"),
        ("utf-8", "utf-8"),
        ("utf-8", "gb18030"),
        ("nonsense", "gbk"),
    ],
)
def test_any_encoding_declared_or_not(declared: str, written: str) -> None:
    page = f"<html><head><meta charset='{declared}'><title>整改</title></head><body><p>一二三四五六七八九十百千完成。</p></body></html>"
    assert lines(page.encode(written))[-1] == "一二三四五六七八九十百千完成。"


def test_tables_are_rows_and_layouts_are_not() -> None:
    table = (
        "<table><thead><tr><th>序号</th><th>单位</th><th>事项</th></tr></thead><tr><td>1</td><td rowspan=2>水务局</td>"
        "<td>供\n水</td></tr><tr><td>2</td><td>排水</td></tr><tr><td colspan=3>合计两项</td></tr></table>"
    )
    source = read_html(f"<main><p>清单如下。</p>{table}</main>".encode(), path="a.html")
    rows = ["序号 | 单位 | 事项", "1 | 水务局 | 供水", "2 | 水务局 | 排水", "合计两项"]
    assert source.text.splitlines() == ["清单如下。", *rows]
    assert [(mark.group, mark.number) for mark in source.marks] == [(1, 1), (1, 2), (1, 3)]


@pytest.mark.parametrize("count", [2, 5, 50_000])
def test_a_table_that_is_most_of_a_page_stays_a_table(count: int) -> None:
    """Its cells became lines of their own, and what stands beside it was lost; 50,000 rows were too many elements."""
    rows = "".join(f"<tr><td>{number}</td><td>甲{number}村</td></tr>" for number in range(count))
    page = f"<title>{TITLE}</title><h1>{TITLE}</h1><p>单位：万元</p><table>{rows}</table><p>注：含镇区</p>"
    source = read_html(page.encode(), path="a.html")
    told = [f"{number} | 甲{number}村" for number in range(count)]
    assert source.text.splitlines() == [TITLE, "单位：万元", *told, "注：含镇区"]
    assert len(source.marks) == count


def test_rows_and_cells_that_are_not_shown_are_left_out() -> None:
    table = (
        "<table><tr><td>甲村</td><td>3处</td></tr><tr style='display: none'><td>乙村</td><td>4处</td></tr>"
        "<tr><td hidden>原</td><td>丙村</td><td>5处</td></tr></table>"
    )
    assert lines(f"<p>清单</p>{table}") == ["清单", "甲村 | 3处", "丙村 | 5处"]


def test_many_small_tables_are_too_many_elements() -> None:
    with pytest.raises(ReadError, match="元素的上限"):
        lines("<table><tr><td>甲</td><td>3处</td></tr><tr><td>乙</td><td>4处</td></tr></table>" * 10_000)


def test_lines_lists_and_headings() -> None:
    body = "<h2>工作成效</h2><div>　　第一行<br>第二行</div><ol start=3><li>三项</li><li>四项</li></ol><ul><li>无号</li></ul><pre>甲\n乙</pre>"
    source = read_html(f"<main>{body}</main>".encode(), path="a.html")
    assert source.text.splitlines() == ["工作成效", "第一行", "第二行", "3.三项", "4.四项", "无号", "甲", "乙"]
    assert [source.text[mark.start : mark.end].strip() for mark in source.marks] == ["工作成效"]


@pytest.mark.parametrize(
    "page", ["", "<html></html>", "<script>x</script>", "<body><nav>菜单</nav></body>", "<p hidden>字</p>"]
)
def test_a_page_without_content_is_refused(page: str) -> None:
    with pytest.raises(ReadError, match="没有正文"):
        lines(page)
