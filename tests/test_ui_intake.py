from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docx import Document
from fakes_ui import HOSTILE, NOTICE

from index.errors import IndexMissingError
from index.manifest import current_generation
from index.readers import SUFFIXES
from index.store import open_index
from index.update import update_index
from index.verify import verify_index
from ui.arrivals import Arrival, Limits, arrivals, shown_name
from ui.errors import UploadError
from ui.intake import DONE, Intake, Progress, Stage
from ui.stock import Stock

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITS = Limits(files=3, megabytes=1)


@pytest.fixture
def send(tmp_path: Path) -> Callable[..., Arrival]:
    room = tmp_path / "room"
    room.mkdir()

    def sent(name: str, content: str | bytes = NOTICE) -> Arrival:
        path = room / f"{len(list(room.iterdir()))}-sent"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Arrival(name, path)

    return sent


def _last(intake: Intake, *sent: Arrival, user: str = "") -> Progress:
    *_, last = intake.add(sent, user=user)
    return last


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_file_is_stored_under_a_name_of_our_own_and_answered_from(
    tmp_path: Path, send: Callable[..., Arrival]
) -> None:
    intake = Intake(tmp_path / "index", limits=LIMITS)
    steps = list(intake.add([send("../../青禾.txt")], user="clerk"))
    assert steps[0].items[0].stage is Stage.WAITING
    assert {step.stage for step in steps} >= {"", "读取", "向量"}
    (item,) = steps[-1].items
    assert steps[-1].finished
    assert (item.stage, item.titles) == (Stage.ADDED, ("中共青禾市委关于巡视整改进展情况的通报",))
    own = hashlib.sha256(NOTICE.encode()).hexdigest()[:24] + ".txt"
    assert _files(tmp_path / "index" / "uploads") == [own, f"{own}.json"]
    assert _files(tmp_path / "room") == []
    index = open_index(tmp_path / "index")
    assert [(record["path"], Path(record["location"]).name) for record in index.files] == [(own, own)]
    origin = intake.stock.origin(own)
    assert origin is not None
    assert (origin.name, origin.user) == ("../../青禾.txt", "clerk")
    assert verify_index(tmp_path / "index") == []


def test_each_file_has_its_own_result_and_a_bad_one_leaves_nothing(
    tmp_path: Path, send: Callable[..., Arrival]
) -> None:
    intake = Intake(tmp_path / "index", limits=Limits(files=5, megabytes=1))
    sent = [
        send("空.txt", ""),
        send("程序.exe", b"MZ"),
        send("二进制.txt", bytes(range(32)) * 100),
        send("好.txt"),
        send("大.txt", "字" * 400_000),
        send("第六.txt", HOSTILE),
        Arrival("没到.txt", problem="upload_failed"),
    ]
    items = _last(intake, *sent).items
    reasons = ["upload_empty", "upload_kind", "不是文本文件（含有大量控制字符）", "", "upload_large", "upload_many"]
    assert [item.reason for item in items] == [*reasons, "upload_failed"]
    assert [item.stage for item in items].count(Stage.ADDED) == 1
    assert len(_files(tmp_path / "index" / "uploads")) == 2
    assert _files(tmp_path / "room") == []


def test_every_kind_that_can_be_indexed_can_be_sent(tmp_path: Path, send: Callable[..., Arrival]) -> None:
    made, packed = Document(), io.BytesIO()
    for line in NOTICE.splitlines():
        made.add_paragraph(line)
    made.save(packed)
    intake = Intake(tmp_path / "index", limits=LIMITS)
    assert set(intake.suffixes) == SUFFIXES
    items = _last(intake, send("通报.DOCX", packed.getvalue()), send("假的.pdf", NOTICE)).items
    assert [item.stage for item in items] == [Stage.ADDED, Stage.REFUSED]
    assert items[0].titles == ("中共青禾市委关于巡视整改进展情况的通报",)
    assert items[1].reason
    assert open_index(tmp_path / "index").files[0]["path"].endswith(".docx")


def test_what_is_held_already_is_not_added_again(tmp_path: Path, send: Callable[..., Arrival]) -> None:
    intake = Intake(tmp_path / "index", limits=LIMITS)
    items = _last(intake, send("甲.txt"), send("乙.txt")).items
    assert [(item.stage, item.reason) for item in items] == [(Stage.ADDED, ""), (Stage.REFUSED, "upload_twice")]
    generation = current_generation(tmp_path / "index")
    (item,) = _last(intake, send("丙.txt")).items
    assert (item.stage, item.reason) == (Stage.HELD, "甲.txt")
    assert current_generation(tmp_path / "index") == generation


def test_bad_input_never_loses_the_index(tmp_path: Path, send: Callable[..., Arrival]) -> None:
    directory = tmp_path / "index"
    intake = Intake(directory, limits=LIMITS)
    assert _last(intake, send("坏.txt", "\0" * 50)).items[0].stage is Stage.REFUSED
    assert current_generation(directory) is None
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices" / "a.txt").write_text(NOTICE, "utf-8")
    update_index([tmp_path / "notices"], directory=directory)
    before = current_generation(directory)
    assert _last(intake, send("坏.txt", "\0" * 50), send("标点.txt", "……")).finished
    assert current_generation(directory) == before
    (directory / "CURRENT").write_text("damaged", "ascii")
    (item,) = _last(intake, send("好.txt", HOSTILE)).items
    assert item.stage is Stage.REFUSED
    assert "已损坏" in item.reason
    (directory / "CURRENT").write_text(f"{before}\n", "ascii")
    assert verify_index(directory) == []
    assert _files(directory / "uploads") == []


def test_a_fault_that_nobody_foresaw_refuses_the_file(
    tmp_path: Path, send: Callable[..., Arrival], caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Intake):
        def update(self, *_paths: object, **_options: object) -> None:
            raise ZeroDivisionError

    (item,) = _last(Broken(tmp_path / "index", limits=LIMITS), send("好.txt")).items
    assert (item.stage, item.reason) == (Stage.REFUSED, "程序内部错误（ZeroDivisionError）")
    assert "ZeroDivisionError" in caplog.text


def test_nothing_sent_is_an_empty_progress(tmp_path: Path) -> None:
    last = _last(Intake(tmp_path / "index"))
    assert last.items == ()
    assert last.finished


def test_removing_a_notice_removes_the_upload_with_its_last_one(tmp_path: Path, send: Callable[..., Arrival]) -> None:
    directory = tmp_path / "index"
    intake = Intake(directory, limits=LIMITS)
    with pytest.raises(IndexMissingError):
        intake.remove("x")
    _last(intake, send("甲.txt"), send("乙.txt", HOSTILE))
    first, second = (notice.id for notice in open_index(directory).notices)
    assert not intake.remove("no such notice")
    assert intake.remove(first)
    assert len(_files(directory / "uploads")) == 2
    assert [notice.id for notice in open_index(directory).notices] == [second]
    assert intake.remove(second)
    assert _files(directory / "uploads") == []
    assert len(open_index(directory).notices) == 0
    assert _last(intake, send("甲.txt")).items[0].stage is Stage.ADDED


@pytest.mark.parametrize("name", ["", "../x.txt", "a.txt", "0" * 24, f"{'0' * 24}.txt/../../x", f"/{'0' * 24}.txt"])
def test_the_stock_has_no_other_names_than_its_own(tmp_path: Path, name: str) -> None:
    stock = Stock(tmp_path)
    with pytest.raises(UploadError):
        stock.path(name)
    assert stock.original(name) == name
    stock.drop(name)


def test_only_files_in_the_room_have_arrived(tmp_path: Path, send: Callable[..., Arrival]) -> None:
    room, secret = tmp_path / "room", tmp_path / "secret.txt"
    secret.write_text("geheim", "utf-8")
    (room / "link.txt").symlink_to(secret)
    good = send("好.txt").path

    def read(*files: object) -> tuple[Arrival, ...]:
        return arrivals({"files": list(files)}, room=room, problems=("upload_failed", "upload_large"))

    assert read({"name": "a/好.txt", "path": str(good)}) == (Arrival("好.txt", good),)
    assert read({"name": "x", "problem": "upload_large"}, {"name": "y", "problem": "<b>"}, 5) == (
        Arrival("x", problem="upload_large"),
        Arrival("y", problem="upload_failed"),
    )
    assert arrivals({"files": "all"}, room=room, problems=("upload_failed",)) == ()
    for path in [
        "",
        str(secret),
        str(room / "link.txt"),
        str(room / ".." / "secret.txt"),
        str(room),
        "/etc/passwd",
        "\0",
    ]:
        with pytest.raises(UploadError):
            read({"name": "x", "path": path})
    assert secret.exists()


@pytest.mark.parametrize(
    ("name", "shown"),
    [("通报.txt", "通报.txt"), ("", "未命名"), ("..\\..\\a\n\u202e.txt", "a.txt"), ("长" * 300 + ".txt", None)],
)
def test_names_are_shown_without_what_deceives(name: str, shown: str | None) -> None:
    assert shown_name(name) == shown or len(shown_name(name)) == 120


def test_stages_that_are_a_result() -> None:
    assert Progress(()).finished
    assert set(Stage) - DONE == {Stage.WAITING, Stage.READING, Stage.READ}


def test_intakes_of_several_processes_come_one_after_the_other(tmp_path: Path) -> None:
    stock, other = Stock(tmp_path / "index" / "uploads"), Stock(tmp_path / "index" / "uploads")
    with stock.reserved(), pytest.raises(UploadError, match="稍后再试"), other.reserved(timeout=0.05):
        pytest.fail("two at once")
    with other.reserved(timeout=0.05):
        assert not (tmp_path / "index" / "uploads").exists()


def test_what_is_called_what_it_is_not_is_refused_with_what_to_do(tmp_path: Path, send: Callable[..., Arrival]) -> None:
    intake = Intake(tmp_path / "index", limits=LIMITS)
    page, picture = f"<html><body>{NOTICE}</body></html>", b"\x89PNG\r\n\x1a\n" + bytes(600)
    sent = (send("换\n行.docx", page), send("图.pdf", picture), send("空.docx", b""))
    items = _last(intake, *sent).items
    assert "内容像是网页，请把扩展名改为 .html" in items[0].reason
    assert "内容像是图片，请先做文字识别（OCR）" in items[1].reason
    assert items[2].reason == "upload_empty"
    assert not any("\n" in item.reason for item in items)
    assert _files(tmp_path / "index" / "uploads") == []
