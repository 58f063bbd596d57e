"""Markdown: headings, paragraphs, numbered lists and tables as text, without the marks of its grammar."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from index.errors import ReadError
from index.readers.draft import Draft
from index.readers.encodings import decode
from index.readers.limits import FILE_BYTES
from index.readers.markdown_tables import ROWS, read_tables_by_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from index.types import SourceFile

_FRONT = re.compile(r"\A---[ \t]*\n(?P<values>(?:[^\n]*\n){0,60}?)---[ \t]*(?:\n|\Z)")
_VALUE = re.compile(
    r"^(?P<name>title|date|source|标题|日期|来源)[ \t]*[:：][ \t]*(?P<value>[^\n]+)$", re.MULTILINE | re.IGNORECASE
)
_NAMED = {"date": "发布日期：", "日期": "发布日期：", "source": "来源：", "来源": "来源："}
_TAG = re.compile(r"<[^<>]{0,2000}>")
_GRAMMAR = re.compile(r"[\\`*_\[\]!<&]")
"""A cell without any of these is plain text."""
_NESTING = 40
_LONGEST = 2_000_000


def read_markdown(data: bytes, *, path: str) -> SourceFile:
    """Return the text of a Markdown file; line breaks inside a paragraph stay. Raises ReadError for none."""
    if len(data) > FILE_BYTES:
        raise ReadError(f"文件有 {len(data) // 2**20} MB，超过 {FILE_BYTES // 2**20} MB 的上限")
    text, encoding = decode(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text[:1000]:
        raise ReadError("不是文本文件（含有控制字符）")
    if len(text) > _LONGEST:
        raise ReadError(f"Markdown 文件超过 {_LONGEST} 字的上限")
    draft = Draft()
    front = _FRONT.match(text)
    parser = _parser()
    tokens = parser.parse(text[front.end() :] if front else text)
    if front:
        first = next((_inline(token) for token in tokens if token.type == "inline"), "")
        for match in _VALUE.finditer(front["values"]):
            value = match["value"].strip().strip("\"'")
            if value != first:
                draft.add(_NAMED.get(match["name"].lower(), "") + value)
    _put(draft, tokens, parser)
    return draft.source(path=path, sha256=hashlib.sha256(data).hexdigest(), encoding=encoding)


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable("table")
    read_tables_by_row(parser)
    return parser


def _put(draft: Draft, tokens: Iterable[Token], parser: MarkdownIt) -> None:
    """Add what the tokens of a file hold."""
    level, prefix = 0, ""
    for token in tokens:
        kind = token.type
        if kind == "heading_open":
            level = max(1, int(token.tag[1]) - 1) if token.tag != "h1" else -1
        elif kind == "list_item_open":
            prefix = f"{token.info}{token.markup}" if token.info else ""
        elif kind == ROWS:
            _put_rows(draft, token.meta[ROWS], parser)
        elif kind == "inline":
            draft.add(prefix + _inline(token), level=max(level, 0))
            level, prefix = 0, ""
        elif kind in {"fence", "code_block"}:
            draft.add(token.content)
        elif kind == "html_block":
            draft.add(_TAG.sub("", token.content))


def _put_rows(draft: Draft, rows: Sequence[Sequence[str]], parser: MarkdownIt) -> None:
    """Add the rows of a table."""
    draft.begin_table()
    for row in rows:
        draft.add_row([_inline(parser.parseInline(cell)[0]) if _GRAMMAR.search(cell) else cell for cell in row])


def _inline(token: Token) -> str:
    """Return the text of a line: of links and pictures their words."""
    pieces = []
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            pieces.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            pieces.append("\n")
        elif child.type == "image":
            pieces.append(child.content)
    return "".join(pieces)
