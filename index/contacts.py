"""Telephone, address, postcode and e-mail that a notice gives at its end."""

from __future__ import annotations

import re

_AREA = r"(?:\(\d{3,4}\)|\d{3,4})[ ]*-*[ ]*"
_PHONE = rf"(?:{_AREA}\d{{7,8}}|1\d{{10}}|400-?\d{{3}}-?\d{{4}}|\d{{7,8}})(?!\d)"
_SHORT_PHONE = r"(?:12\d{3}|9\d{4})(?!\d)"
_NOTE = r"(?:\([^()\n]{1,16}\))?"
_ADDRESS = "邮政信箱|(?:通信|通讯|来信|邮寄|联系|办公|收信|接访)地址|(?<!邮箱)(?<!网站)(?<!邮件)(?<!网络)地址"
_NEXT = r"[;。\n]|[ ,、]+(?:邮[ ]*编|邮政编码|电子邮|邮箱|联系电话|电话|联系人)|$"
_PATTERNS = (
    (
        "电话",
        re.compile(
            rf"(?:电[ ]*话|(?:监督|举报|联系|咨询)热线|联系方式){_NOTE}[ ]*"
            rf"(?::[ ]*({_PHONE}|{_SHORT_PHONE})|({_PHONE}))"
        ),
    ),
    ("信箱", re.compile(rf"(?:{_ADDRESS}){_NOTE}[ ]*:[ ]*([^;。\n]+?)(?={_NEXT})")),
    ("邮编", re.compile(r"(?:邮[ ]*编|邮政编码)[ ]*:?[ ]*(\d{6})(?!\d)")),
    ("邮箱", re.compile(r"([a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)")),
)


def contact_in(text: str, folded: str, start: int, end: int) -> tuple[tuple[str, str], ...]:
    """Return pairs of kind (电话, 信箱, 邮编, 邮箱) and value as written in `text[start:end]`, the first of each kind.

    `folded` is `text` folded. Text without any gives an empty tuple.
    """
    found = []
    for name, pattern in _PATTERNS:
        match = pattern.search(folded, start, end)
        if match and match.lastindex:
            found.append((name, text[slice(*match.span(match.lastindex))].strip()))
    return tuple(found)
