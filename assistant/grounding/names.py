"""Names of places and bodies in a text, and whether another text holds them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.grounding.wordlists import word_set
from assistant.terms import general_weight
from index.analysis import segment, word_class

if TYPE_CHECKING:
    from collections.abc import Iterator

_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_RUN = re.compile(f"[{_HAN}]+")
_BODY = (
    "委员会|政府|管委会|工委|领导小组|工作组|巡视组|巡察组|督察组|研究院|研究所|办公室|纪委|监委|党委|党组|专班|集团|公司|银行|"
    "街道办|管理办|城管办|执法队|大队|支队|总队|管理处|管理站|服务站|派出所|指挥部|股份有限公司|有限责任公司|有限公司|大学|学院|中学|小学|幼儿园|医院|卫生院|保健院|中心|协会|联合会|法院|检察院|局|厅|委|部门|机关"
)
_PLACE = "特别行政区|自治区|自治州|自治县|经开区|高新区|开发区|新区|省|市|区|县|州|镇|乡|街道|村"
_TAIL = re.compile(rf"(?:{_BODY}|{_PLACE})$")
_ONE_PLACE = re.compile(r"[省市区县镇乡]$")
_LEVELS = frozenset("省市区县镇乡")
"""What tells of which level a body is: 市检察院."""
_SMALL_PLACES = frozenset("镇乡村")
_NO_PART = "crdpu"
"""Classes of words that no name holds: 或者, 其, 也, 向, 的."""
_JOINED = re.compile(r"[和与及](?=[省市区县镇乡]$)")
"""An and that the segmentation took for a part of a name (和县)."""
_MOST_BEFORE = 4
_MOST_BETWEEN = 4
_TELLING = 0.75
"""Weight from which a word before a known name is taken for a part of another name (金满堂 before 餐饮有限公司)."""


def find_names(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of what looks like the name of a place or body in a canonical text."""
    for run in _RUN.finditer(text):
        words = segment(run.group())
        stop = run.start()
        for number, word in enumerate(words):
            stop += len(word)
            follows = words[number + 1] if number + 1 < len(words) else ""
            if _ONE_PLACE.search(word) and _TAIL.search(follows):
                continue
            if _TAIL.search(word) and word not in word_set("never_name"):
                start = _begin(words, number, stop)
                if (
                    start == stop - len(word) > run.start()
                    and not _TAIL.sub("", word)
                    and word not in word_set("common_name")
                ):
                    start -= len(words[number - 1]) * (words[number - 1] in _LEVELS)
                if text[start:stop] not in word_set("common_name") and not _too_plain(text[start:stop]):
                    yield start, stop


def _begin(words: list[str], number: int, stop: int) -> int:
    """Return where the name begins that ends with word `number` at offset `stop`."""
    start = stop - len(words[number])
    for word in reversed(words[max(0, number - _MOST_BEFORE) : number]):
        if (
            word in word_set("before_name")
            or word_class(word)[0] in _NO_PART
            or (word not in _SMALL_PLACES and _TAIL.search(word) and word in word_set("common_name"))
        ):
            break
        if _JOINED.match(word):
            return start - 1
        start -= len(word)
    return start


def _too_plain(name: str) -> bool:
    """Whether a name is nothing but the word that names end with, or such words in a row (县级市, 市县)."""
    return len(name) < 2 or not _TAIL.sub("", name)


def holds_name(name: str, text: str) -> bool:
    """Whether a canonical `text` holds `name`, as it is, without words before it, or written out at length.

    >>> holds_name("市卫健委", "由市卫生健康委员会牵头"), holds_name("市财政局", "市教育局")
    (True, False)
    """
    if name in text:
        return True
    tail = _TAIL.search(name)
    if tail is None:
        return False
    if tail.group() in ("部门", "机关"):
        return any(word in text for word in segment(name[: tail.start()])[-1:])
    if _in_a_row(name[: tail.start()], tail.group(), text):
        return True
    words = segment(name)
    for first in range(1, len(words)):
        if len(words[first - 1]) == len(words[first]) == 1:
            continue  # within characters that are no word: part of a name
        rest = "".join(words[first:])
        verbs = all(word_class(word)[0] in "vx" for word in words[:first])
        if verbs and len(rest) > 1 and rest in word_set("common_name"):
            return True
        if any(
            word not in text and general_weight(word) > _TELLING and word_class(word)[0] != "v"
            for word in words[:first]
            if len(word) > 1
        ):
            continue
        if rest not in word_set("common_name") and not _too_plain(rest) and rest in text:
            return True
    return _spread(name, text)


def _in_a_row(stem: str, tail: str, text: str) -> bool:
    """Whether `text` has the tail once for several names in a row (青坪镇 in 青坪、石盘两镇)."""
    row = rf"{re.escape(stem)}(?:[、和与及][{_HAN}]{{2,6}}?)+(?:等)?[两二三四五六七八九十\d]个?{tail}|[、和与及]{re.escape(stem)}等?[两二三四五六七八九十\d]个?{tail}"
    return len(stem) > 1 and re.search(row, text) is not None


def _spread(name: str, text: str) -> bool:
    """Whether the characters of `name` stand in `text` in order and near each other (市卫健委 in 市卫生健康委员会)."""
    pattern = rf"[{_HAN}]{{0,{_MOST_BETWEEN}}}?".join(map(re.escape, name))
    return len(name) > 2 and re.search(pattern, text) is not None
