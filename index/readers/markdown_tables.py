"""Tables of Markdown, a row at a time: the library's own rule makes eight objects of each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock

ROWS = "rows"
"""Type of the token that a table becomes; its `meta` holds `rows`, lists of cells in their grammar."""
_MOST_FILLED = 1 << 16
"""Cells that short rows may lack, all together: as the library does, the table ends there."""


def read_tables_by_row(parser: MarkdownIt) -> None:
    """Let `parser` find tables as it does, and make one token of each."""
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})


def _table(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    from markdown_it.rules_block.table import table

    if not table(state, first, end, True):
        return False
    if silent:
        return True
    head = _cells(state, first)
    rows, lacking, line = [head], 0, first + 2
    kept, state.parentType = state.parentType, "table"
    ends = state.md.block.ruler.getRules("blockquote")
    while line < end and not _ends_at(state, line, end, ends):
        cells = _cells(state, line)
        lacking += len(head) - len(cells)
        if lacking > _MOST_FILLED:
            break
        rows.append([*cells, *[""] * len(head)][: len(head)])
        line += 1
    token = state.push(ROWS, "", 0)
    token.meta = {ROWS: rows}
    token.map = [first, line]
    state.parentType = kept
    state.line = line
    return True


def _ends_at(state: StateBlock, line: int, end: int, rules: list[Any]) -> bool:
    """Return whether `line` is no row any more."""
    if state.sCount[line] < state.blkIndent or any(rule(state, line, end, True) for rule in rules):
        return True
    return not _line(state, line) or bool(state.is_code_block(line))


def _line(state: StateBlock, line: int) -> str:
    return str(state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]).strip()


def _cells(state: StateBlock, line: int) -> list[str]:
    """Return the cells of a line, each stripped."""
    from markdown_it.rules_block.table import escapedSplit

    text = _line(state, line)
    cells = text.split("|") if "\\" not in text else escapedSplit(text)
    if cells and not cells[0]:
        cells.pop(0)
    if cells and not cells[-1]:
        cells.pop()
    return [cell.strip() for cell in cells]
