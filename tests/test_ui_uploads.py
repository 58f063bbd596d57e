from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fakes_ui import HOSTILE, INJECTED, NOTICE

from assistant import load_assistant
from index.errors import IndexMissingError
from index.store import open_index
from index.update import update_index
from ui.adding import add_drawer, reason_text
from ui.errors import PermitError
from ui.intake import Intake, Item, Progress, Stage
from ui.library import Library
from ui.permits import Permit, read_permit
from ui.uploads import Uploads
from ui.words import words_of

if TYPE_CHECKING:
    from pathlib import Path

    from ui.library import Assistant

WORDS = words_of("zh")
ALL = Permit(granted=True)


class Place:
    """An index folder with a room for what is sent."""

    def __init__(self, folder: Path, permit: Permit = ALL) -> None:
        self.directory, self.room = folder / "index", folder / "room"
        self.room.mkdir()
        self.intake = Intake(self.directory)
        self.library = Library(self.load)
        self.uploads = Uploads(self.library, self.intake, permit, room=self.room)

    def load(self) -> Assistant:
        return load_assistant(self.directory)

    def send(self, **texts: str) -> dict[str, Any]:
        files = []
        for name, text in texts.items():
            path = self.room / f"{name}-sent"
            path.write_text(text, "utf-8")
            files.append({"name": f"{name}.txt", "path": str(path)})
        return {"files": files}

    def take(self, action: dict[str, Any], user: str | None = None) -> list[str]:
        return [str(shown) for shown in self.uploads.take(action, "zh", user)]

    def act(self, user: str | None = None, **action: str) -> str:
        return str(self.uploads.act(action, "zh", user))


@pytest.mark.parametrize(
    ("option", "accounts", "user", "allowed"),
    [
        (None, None, None, False),
        (None, ["a"], "a", False),
        ("", None, None, True),
        ("", ["a"], "a", True),
        ("a, b", ["a", "b", "c"], "b", True),
        ("a，b", ["a", "b", "c"], "c", False),
        ("a", ["a"], None, False),
    ],
)
def test_who_may_add(option: str | None, accounts: list[str] | None, user: str | None, *, allowed: bool) -> None:
    assert read_permit(option, accounts=accounts).allows(user) is allowed


def test_names_need_a_login_and_an_account() -> None:
    with pytest.raises(PermitError, match="--auth"):
        read_permit("clerk", accounts=None)
    with pytest.raises(PermitError, match="stranger"):
        read_permit("clerk,stranger", accounts=["clerk"])


def test_whoever_may_not_gets_no_drawer_and_can_do_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path, Permit(granted=True, names=frozenset({"clerk"})))
    assert place.uploads.shown("zh", None) == ""
    assert place.uploads.shown("zh", "guest") == ""
    assert "data-may" in place.uploads.shown("zh", "clerk")
    assert ["没有添加和移除通报的权限" in shown for shown in place.take(place.send(a=NOTICE), "guest")] == [True]
    assert not place.directory.exists()
    place.take(place.send(a=NOTICE), "clerk")
    (notice,) = open_index(place.directory).notices
    assert "没有添加和移除通报的权限" in place.act("guest", deed="remove", notice=notice.id)
    assert len(open_index(place.directory).notices) == 1


def test_adding_is_shown_step_by_step_and_then_answered_from(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with pytest.raises(IndexMissingError):
        place.library.current()
    shown = place.take(place.send(青禾=NOTICE, 空=""), "clerk")
    assert any("正在建立索引：向量" in one and "<progress" in one for one in shown)
    assert all("data-zone" not in one for one in shown[:-1])
    assert "收录 1 个，已有 0 个，未收录 1 个" in shown[-1]
    assert "1 份通报 《中共青禾市委关于巡视整改进展情况的通报》" in shown[-1]
    assert "文件是空的" in shown[-1]
    assert "上传：青禾.txt" in shown[-1]
    assert "clerk" in shown[-1]
    answer = place.library.current().assistant.ask("青禾市2023年改造了多少个老旧小区？")
    assert answer.short_answer == "46个"


def test_the_old_generation_is_served_until_the_new_one_is_published(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices" / "a.txt").write_text(NOTICE, "utf-8")
    update_index([tmp_path / "notices"], directory=place.directory)
    held: list[int] = []
    for _ in place.uploads.take(place.send(b=HOSTILE), "zh", None):
        held.append(len(place.library.current().notices))
    assert held[0] == 1
    assert held == sorted(held)
    assert held[-1] == 2


def test_removing_asks_first(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.take(place.send(甲=NOTICE, 乙=HOSTILE))
    first, second = (notice.id for notice in place.library.current().notices)
    asked = place.act(deed="doubt", notice=first)
    assert asked.count("确定移除这份通报") == 1
    assert len(place.library.current().notices) == 2
    assert "确定移除这份通报" not in place.act(deed="keep")
    assert "已移除《" in place.act(deed="remove", notice=first)
    assert [notice.id for notice in place.library.current().notices] == [second]
    assert "已经不在索引里" in place.act(deed="remove", notice=first)
    assert "已经不在索引里" in place.act(deed="remove", notice="../../x")
    place.act(deed="remove", notice=second)
    assert "data-zone" in place.act(deed="unknown")
    assert len(place.library.current().notices) == 0


def test_a_path_outside_the_room_is_told_and_nothing_is_read(tmp_path: Path) -> None:
    place = Place(tmp_path)
    secret = tmp_path / "secret.txt"
    secret.write_text(NOTICE, "utf-8")
    (shown,) = place.take({"files": [{"name": "x.txt", "path": str(secret)}]})
    assert "不在接收文件夹内" in shown
    assert secret.exists()
    assert not place.directory.exists()


def test_hostile_names_and_titles_are_escaped(tmp_path: Path) -> None:
    place = Place(tmp_path)
    action = place.send(x=HOSTILE)
    action["files"][0]["name"] = "<img src=x onerror=alert(1)>.txt"
    last = place.take(action)[-1]
    assert "&lt;img src=x" in last
    assert "<img" not in last
    assert "<script" not in last
    assert INJECTED not in last


def test_every_reason_has_words(tmp_path: Path) -> None:
    intake = Intake(tmp_path)
    for key in WORDS:
        if key.startswith("upload_") and key != "upload_held":
            assert "{" not in reason_text(key, WORDS, intake)
    assert reason_text("第 5 字节损坏", WORDS, intake) == "第 5 字节损坏"
    for stage in Stage:
        progress = Progress((Item("a.txt", stage, titles=("题",)),), stage="分词", share=0.5)
        assert WORDS[f"stage_{stage}"] in add_drawer((), WORDS, intake=intake, progress=progress)
