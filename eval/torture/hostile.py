"""A folder of files that are made to do harm: indexed and asked about within 5 s of processor time and 1 GB."""

from __future__ import annotations

import os
import resource
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.torture.damage import limit_process
from eval.torture.trials import Figures, heard, spawn
from index.errors import TongbaoError
from index.update import update_index
from index.verify import verify_index

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

_HEAD = "中共甲安市委关于巡视整改进展情况的通报\n"
_NUMBERS = ("一、", "（一）", "1.", "（1）", "①")
_BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
QUESTIONS = (
    "甲安市改造了多少处？",
    "《" * 900,
    "一是" * 500,
    "\u202e甲安市\u2066改造了多少处？\u2069",
    "甲安市\x00改造了\ud800多少处？",
    "=HYPERLINK(1)甲安市改造了多少处？",
    "比" * 900 + "？",
)
_REFUSED = {"外.txt", "炸弹.docx", "炸弹.zip"}
"""What must not be read: what lies outside of the folder, and what grows without end when it is opened."""


def hostile(home: Path) -> Figures:
    """Index a folder of hostile files and ask, in a process within the limits."""
    shutil.rmtree(home, ignore_errors=True)
    files = _lay_out(home / "notices")
    added, failed, seconds, megabytes = within_limits(
        index_and_ask, str(home / "notices"), str(home / "index"), QUESTIONS
    )
    if missing := _REFUSED - set(failed):
        raise AssertionError(f"read, or passed over without a word: {sorted(missing)}")
    if len(added) + len(failed) != files:
        raise AssertionError(f"{files} files, {len(added)} read, {len(failed)} refused")
    if problems := verify_index(home / "index"):
        raise AssertionError(f"{problems[0]}")
    return {
        "文件": files,
        "编入": len(added),
        "拒绝": len(failed),
        "提问": len(QUESTIONS),
        "处理器秒": round(seconds, 1),
        "最大内存（MB）": megabytes,
    }


def within_limits(target: Callable[..., None], *arguments: object) -> Any:
    """Return what the process that runs `target` sends; raises AssertionError for its end, and for a line."""
    process, channel = spawn(target, *arguments)
    told = heard(process, channel)
    process.join()
    channel.close()
    if isinstance(told, str):
        raise AssertionError(told)
    return told


def _lay_out(folder: Path) -> int:
    """Write the files below `folder` and return how many there are."""
    folder.mkdir(parents=True)
    secret = folder.parent / "secret"
    secret.mkdir()
    (secret / "密.txt").write_text("不该读到的文字。", "utf-8")
    nested = "".join(f"{_NUMBERS[n % 5]}着力整改第{n}个问题\n" for n in range(10_000))
    texts = {
        "标题.txt": nested,
        "方向.txt": "\u202e一、\u2066改造老旧小区3处。\u2069\u200f\n" * 50,
        "公式.txt": "=cmd|' /C calc'!A0\n+1-1\n@SUM(1)\n改造老旧小区3处。\n",
        "空.txt": "一、改造\x00老旧小区3处。" + "整改。" * 100,
        "=1+1.txt": "改造老旧小区3处。",
        "甲..%2f..%2f.txt": "改造老旧小区3处。",
        "\u202etxt.exe.txt": "改造老旧小区3处。",
        "a\nb.txt": "改造老旧小区3处。",
    }
    for name, text in texts.items():
        (folder / name).write_text(_HEAD + text, "utf-8")
    (folder / "半个.txt").write_bytes("\ufeff整改".encode("utf-16-le") + b"\x00\xd8" + "完成".encode("utf-16-le"))
    (folder / os.fsdecode(b"\xff.txt")).write_text(f"{_HEAD}改造老旧小区3处。", "utf-8")
    (folder / "外.txt").symlink_to(secret / "密.txt")
    (folder / "外面").symlink_to(secret, target_is_directory=True)
    (folder / "环").symlink_to(folder, target_is_directory=True)
    with zipfile.ZipFile(folder / "炸弹.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<!DOCTYPE x [<!ENTITY a0 '哈'>{_BOMB}]><x>&a9;</x>")
    with zipfile.ZipFile(folder / "炸弹.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b" " * (65 * 2**20))
    return len(texts) + 5


def index_and_ask(folder: str, directory: str, questions: Sequence[str], channel: Connection) -> None:
    """Index and ask all `questions` within the limits; send names read, names refused, seconds and megabytes, or what went wrong."""
    from assistant.edge import opened
    from assistant.errors import QuestionError
    from eval.torture.warm import EMBEDDER as embedder  # noqa: N811 - loaded before the fork

    limit_process()
    try:
        report = update_index([Path(folder)], directory=Path(directory), embedder=embedder)
        with opened(Path(directory)) as assistant:
            for question in questions:
                try:
                    assistant.ask(question)
                except QuestionError:
                    continue
    except TongbaoError as error:
        channel.send(f"{type(error).__name__}: {error}")
        return
    failed = [name for name, _ in report.failed]
    channel.send((list(report.added), failed, *_used()))


def _used() -> tuple[float, int]:
    """Return the processor time of this process in seconds, and the most memory that it held in MB."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_maxrss // 1024
