"""What the page needs of an assistant, and the assistant of the newest generation."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from index.errors import TongbaoError
from ui.errors import OpeningError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from assistant.scope import Scope
    from assistant.types import Answer
    from index.types import Hit, Notice, Section

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 0.3
"""Between two looks at which generation is current; a look reads one short line."""


class Holdings(Protocol):
    """The indexed notices and their texts."""

    @property
    def generation(self) -> str:
        """Name of this state of the index."""

    @property
    def notices(self) -> Iterable[Notice]:
        """All notices."""

    def sections(self, notice_id: str) -> Sequence[Section]:
        """Return the sections of a notice in order."""

    def text(self, file: str) -> str:
        """Return the decoded text of a file."""


class Assistant(Protocol):
    """Answers questions from the holdings of one generation."""

    @property
    def index(self) -> Holdings:
        """The notices it answers from."""

    def ask(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        unit: str | None = None,
        scope: Scope | None = None,
        top_k: int = 10,
    ) -> Answer:
        """Return the answer record."""

    def search(
        self, question: str, *, top_k: int = 10, unit: str | None = None, scope: Scope | None = None
    ) -> list[Hit]:
        """Return the best passages for a question."""


@runtime_checkable
class Refreshable(Protocol):
    """An assistant that can follow the index to a new generation."""

    def refreshed(self) -> Assistant:
        """Return an assistant on the newest generation: itself if there is no newer one."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An assistant with its notices in the order in which the page lists them."""

    assistant: Assistant
    notices: tuple[Notice, ...]

    def units(self) -> tuple[str, ...]:
        """Return the names of the units, each once."""
        return tuple(dict.fromkeys(notice.unit for notice in self.notices if notice.unit))

    def notice(self, notice_id: str) -> Notice | None:
        """Return the notice of that id, or None."""
        return next((notice for notice in self.notices if notice.id == notice_id), None)

    def notice_at(self, file: str, start: int) -> Notice | None:
        """Return the notice that holds the code point `start` of `file`, or None."""
        return next((n for n in self.notices if n.file == file and n.start <= start < n.end), None)


class Library:
    """Hands out the assistant of the newest generation; one lookup a question, safe among threads."""

    def __init__(self, load: Callable[[], Assistant]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._opened: Opened | None = None
        self._complaint = ""

    def current(self) -> Opened:
        """Return the assistant on the newest generation; raises what loading raises while there is no index."""
        with self._lock:
            before = self._opened
            if before is None:
                self._opened = _first(self._load)
            elif isinstance(before.assistant, Refreshable):
                self._opened = self._newest(before, before.assistant)
            opened = self._opened
        if opened is None:
            raise AssertionError("a loaded assistant is always kept")
        return opened

    def follow(self, ended: threading.Event, *, every: float = _LOOK_SECONDS) -> None:
        """Take up each new generation as it is published, so that nobody's question waits for it, until `ended` is set.

        Nothing is opened before the first question asks for it.
        """
        while not ended.wait(every):
            if self._opened is not None:
                self.current()

    def _newest(self, before: Opened, assistant: Refreshable) -> Opened:
        """Return the newest generation, or the one that is open if the folder can't be read at the moment."""
        try:
            newest = assistant.refreshed()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the new generation, the open one still answers
            if str(error) != self._complaint:  # it is looked at several times a second
                self._complaint = str(error)
                _LOG.exception("the newest generation could not be opened; the one before stays in use")
            return before
        self._complaint = ""
        return before if newest is before.assistant else _open(newest)


def _first(load: Callable[[], Assistant]) -> Opened:
    """Return the assistant just loaded; a fault that nobody foresaw is logged and told in one line."""
    try:
        return _open(load())
    except TongbaoError:
        raise
    except Exception as error:
        _LOG.exception("index or models could not be opened")
        raise OpeningError(f"索引或模型无法打开（{type(error).__name__}），详情见日志") from error


def _open(assistant: Assistant) -> Opened:
    return Opened(assistant, tuple(sorted(assistant.index.notices, key=lambda n: (n.unit, n.published, n.id))))
