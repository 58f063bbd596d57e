"""Thirty made-up notices in all formats, each with what a reader must find in it. Places and figures are invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import opencc
from fakes_documents import Part, Pdf, numbered_docx, page_of, paragraph, raw_docx, styled_docx, zipped

from index.marks import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Made:
    """A document and what it says."""

    name: str
    unit: str
    day: str
    done: str
    """The sentence that holds the figure."""
    question: str
    answer: str
    build: Callable[[Made], bytes]
    place: Place = field(default_factory=Place)
    headings: tuple[str, ...] = ("一、整改落实情况", "（一）民生保障方面", "1.着力解决短板问题", "二、下一步打算")
    traditional: bool = False

    @property
    def title(self) -> str:
        return self.written(f"中共{self.unit}委员会关于巡察整改进展情况的通报")

    @property
    def data(self) -> bytes:
        return self.build(self)

    def written(self, text: str) -> str:
        """Return `text` in the characters of the document."""
        return opencc.OpenCC("s2t").convert(text) if self.traditional else text

    def lines(self) -> list[str]:
        """The notice as it reads, with its numbers written out."""
        one, two, three, last = self.headings
        year, month, day = self.day.split("-")
        lines = (
            f"2023年3月1日至4月28日，市委第一巡察组对{self.unit}进行了巡察。现将整改情况予以公布。",
            one,
            two,
            three,
            f"一是健全工作机制，明确责任分工。二是{self.done}三是加强日常督查。",
            last,
            "继续压实责任，确保整改到位。",
            f"中共{self.unit}委员会",
            f"{year}年{int(month)}月{int(day)}日",
        )
        return [self.title, *map(self.written, lines)]

    def parts(self) -> list[Part]:
        """The same with bare headings and their levels."""
        bare = [heading.split("、")[-1].split("）")[-1].split(".")[-1] for heading in self.headings]
        lines = self.lines()
        levels = {2: 1, 3: 2, 4: 3, 6: 1}
        named = dict(zip(levels, bare, strict=True))
        return [Part(named.get(n, line), levels.get(n, 0)) for n, line in enumerate(lines) if n]


def text(encoding: str) -> Callable[[Made], bytes]:
    return lambda made: "\r\n".join(made.lines()).encode(encoding)


def markdown(made: Made) -> bytes:
    marks = {made.lines()[0]: "# ", made.headings[0]: "## ", made.headings[1]: "### ", made.headings[3]: "## "}
    return "\n\n".join(marks.get(line, "") + line for line in made.lines()).encode()


def markdown_table(made: Made) -> bytes:
    lines = made.lines()
    lines[5] = f"| 序号 | 完成情况 |\n| --- | --- |\n| 1 | 健全**工作机制** |\n| 2 | {made.done} |"
    return "\n\n".join(lines).encode()


def front_matter(made: Made) -> bytes:
    return f"---\ntitle: {made.title}\ndate: {made.day}\n---\n\n".encode() + "\n\n".join(made.lines()[1:8]).encode()


def auto_numbers(made: Made) -> bytes:
    return numbered_docx(made.title, made.parts())


def styles(made: Made) -> bytes:
    return styled_docx(made.title, made.parts())


def written_numbers(made: Made) -> bytes:
    return numbered_docx(made.title, [Part(line) for line in made.lines()[1:]])


def with_table(made: Made) -> bytes:
    parts = made.parts()
    parts[4] = Part(
        "", rows=(("序号", "整改事项", "完成情况"), ("1", "健全机制", "已完成"), ("2", "补短板", made.done))
    )
    return numbered_docx(made.title, parts)


def tracked(made: Made) -> bytes:
    body = "".join(paragraph(line) for line in made.lines()[:5])
    change = (
        "<w:p><w:r><w:t>一是健全机制。二是</w:t></w:r><w:del><w:r><w:delText>作废的9999元</w:delText></w:r></w:del>"
        f"<w:ins><w:r><w:t>{made.done}</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见的8888</w:t></w:r></w:p>"
    )
    return raw_docx(body + change + "".join(paragraph(line) for line in made.lines()[6:]))


def text_box(made: Made) -> bytes:
    wordprocessing = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    compatible = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    inner = paragraph(f"二是{made.done}")
    box = (
        f'<w:p xmlns:w="{wordprocessing}" xmlns:mc="{compatible}"><w:r><w:t>一是健全机制。</w:t></w:r><w:r>'
        f'<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><w:txbxContent>{inner}</w:txbxContent></w:drawing>'
        f"</mc:Choice><mc:Fallback><w:pict><w:txbxContent>{inner}</w:txbxContent></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    lines = made.lines()
    return raw_docx("".join(map(paragraph, lines[:5])) + box + "".join(map(paragraph, lines[6:])))


def footnote(made: Made) -> bytes:
    lines = made.lines()
    noted = '<w:p><w:r><w:t>一是健全机制。</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    root = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    note = f'<w:footnotes xmlns:w="{root}"><w:footnote w:id="2">{paragraph(made.done)}</w:footnote></w:footnotes>'
    body = "".join(map(paragraph, lines[:5])) + noted + "".join(map(paragraph, lines[6:]))
    return raw_docx(body, footnotes=note)


FILLING = "工作专班逐项核对台账，逐条对照反馈意见，逐一明确牵头领导、责任部门和完成时限，确保件件有着落、事事有回音。"


def drawn(made: Made, pdf: Pdf, *, filling: int = 0) -> Pdf:
    lines = made.lines()
    pdf.title(lines[0][: len(lines[0]) // 2]).title(lines[0][len(lines[0]) // 2 :])
    for number, line in enumerate(lines[1:], start=1):
        pdf.text(line)
        if number == 1 and filling:
            pdf.text(FILLING * filling)
    return pdf


def plain_pdf(made: Made) -> bytes:
    return drawn(made, Pdf()).done()


def long_pdf(made: Made) -> bytes:
    return drawn(made, Pdf(head=f"{made.unit}整改通报"), filling=14).done()


def ruled_pdf(made: Made) -> bytes:
    pdf = Pdf()
    for line in made.lines()[:5]:
        pdf.text(line)
    pdf.table((("序号", "完成情况"), ("1", "健全工作机制"), ("2", made.done)), widths=(60, 380))
    for line in made.lines()[6:]:
        pdf.text(line)
    return pdf.done()


def two_columns(made: Made) -> bytes:
    pdf = Pdf().title(made.title[:14]).title(made.title[14:])
    for line in made.lines()[1:5]:
        pdf.text(line)
    left = f"一是健全工作机制。二是{made.done}" + FILLING
    pdf.columns(left, "三是加强督查。" + FILLING).text(FILLING)
    for line in made.lines()[6:]:
        pdf.text(line)
    return pdf.done()


def partly_scanned(made: Made) -> bytes:
    return drawn(made, Pdf()).page().scan().page().scan().done()


def across_pages(made: Made) -> bytes:
    """The sentence with the figure begins on the first page and ends on the second."""
    pdf = Pdf()
    lines = made.lines()
    for line in lines[:5]:
        pdf.text(line)
    pdf.text(FILLING * 8)
    while pdf.room > 2:
        pdf.text("工作专班逐项核对台账。")
    return pdf.text(lines[5] + FILLING).text(lines[6]).text(lines[7]).text(lines[8]).text(lines[9]).done()


def body_of(made: Made, *, skip: int = 1) -> str:
    return "".join(f"<p>　　{line}</p>" for line in made.lines()[skip:])


def central_page(made: Made) -> bytes:
    return page_of(
        made.title,
        f'<div id="UCAP-CONTENT">{body_of(made)}</div>',
        metas=(("ArticleTitle", made.title), ("PubDate", f"{made.day} 09:20"), ("ContentSource", "示例市纪委")),
    )


def editor_page(made: Made) -> bytes:
    head = f'<h1>{made.title}</h1><div class="info">发布时间：{made.day} 来源：市纪委 字体：<a>大</a></div>'
    return page_of(
        made.title, f'<div class="box">{head}<div class="TRS_Editor">{body_of(made)}</div></div>', charset="gb2312"
    )


def unknown_layout(made: Made) -> bytes:
    return page_of(
        made.title, f'<div class="a1"><div class="b2"><h1>{made.title}</h1><div>{body_of(made)}</div></div></div>'
    )


def undeclared_page(made: Made) -> bytes:
    body = (
        f"<html><title>{made.title}</title><body><table><tr><td>{body_of(made, skip=0)}</td></tr></table></body></html>"
    )
    return body.encode("gb18030")


def table_page(made: Made) -> bytes:
    lines = made.lines()
    row = f"<table><tr><th>序号</th><th>完成情况</th></tr><tr><td>1</td><td>健全机制</td></tr><tr><td>2</td><td>{made.done}</td></tr></table>"
    inside = "".join(f"<p>{line}</p>" for line in lines[:5]) + row + "".join(f"<p>{line}</p>" for line in lines[6:])
    return page_of(made.title, f"<article>{inside}</article>")


def traditional_page(made: Made) -> bytes:
    return page_of(made.title, f"<main>{body_of(made, skip=0)}</main>", charset="big5")


def archive(made: Made) -> bytes:
    other = "\n".join(made.lines()).replace(made.unit, "附带县").encode("gb18030")
    return zipped({"材料/附带县.txt": other, f"材料/{made.unit}.docx": auto_numbers(made)}, names="gbk")


def nested_archive(made: Made) -> bytes:
    return zipped({"内层.zip": zipped({f"{made.unit}.pdf": plain_pdf(made)}), "说明.exe": b"MZ"})


PLAIN = ("整改落实情况", "民生保障方面", "着力解决短板问题", "下一步打算")
TRADITIONAL = ("一、整改落實情況", "（一）民生保障方面", "1.著力解決短板問題", "二、下一步打算")


def texts() -> Iterator[Made]:
    """Yield plain texts, Markdown and Word files."""
    yield Made("01.txt", "青禾县", "2024-05-06", "更换老旧供水管网121公里。", "青禾县更换了多少公里供水管网？", "121公里", text("utf-8"))  # fmt: skip
    yield Made("02.txt", "白桥县", "2024-05-07", "新建公厕32座。", "白桥县新建了多少座公厕？", "32座", text("utf-8-sig"))  # fmt: skip
    yield Made("03.txt", "柳塘县", "2024-05-08", "清退违规补贴433万元。", "柳塘县清退了多少违规补贴？", "433万元", text("gb18030"))  # fmt: skip
    yield Made("04.txt", "石门县", "2024-05-09", "培训村医544名。", "石门县培训了多少名村医？", "544名", text("utf-16"))  # fmt: skip
    yield Made("05.txt", "霧山縣", "2024-05-10", "新增停車位655個。", "霧山縣新增了多少個停車位？", "655個", text("big5"), headings=TRADITIONAL, traditional=True)  # fmt: skip
    yield Made("06.md", "松涧县", "2024-05-11", "修复路灯766盏。", "松涧县修复了多少盏路灯？", "766盏", markdown)  # fmt: skip
    yield Made("07.md", "竹溪县", "2024-05-12", "改造危房877户。", "竹溪县改造了多少户危房？", "877户", markdown_table, Place(table=1, row=3))  # fmt: skip
    yield Made("08.md", "荷池县", "2024-05-13", "新建幼儿园9所。", "荷池县新建了多少所幼儿园？", "9所", front_matter)  # fmt: skip
    yield Made("30.md", "石榴县", "2024-06-04", "检修燃气管道45公里。", "石榴县检修了多少公里燃气管道？", "45公里", markdown)  # fmt: skip
    yield Made("09.docx", "梅岭县", "2024-05-14", "安装充电桩211个。", "梅岭县安装了多少个充电桩？", "211个", auto_numbers)  # fmt: skip
    yield Made("10.docx", "兰渚县", "2024-05-15", "种植行道树3220棵。", "兰渚县种植了多少棵行道树？", "3220棵", styles, headings=PLAIN)  # fmt: skip
    yield Made("11.docx", "菊台县", "2024-05-16", "整治黑臭水体23处。", "菊台县整治了多少处黑臭水体？", "23处", written_numbers)  # fmt: skip
    yield Made("12.docx", "桐庄县", "2024-05-17", "建成养老驿站24个。", "桐庄县建成了多少个养老驿站？", "24个", with_table, Place(table=1, row=3))  # fmt: skip
    yield Made("13.docx", "杏园县", "2024-05-18", "追缴欠费255万元。", "杏园县追缴了多少欠费？", "255万元", tracked)  # fmt: skip
    yield Made("14.docx", "枫桥区", "2024-05-19", "加装电梯26部。", "枫桥区加装了多少部电梯？", "26部", text_box)  # fmt: skip
    yield Made("15.docx", "槐荫区", "2024-05-20", "新开公交线路27条。", "槐荫区新开了多少条公交线路？", "27条", footnote)  # fmt: skip


def pdfs() -> Iterator[Made]:
    """Yield PDFs, web pages and archives."""
    yield Made("16.pdf", "榆关县", "2024-05-21", "维修桥梁28座。", "榆关县维修了多少座桥梁？", "28座", plain_pdf, Place(page=1))  # fmt: skip
    yield Made("17.pdf", "桑干县", "2024-05-22", "打通断头路29条。", "桑干县打通了多少条断头路？", "29条", long_pdf, Place(page=2))  # fmt: skip
    yield Made("18.pdf", "杨浦县", "2024-05-23", "发放助学金311万元。", "杨浦县发放了多少助学金？", "311万元", ruled_pdf, Place(1, 1, 3))  # fmt: skip
    yield Made("19.pdf", "柏林县", "2024-05-24", "建成口袋公园33个。", "柏林县建成了多少个口袋公园？", "33个", two_columns, Place(page=1))  # fmt: skip
    yield Made("20.pdf", "樟树县", "2024-05-25", "新增学位3440个。", "樟树县新增了多少个学位？", "3440个", partly_scanned, Place(page=1))  # fmt: skip
    yield Made("21.pdf", "楠溪县", "2024-05-26", "更换水表3550只。", "楠溪县更换了多少只水表？", "3550只", across_pages, Place(page=1))  # fmt: skip
    yield Made("22.html", "椿城区", "2024-05-27", "拆除违建366处。", "椿城区拆除了多少处违建？", "366处", central_page)  # fmt: skip
    yield Made("23.htm", "棠梨县", "2024-05-28", "建设粮仓37座。", "棠梨县建设了多少座粮仓？", "37座", editor_page)  # fmt: skip
    yield Made("24.html", "桂湖区", "2024-05-29", "聘用护林员388名。", "桂湖区聘用了多少名护林员？", "388名", unknown_layout)  # fmt: skip
    yield Made("25.html", "橘洲县", "2024-05-30", "清理河道39公里。", "橘洲县清理了多少公里河道？", "39公里", undeclared_page)  # fmt: skip
    yield Made("26.html", "枣阳县", "2024-05-31", "建成灌溉渠41公里。", "枣阳县建成了多少公里灌溉渠？", "41公里", table_page, Place(table=1, row=3))  # fmt: skip
    yield Made("27.html", "檀木縣", "2024-06-01", "增設路燈422盞。", "檀木縣增設了多少盞路燈？", "422盞", traditional_page, headings=TRADITIONAL, traditional=True)  # fmt: skip
    yield Made("28.zip", "枇杷县", "2024-06-02", "新建卫生室43个。", "枇杷县新建了多少个卫生室？", "43个", archive, Place(member="材料/枇杷县.docx"))  # fmt: skip
    yield Made("29.zip", "柚林县", "2024-06-03", "补种苗木4400株。", "柚林县补种了多少株苗木？", "4400株", nested_archive, Place(page=1, member="内层.zip/柚林县.pdf"))  # fmt: skip


def shelf() -> Iterator[Made]:
    """Yield the thirty documents."""
    yield from (*texts(), *pdfs())
