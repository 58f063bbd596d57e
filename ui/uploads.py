"""What happens in the drawer of notices: adding, removing, and who may. No Gradio here."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from index.errors import TongbaoError
from ui.adding import add_drawer, holdings
from ui.arrivals import arrivals
from ui.markup import Html, tag
from ui.words import words_of
from ui.zone import PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ui.adding import Holding
    from ui.intake import Intake, Progress
    from ui.library import Library
    from ui.permits import Permit

_LOG = logging.getLogger(__name__)


class Uploads:
    """Adds and removes notices for those who may; for others there is no drawer."""

    def __init__(self, library: Library, intake: Intake, permit: Permit, *, room: Path) -> None:
        self._library = library
        self._intake = intake
        self._permit = permit
        self._room = room

    def shown(self, language: str, user: str | None) -> Html:
        """Return the drawer; empty for a person who may not add notices."""
        return self._drawer(language) if self._permit.allows(user) else Html()

    def take(self, action: Mapping[str, object], language: str, user: str | None) -> Iterator[Html]:
        """Yield the drawer while the files that a browser sent are added."""
        if not self._permit.allows(user):
            yield _denied(language)
            return
        try:
            sent = arrivals(action, room=self._room, problems=PROBLEMS)
        except TongbaoError as error:
            yield self._drawer(language, said=str(error))
            return
        held, last = self._held(), None
        for progress in self._intake.add(sent, user=user or ""):
            last = progress
            if not progress.finished:
                yield self._drawer(language, progress=progress, held=held)
        yield self._drawer(language, progress=last)

    def act(self, action: Mapping[str, object], language: str, user: str | None) -> Html:
        """Return the drawer after a click: a removal is asked for, confirmed or given up."""
        if not self._permit.allows(user):
            return _denied(language)
        notice = str(action.get("notice", ""))
        match action.get("deed"):
            case "doubt":
                return self._drawer(language, doubted=notice)
            case "remove":
                return self._drawer(language, said=self._remove(notice, language))
            case _:
                return self._drawer(language)

    def _remove(self, notice_id: str, language: str) -> str:
        words = words_of(language)
        try:
            notice = self._library.current().notice(notice_id)
            if notice is None or not self._intake.remove(notice_id):
                return words["remove_gone"]
        except TongbaoError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - the edge of the page: the click must be answered
            _LOG.exception("a notice could not be removed")
            return words["internal"].format(kind=type(error).__name__)
        return words["removed"].format(title=notice.title or words["untitled"])

    def _drawer(
        self,
        language: str,
        *,
        progress: Progress | None = None,
        held: tuple[Holding, ...] | None = None,
        doubted: str = "",
        said: str = "",
    ) -> Html:
        held = self._held() if held is None else held
        words = words_of(language)
        return add_drawer(held, words, intake=self._intake, progress=progress, doubted=doubted, said=said)

    def _held(self) -> tuple[Holding, ...]:
        """Return what is held; nothing while there is no index to read."""
        try:
            return holdings(self._library.current(), self._intake)
        except TongbaoError:
            return ()


def _denied(language: str) -> Html:
    return tag("section", tag("p", words_of(language)["add_denied"], class_="warning"), class_="drawer")
