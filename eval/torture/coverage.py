"""Fuzzing led by coverage: `python -m eval.torture.coverage TARGET -max_total_time=300`, where atheris is installed.

What stands behind the target goes to libFuzzer; an input that breaks something is written to the working folder.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PIECES = (
    *"一二三四五六七八九十零百千万亿年月日人个家元项是否的了在和与、，。；：？！（）()《》“”[]{}|#*-+=<>/\\\"'.,:;?!0123456789 \t\n",
    *(
        "一、",
        "（一）",
        "1.",
        "（1）",
        "①",
        "一是",
        "第一条",
        "3.1",
        "问题1：",
        "附件1\n",
        "下一步，",
        "联系电话：",
        "免责声明\n",
    ),
    *(
        "云川0市",
        "青岩市",
        "甲州市",
        "中共云川0市委",
        "关于巡视整改进展情况的通报\n",
        "老旧小区改造",
        "拖欠账款",
        "2023年",
        "1260万元",
    ),
    *(
        "多少",
        "几个",
        "什么时候",
        "哪些",
        "有没有",
        "比较",
        "各是",
        "它",
        "那里",
        "上述",
        "分别",
        "以上",
        "不超过",
        "％",
        "%",
    ),
    *(
        "\u202e",
        "\u2066",
        "\u200f",
        "\u200b",
        "\ufeff",
        "\u3000",
        "\x00",
        "\ud800",
        "\udfff",
        "\u2028",
        "\U0010ffff",
        "\r",
    ),
    *(
        "<p>",
        "</p>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<h1>",
        "<!--",
        "&#xD800;",
        "&lt;",
        "<script>",
        "<body>",
        "<title>",
    ),
    *(
        "question",
        "问题",
        "编号",
        "history",
        '{"question": "',
        '"}',
        "sep=;\n",
        '"id": ',
        "null",
        "true",
        "1e999",
        "||",
        "|-|",
    ),
)
"""What a byte stands for where bytes are taken as text: libFuzzer knows no Chinese."""
_SUFFIXES = (".txt", ".md", ".html", ".docx", ".zip")
_RAW = 128
"""First bytes below this one: what follows is taken as the bytes of the file, otherwise as text."""
_TABLES = (".txt", ".csv", ".tsv", ".jsonl")


def main() -> None:
    """Fuzz until libFuzzer ends the process: with 0 when the time is up, otherwise at the first finding."""
    try:
        import atheris
    except ImportError:
        sys.stderr.write("没有安装 atheris；请先 pip install atheris\n")
        raise SystemExit(1) from None
    targets = {"questions": _questions, "readers": _readers, "batch": _batch, "answers": _answers}
    if len(sys.argv) < 2 or sys.argv[1] not in targets:
        sys.stderr.write(f"用法：python -m eval.torture.coverage {'|'.join(targets)} [libFuzzer 的选项]\n")
        raise SystemExit(2)
    with atheris.instrument_imports(include=["index", "assistant", "eval"]):
        target = targets[sys.argv.pop(1)]()
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


def _questions() -> Callable[[bytes], None]:
    from assistant.errors import QuestionError
    from assistant.followup import askable, stand_alone
    from assistant.question import clean, understand
    from assistant.units import Gazetteer
    from eval.torture.world import STATES, texts_of
    from index.notices import parse_notices
    from index.types import SourceFile

    sources = [SourceFile(name, text, "", "utf-8") for name, text in texts_of(STATES[0]).items()]
    gazetteer = Gazetteer([notice for source in sources for notice, _ in parse_notices(source)])

    def once(data: bytes) -> None:
        earlier, _, text = _text(data).partition("\n")
        try:
            understand(stand_alone(clean(text), list(askable([earlier])), gazetteer), gazetteer)
        except QuestionError:
            return

    return once


def _readers() -> Callable[[bytes], None]:
    from index.errors import ReadError
    from index.notices import parse_notices
    from index.passages import cut_passages
    from index.readers import read_bytes

    def once(data: bytes) -> None:
        if not data:
            return
        suffix = _SUFFIXES[data[0] % len(_SUFFIXES)]
        content = data[1:] if data[0] < _RAW else _text(data[1:]).encode("utf-8", errors="surrogatepass")
        try:
            source = read_bytes(content, f"a{suffix}")
        except ReadError as error:
            _require(len(str(error).splitlines()) == 1, f"reason of several lines: {error}")
            return
        for notice, sections in parse_notices(source):
            ends = [notice.start, *(section.end for section in sections)]
            _require(ends[:-1] == [section.start for section in sections], "sections with gaps")
            for passage in cut_passages(source, notice, sections, size=400):
                _require(source.text[passage.start : passage.end] == passage.text, "a passage is no slice")

    return once


def _batch() -> Callable[[bytes], None]:
    from assistant.batch_files import read_questions
    from assistant.errors import BatchError

    home = Path(tempfile.mkdtemp(prefix="tongbao-fuzz-"))

    def once(data: bytes) -> None:
        if not data:
            return
        path = home / f"q{_TABLES[data[0] % len(_TABLES)]}"
        path.write_bytes(data[1:] if data[0] < _RAW else _text(data[1:]).encode("utf-8", errors="surrogatepass"))
        try:
            rows = read_questions(path).rows
        except BatchError as error:
            _require(len(str(error).splitlines()) == 1, f"reason of several lines: {error}")
            return
        _require(all(row.problem or row.question for row in rows), "a row with nothing to ask and no problem")

    return once


def _answers() -> Callable[[bytes], None]:
    from assistant.errors import QuestionError
    from assistant.pipeline import load_assistant
    from eval.torture.world import STATES, lay_out
    from index.update import update_index

    home = Path(tempfile.mkdtemp(prefix="tongbao-fuzz-"))
    lay_out(home / "notices", STATES[0])
    update_index([home / "notices"], directory=home / "index")
    assistant = load_assistant(home / "index")

    def once(data: bytes) -> None:
        earlier, _, text = _text(data).partition("\n")
        try:
            answer = assistant.ask(text, history=[earlier])
        except QuestionError:
            return
        for one in answer.citations:
            _require(assistant.index.text(one.file)[one.start : one.end] == one.quote, "a quote is no slice")

    return once


def _text(data: bytes) -> str:
    """Return the text that bytes stand for, each a piece of Chinese, of a grammar or of mischief."""
    return "".join(_PIECES[byte % len(_PIECES)] for byte in data)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)


if __name__ == "__main__":
    main()
