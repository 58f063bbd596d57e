"""Workbooks (.xlsx): questions read with bounds on what a file may unfold to, answers written for reading."""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.errors import BatchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_MOST_UNPACKED = 128 * 1024 * 1024
_MOST_PARTS = 2_000
_MOST_COLUMNS, _MOST_ROWS = 256, 1_048_576
_MOST_IN_CELL = 32_767
_PIECE = 1 << 20
_DECLARATIONS = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
"""No program that writes workbooks declares a document type: who does wants entities to unfold."""
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold."""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of every part: the same answers make the same bytes."""


def workbook_sheets(data: bytes, *, name: str) -> Iterator[Iterator[list[Any]]]:
    """Yield the rows of each sheet of a workbook, cells as text, numbers or None; formulas as what they came to.

    Raises BatchError if `data` is no workbook, or unfolds to more than a list of questions can be.
    """
    _require_modest(data)
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that are not read anyway
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            sheets = list(book.worksheets)
    except Exception as error:
        raise BatchError(f"{name} 不是可读的 .xlsx 工作簿（{type(error).__name__}）") from error
    return (_rows(sheet) for sheet in sheets)


def _rows(sheet: Any) -> Iterator[list[Any]]:
    sheet.reset_dimensions()
    rows = sheet.iter_rows(values_only=True, max_row=_MOST_ROWS, max_col=_MOST_COLUMNS)
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                row = next(rows, None)
        except Exception as error:
            raise BatchError(f"工作表“{sheet.title}”无法读取（{type(error).__name__}）") from error
        if row is None:
            return
        yield [_plain(value) for value in _trimmed(row)]


def _trimmed(row: Sequence[Any]) -> Sequence[Any]:
    end = len(row)
    while end and row[end - 1] is None:
        end -= 1
    return row[:end]


def _plain(value: Any) -> Any:
    """Return a cell as JSON can hold it and a person would read it: whole numbers without .0, dates as 2024-01-16."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return str(value)
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, int):
        return value
    return _NO_CHARACTER.sub("\ufffd", str(value))


def _require_modest(data: bytes) -> None:
    """Return if every part of the archive together unpacks to no more than is allowed; counted, not believed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS:
                raise BatchError(f"工作簿含有 {len(parts)} 个部件，超过 {_MOST_PARTS} 的上限")
            unpacked = 0
            for part in parts:
                for size in _sizes(archive, part):
                    unpacked += size
                    if unpacked > _MOST_UNPACKED:
                        raise BatchError(f"工作簿解压后超过 {_MOST_UNPACKED // 2**20} MB 的上限")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, RuntimeError, ValueError, EOFError) as error:
        told = "可能已加密，或是旧的 .xls" if data[:4] == b"\xd0\xcf\x11\xe0" else "文件已损坏或不是 .xlsx"
        raise BatchError(f"不能作为工作簿打开（{told}）；请在表格软件中另存为 .xlsx") from error


def _sizes(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[int]:
    """Yield the sizes of the unpacked pieces of a part; raises BatchError for a document type in XML."""
    import zlib

    is_markup = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    try:
        with archive.open(part) as file:
            before = b""
            while piece := file.read(_PIECE):
                if is_markup and any(mark in before + piece for mark in _DECLARATIONS):
                    raise BatchError("工作簿的 XML 里有文档类型声明（实体炸弹的写法），不予读取")
                before = piece[-32:]
                yield len(piece)
    except zlib.error as error:
        raise zipfile.BadZipFile(str(error)) from error


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet to be written: its columns with their widths in characters, and its rows."""

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: Iterable[Sequence[Any]]
    """Each as long as `columns`; fractions of one in a column are shown as they are told by `percent`."""
    percent: frozenset[int] = frozenset()
    """Numbers of the columns, from 0, whose figures are shares."""
    frozen: int = 0
    """Columns that stay in sight."""


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write `sheets` to `path`: bold heads that stay in sight, wrapped text, nothing that runs as a formula.

    The same sheets give the same bytes. Raises BatchError if a sheet has more rows than a workbook can hold.
    """
    import openpyxl
    from openpyxl.writer.excel import ExcelWriter

    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = "通报问答"
    book.properties.created = book.properties.modified = datetime.datetime(*_LONG_AGO)
    for sheet in sheets:
        _write_sheet(book, sheet)
    with _steady_archive(path) as archive:
        ExcelWriter(book, archive).save()


def _write_sheet(book: Any, sheet: Sheet) -> None:
    from openpyxl.utils import get_column_letter

    written = book.create_sheet(sheet.name)
    for number, (_, width) in enumerate(sheet.columns, start=1):
        written.column_dimensions[get_column_letter(number)].width = width
    written.freeze_panes = f"{get_column_letter(sheet.frozen + 1)}2"
    written.page_setup.orientation, written.page_setup.paperSize = "landscape", 9
    written.page_setup.fitToWidth, written.page_setup.fitToHeight = 1, 0
    written.sheet_properties.pageSetUpPr.fitToPage = True
    written.print_title_rows = "1:1"
    style = _styles()
    written.append([_cell(written, name, style["head"]) for name, _ in sheet.columns])
    count = 1
    for row in sheet.rows:
        count += 1
        if count > _MOST_ROWS:
            raise BatchError(f"工作表“{sheet.name}”超过 {_MOST_ROWS} 行；请输出为 .csv 或 .jsonl")
        kinds = ("share" if number in sheet.percent else "body" for number in range(len(row)))
        written.append([_cell(written, value, style[kind]) for value, kind in zip(row, kinds, strict=True)])
    written.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{count}"


def _styles() -> dict[str, dict[str, Any]]:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    top = Alignment(vertical="top", wrap_text=True)
    line = Border(bottom=Side(style="thin", color="D0D5DD"))
    body = {"alignment": top, "border": line}
    return {
        "head": {
            "alignment": Alignment(vertical="center", wrap_text=True),
            "font": Font(bold=True),
            "fill": PatternFill("solid", start_color="E8EEF7"),
            "border": line,
        },
        "body": body,
        "share": body | {"number_format": "0%"},
    }


def _cell(sheet: Any, value: Any, style: dict[str, Any]) -> Any:
    """Return a cell in which text is text: what begins like a formula is marked as quoted, as a person would do it."""
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, str):
        value = _NO_CHARACTER.sub("\ufffd", value)
        value = value if len(value) <= _MOST_IN_CELL else value[: _MOST_IN_CELL - 1] + "…"
    cell = WriteOnlyCell(sheet, None if value == "" else value)
    for name, setting in style.items():
        setattr(cell, name, setting)
    if isinstance(value, str) and value:
        cell.data_type = "s"
        cell.quotePrefix = value[0] in "=+-@\t\r＝＋－＠"
    return cell


def _steady_archive(path: Path) -> zipfile.ZipFile:
    """Return an archive to write into whose parts all bear the same date."""

    class Steady(zipfile.ZipFile):
        def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
            name = getattr(zinfo_or_arcname, "filename", zinfo_or_arcname)
            super().writestr(self._dated(name), data)

        def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
            import shutil
            from pathlib import Path

            with Path(filename).open("rb") as source, self.open(self._dated(str(arcname)), "w") as target:
                shutil.copyfileobj(source, target)

        @staticmethod
        def _dated(name: str) -> zipfile.ZipInfo:
            info = zipfile.ZipInfo(name, _LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            return info

    return Steady(path, "w", zipfile.ZIP_DEFLATED)
