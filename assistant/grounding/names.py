"""Names of places and bodies in a text, and whether another text holds them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_BODY = (
    "委员会|人民政府|管委会|党工委|纪委监委|领导小组|工作组|巡视组|巡察组|督察组|研究院|研究所|办公室|公安局|"
    "纪委|监委|党委|党组|工委|专班|集团|公司|银行|大学|学院|中学|小学|幼儿园|医院|卫生院|中心|协会|联合会|法院|检察院|交警|局|厅|委|司"
)
_PLACE = "特别行政区|自治区|自治州|自治县|经济技术开发区|高新技术产业开发区|经开区|高新区|开发区|新区|省|市|区|县|州|镇|乡|街道|村"
_STOP = (
    "由|与|向|在|对|为|和|赴|于|到|从|将|把|被|给|及|是|经(?!济|开|营)|至|的|了|等|请|让|归|据|按|以|并|各|该|本|此|其|这|那|每|跟|会同|"
    "位于|交给|提交|推动|推进|实施|开展|组织|召开|印发|制定|出台|完成|联合|委托|成立|组建|设立|要求|督促|接受|负责|通过|报送|派驻|移交|移送"
)
_NAME = re.compile(
    rf"(?:(?<![{_HAN}])|(?<={')|(?<='.join(_STOP.replace('(?!济|开|营)', '').split('|'))}))"
    rf"(?P<name>[{_HAN}]{{1,14}}?(?:{_BODY}|{_PLACE}))(?![{_HAN}]{{0,2}}(?:{_BODY}))(?!场|民|级|直|长|里|上|中|内|域|情|容)"
)
_COMMON = re.compile(
    r"(?:全|各|本|该|我|两|三|四|多|这|那|每|几|同|跨|省|市|城|地|园|社|小|景|校|灾|山|库|片|专|超|上|夜|农|乡|贫困|行政|自然|部门|有关|相关|上级|下属|合作|成员|参保|责任)+"
    r"(?:省|市|区|县|镇|乡|村|局|厅|委|公司|集团|银行|大学|学院|医院|中心|中学|小学|街道|专班|部门|委员会|办公室)$"
    r"|^(?:省|市|区|县|州|镇|乡|局|厅|委|村|街道|公司|集团|银行|大学|学院|医院|中心|中学|小学|专班|党委|党组|纪委|办公室|委员会)+$"
)
"""Words that end like a name and name nothing."""
_TAIL = re.compile(rf"(?:{_BODY}|{_PLACE})$")
_MOST_BETWEEN = 4


def find_names(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of what looks like the name of a place or body in a canonical text."""
    for match in _NAME.finditer(text):
        if not _COMMON.search(match["name"]):
            yield match.span("name")


def holds_name(name: str, text: str) -> bool:
    """Whether a canonical `text` holds `name`, as it is, without a word before it, or written out at length.

    >>> holds_name("市卫健委", "由市卫生健康委员会牵头"), holds_name("市财政局", "市教育局")
    (True, False)
    """
    if name in text:
        return True
    tail = _TAIL.search(name)
    if tail is None:
        return False
    least = len(tail.group()) + 2
    for start in range(1, len(name) - least + 1):
        if name[start:] in text and holds_name(name[:start], text):
            return True
    head = name[: tail.start()]
    spread = rf"[{_HAN}]{{0,{_MOST_BETWEEN}}}?".join(map(re.escape, head + tail.group()[0]))
    return len(name) > 2 and re.search(spread, text) is not None
