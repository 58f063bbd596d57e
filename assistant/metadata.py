"""What a notice says about itself: contact, publication, inspection period, feedback. Read by rule, not by search."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.types import Wanted
from index.analysis import fold
from index.dates import DATE, FULL_DATE, to_iso

if TYPE_CHECKING:
    from assistant.question import Question
    from index.store import Index
    from index.types import Notice

_LEAD, _TAIL = 1500, 1400
_PHONE = r"\(?\d{3,4}\)?[ ]*-*[ ]*\d{7,8}|(?<!\d)1\d{10}(?!\d)|(?<!\d)12\d{3}(?!\d)"
_CONTACT_FIELDS = (
    ("电话", re.compile(r"电话|号码|热线|座机|打|拨"), re.compile(rf"(?:电话|热线|联系方式)[^\d(]{{0,4}}({_PHONE})")),
    ("邮编", re.compile(r"邮编|邮政编码"), re.compile(r"(?:邮[ ]*编|邮政编码)[ ]*:?[ ]*(\d{6})")),
    (
        "电子邮箱",
        re.compile(r"邮箱|邮件|电邮|email|e-mail|网上"),
        re.compile(r"([A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"),
    ),
    (
        "通信地址",
        re.compile(r"地址|信箱|寄|写信|来信|信函|书信"),
        re.compile(r"(?:邮政信箱|通信地址|通讯地址|来信地址|邮寄地址|联系地址|地址)[ ]*:[ ]*([^;。\n(]+)"),
    ),
)
_SHAPES = (
    ("电话", re.compile(rf"{_PHONE}")),
    ("邮编", re.compile(r"\d{6}")),
    ("电子邮箱", re.compile(r"[^@\s]+@[^@\s]+")),
    ("通信地址", re.compile(r"[\u4e00-\u9fff].{4,}")),
)
_ABOUT_SELF = re.compile(
    r"巡视|巡察|整改|通报|意见|建议|监督|反映|联系|反馈|举报|办公室|(?:市|区|县|省|工)委|党工委|党委|党组"
)
_BARE_CONTACT = re.compile(
    r"^(?:请问|想问一?下|问一?下|麻烦问一?下)?(?:你们|他们|这里|这份通报)?的?(?:公开|官方|联络)?的?(?:电子)?"
    r"(?:电话|热线|邮箱|邮件|邮编|邮政编码|联系方式|(?:通信|通讯|来信|邮寄|邮件|邮箱)?地址|邮政信箱|信箱)(?:地址|号码|号)?"
    r"(?:是|为|有)?(?:什么|多少|哪个|哪里|啥|几号|呢|怎么写)?(?:呢|啊)?[?。!]*$"
)
"""A question of nothing but a contact detail means that of the notice."""
_OTHER_BODY = re.compile(r"12345|社保|医保|公积金|医院|学校|派出所|征缴|登记科|服务中心|窗口|大厅|银行|税务")
_PUBLISHED = re.compile(
    r"(?:通报|公告|文件|材料|报告|文章)?[^,。?]{0,6}(?:落款|发布|公布|公开|发出|刊发|印发|挂出|登出来|署)"
)
_NOTICE_ITSELF = re.compile(r"通报|公告|落款|整改进展|整改情况")
_FEEDBACK_ASKED = re.compile(
    r"反馈|(?:毛病|问题|意见|结果|情况|查出的事)[^,。?]{0,6}(?:告诉|讲给|说给|交给|交到|通知|通报给|送|下)|"
    r"(?:收到|听到|接到|拿到)[^,。?]{0,12}(?:意见|结果|反馈)|(?:告诉|讲给|说给)[^,。?]{0,10}(?:委|市|县|区|省)"
)
_PERIOD_ASKED = re.compile(r"巡视|巡察|检查组|检查的人|工作组|督查组|查的人")
_INSPECTION = re.compile(r"巡视|巡察|检查组|检查|中央的人|[省市]里的?人?|上面|上头")
_INSPECTOR_ASKED = re.compile(
    r"(?:第几|哪一?[个支路]|什么|啥|几号)[^,。?]{0,8}(?:巡视组|巡察组|督察组|队伍)(?!长)|(?:巡视组|巡察组)(?:是|叫)(?:哪|什么|第几)|"
    r"(?:谁|哪个组|哪个单位)(?:来|去|派|对|负责)?[^,。?]{0,10}(?:巡视|巡察)(?!整改)(?:的|了)|"
    r"(?:巡视|巡察)(?!整改)(?:工作)?(?:是|由)(?:谁|哪一?[个支家]?(?:组|单位|队伍|巡))"
)
_STAY = re.compile(
    r"从[^,。?]*到|(?:待|蹲|驻|住)了(?:多久|哪|几)|哪段(?:日子|时间)|哪些(?:日子|天)|待了多久|多长时间|起止|什么时间段|进驻|进来[^,。?]*走|"
    r"进去|开始[^,。?]*结束|(?:开展|进行)(?:了)?(?:常规)?(?:巡视|巡察)|"
    r"(?:什么时[候间]|何时|啥时候|哪[天年月])(?:来|被|接受|受到)(?:了)?(?:过)?(?:省委|市委|区委|中央|上级)?(?:的)?(?:巡视|巡察)(?!组?反馈|整改|意见)"
)
_PERIOD = re.compile(rf"{FULL_DATE}(?:起)?(?:至|-|到){DATE}(?=[^。]{{0,60}}?(?:巡视|巡察))")
_FEEDBACK = re.compile(rf"({DATE})(?:(?!{DATE})[^。;]){{0,40}}?反馈")
_CLOCK = r"(?:[ \t]+\d{1,2}:\d{2}(?::\d{2})?)?"
_DAY_LINE = re.compile(
    rf"^[ \t]*(\d{{4}}[年./-]\d{{1,2}}[月./-](?:\d{{1,2}}日?)?|[零一二三四五六七八九]{{4}}年[一二三四五六七八九十]+月"
    rf"(?:[一二三四五六七八九十]+日)?){_CLOCK}[ \t]*$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Field:
    """A value in a notice, by offsets in its file, with the sentence around it."""

    name: str
    start: int
    end: int
    quote_start: int
    quote_end: int


def contact_names(question: Question) -> tuple[str, ...]:
    """Return which contact details a question asks for; one that names none (联系方式) wants them all."""
    names = tuple(name for name, asked, _ in _CONTACT_FIELDS if asked.search(question.folded))
    if "电子邮箱" in names and "通信地址" in names and not re.search(r"地址是?哪|寄", question.folded):
        names = tuple(name for name in names if name != "通信地址")
    return names or tuple(name for name, _, _ in _CONTACT_FIELDS)


def fits_contact(question: Question, value: str) -> bool:
    """Whether a folded value is of a kind of contact that the question asks for."""
    names = contact_names(question)
    return any(name in names and shape.fullmatch(value) for name, shape in _SHAPES)


def read_metadata(question: Question, notice: Notice, index: Index) -> tuple[Field, ...]:
    """Return the details of `notice` that a question asks for, or nothing if it asks for none of them."""
    folded = fold(index.text(notice.file)[notice.start : notice.end])
    if question.wanted is Wanted.CONTACT:
        return _contact(question, folded, notice.start)
    if question.wanted is Wanted.DATE:
        return _dates(question.folded, folded, notice)
    if notice.inspector and _INSPECTOR_ASKED.search(question.folded):
        at = folded.find(fold(notice.inspector), 0, _LEAD)
        return (_field("巡视巡察机构", folded, at, at + len(notice.inspector), notice.start),) if at >= 0 else ()
    return ()


def asks_about_notice(question: Question) -> bool:
    """Whether a question is about a notice itself: its contact, feedback, period, inspectors or publication."""
    asked = question.folded
    if question.wanted is Wanted.CONTACT:
        return bool(_ABOUT_SELF.search(asked)) and not _OTHER_BODY.search(asked)
    if question.wanted is Wanted.DATE:
        published = _PUBLISHED.search(asked) and _NOTICE_ITSELF.search(asked)
        return bool(published or (_INSPECTION.search(asked) and (_FEEDBACK_ASKED.search(asked) or _STAY.search(asked))))
    return bool(_INSPECTOR_ASKED.search(asked))


def _contact(question: Question, folded: str, offset: int) -> tuple[Field, ...]:
    asked = question.folded
    meant = _ABOUT_SELF.search(asked) or question.places.held or _BARE_CONTACT.search(asked)
    if not meant or _OTHER_BODY.search(asked):
        return ()
    tail = max(0, len(folded) - _TAIL)
    found = []
    names = contact_names(question)
    for name, _, pattern in _CONTACT_FIELDS:
        matches = list(pattern.finditer(folded, tail)) if name in names else []
        if matches:
            found.append(_field(name, folded, *matches[0].span(1), offset))
    return tuple(found)


def _dates(asked: str, folded: str, notice: Notice) -> tuple[Field, ...]:
    lead, offset = folded[:_LEAD], notice.start
    if _PUBLISHED.search(asked) and _NOTICE_ITSELF.search(asked):
        lines = [line for line in _DAY_LINE.finditer(folded) if not 300 < line.start() < len(folded) - _TAIL]
        stated = [line for line in lines if to_iso(line[1]) == notice.published]
        chosen = lines if re.search(r"落款|署", asked) else stated or lines
        return (_field("发布日期", folded, *chosen[-1].span(1), offset),) if chosen else ()
    feedback = _FEEDBACK.search(lead)
    if _FEEDBACK_ASKED.search(asked) and (_INSPECTION.search(asked) or "反馈" in asked) and "后" not in asked:
        return (_field("反馈日期", folded, *feedback.span(1), offset),) if feedback else ()
    period = _PERIOD.search(lead)
    if period and _PERIOD_ASKED.search(asked) and _STAY.search(asked):
        return (_field("巡视巡察时间", folded, *period.span(), offset),)
    return ()


def _field(name: str, folded: str, start: int, end: int, offset: int) -> Field:
    while end > start and folded[end - 1].isspace():
        end -= 1
    left = max(folded.rfind(mark, 0, start) for mark in "。\n") + 1
    rights = [at for mark in "。\n" if (at := folded.find(mark, end)) >= 0]
    right = min(rights, default=len(folded))
    right += int(right < len(folded) and folded[right] == "。")
    while left < start and folded[left].isspace():
        left += 1
    return Field(name, start + offset, end + offset, left + offset, right + offset)
