"""What happens when the page is opened, a question is asked or something is clicked. No Gradio here."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.types import Status
from index.errors import TongbaoError
from ui import sources as panel
from ui.evidence import cited, nearest
from ui.examples import Example, examples
from ui.links import Address, read_address
from ui.markup import Html
from ui.render import conversation, lead_length
from ui.turns import Turn
from ui.viewer import missing, viewer
from ui.welcome import header, no_index, no_notices, welcome
from ui.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ui.library import Library, Opened

_LOG = logging.getLogger(__name__)
_HARMLESS = frozenset({"show", "open", "close", "api"})
_STEPS = 10
_STEP_SECONDS = 0.03

Turns = tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows after an event."""

    turns: Turns
    talk: Html
    side: Html
    pending: str = ""
    """A question that is to be asked next; empty if none."""
    draft: str = ""
    """Text of the question box."""
    unit: str = ""
    """The scope chosen; empty for all notices."""
    busy: bool = False
    """Whether more of the answer is to come."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a browser gets when it opens the page."""

    view: View
    header: Html
    scopes: tuple[tuple[str, str], ...]
    """Label and unit of each scope to choose from, first all notices with an empty unit."""


class Desk:
    """Answers the events of the page; holds no conversation, so that sessions can't see each other."""

    def __init__(self, library: Library, *, command: str, pause: Callable[[float], None] = time.sleep) -> None:
        self._library = library
        self._command = command
        self._pause = pause
        self._lock = threading.Lock()
        self._examples: tuple[Opened, tuple[Example, ...]] | None = None

    def open(self, search: str, language: str) -> Opening:
        """Return the first view of a browser that opened the page at the address part `search`."""
        words = words_of(language)
        try:
            opened = self._library.current()
        except TongbaoError as error:
            view = View((), no_index(words, error=str(error), command=self._command), Html())
            return Opening(view, header(words, notices=0, units=0), ((words["scope_all"], ""),))
        address = read_address(search)
        side = self._side((), opened, address, words)
        view = View((), self._talk((), language), side, pending=address.question, unit=address.unit)
        head = header(words, notices=len(opened.notices), units=len(opened.units()))
        return Opening(view, head, _scopes(opened, address.unit, words))

    def send(self, draft: str, turns: Turns) -> tuple[str, str]:
        """Return the question to ask now and what stays in the box: while an answer is appearing, all of it."""
        return ("", draft) if _unfinished(turns) else (draft, "")

    def ask(self, question: str, turns: Turns, unit: str, language: str) -> Iterator[View]:
        """Yield the page while a question is read and its answer appears; a blank question yields nothing."""
        if not question.strip():
            return
        turn = Turn(question=question.strip(), unit=unit)
        yield replace(self._view((*turns, turn), language, unit=unit), busy=True)
        turn = self._answer(turn, turns, language)
        done = self._view((*turns, turn), language, unit=unit)
        if turn.answer is not None and turn.answer.status is Status.ANSWERED:
            length = lead_length(turn.answer)
            for step in range(1, _STEPS):
                partly = (*turns, replace(turn, shown=length * step // _STEPS))
                yield replace(done, turns=partly, talk=self._talk(partly, language), busy=True)
                self._pause(_STEP_SECONDS)
        yield done

    def stop(self, turns: Turns, unit: str, language: str) -> View:
        """Return the page after the person stopped an answer: what was shown of it stays."""
        if _unfinished(turns):
            turns = (*turns[:-1], replace(turns[-1], stopped=True))
        return self._view(turns, language, unit=unit)

    def act(self, action: Mapping[str, object], turns: Turns, unit: str, draft: str, language: str) -> View:
        """Return the page after a click; an action that is not known changes nothing."""
        i = _number(action.get("turn"))
        known = turns[i] if 0 <= i < len(turns) else None
        words = words_of(language)
        if _unfinished(turns) and action.get("do") not in _HARMLESS:
            return replace(self._view(turns, language, unit=unit), draft=draft)
        match action.get("do"):
            case "show" if known:
                side = panel.sources_panel(i, known, words, focus=_number(action.get("n")))
                return View(turns, self._talk(turns, language), side, draft=draft, unit=unit)
            case "open":
                return self._opened(action, turns, unit, draft, language)
            case "retry" if known:
                return replace(self._view(turns[:i], language, unit=known.unit), pending=known.question, draft=draft)
            case "edit" if known:
                return replace(self._view(turns[:i], language, unit=known.unit), draft=known.question)
            case "undo" if known:
                return replace(self._view(turns[:i], language, unit=unit), draft=draft)
            case "example":
                question = str(action.get("question", ""))
                return replace(self._view(turns, language, unit=unit), pending=question, draft=draft)
            case "api":
                return replace(self._view(turns, language, unit=unit), side=panel.api_panel(words), draft=draft)
            case "clear":
                return self._view((), language, unit=unit)
            case "close":
                return replace(self._view(turns, language, unit=unit), draft=draft)
            case _:
                return replace(self._view(turns, language, unit=unit), draft=draft)

    def _answer(self, turn: Turn, earlier: Turns, language: str) -> Turn:
        try:
            opened = self._library.current()
            units = opened.units()
            if turn.unit and turn.unit not in units:
                return replace(turn, error=words_of(language)["empty_filter"].format(unit=turn.unit), units=units)
            history = [before.question for before in earlier if before.answer is not None]
            answer = opened.assistant.ask(turn.question, history=history, unit=turn.unit or None, top_k=10)
        except TongbaoError as error:
            return replace(turn, error=str(error))
        except Exception as error:  # noqa: BLE001 - the edge of the page: one question must not hang its session
            _LOG.exception("a question could not be answered")
            return replace(turn, error=words_of(language)["internal"].format(kind=type(error).__name__))
        answered = answer.status is Status.ANSWERED
        searched = [notice for notice in opened.notices if not turn.unit or notice.unit == turn.unit]
        found = cited(answer, opened) if answered else nearest(answer, opened)
        return replace(turn, answer=answer, sources=found, searched=len(searched), units=units)

    def _view(self, turns: Turns, language: str, *, unit: str = "") -> View:
        return View(turns, self._talk(turns, language), self._sources(turns, language), unit=unit)

    def _talk(self, turns: Turns, language: str) -> Html:
        words = words_of(language)
        return conversation(turns, words, welcome=Html() if turns else self._welcome(words))

    def _welcome(self, words: Mapping[str, str]) -> Html:
        try:
            opened = self._library.current()
        except TongbaoError as error:
            return no_index(words, error=str(error), command=self._command)
        if not opened.notices:
            return no_notices(words, command=self._command)
        with self._lock:
            if self._examples is None or self._examples[0] is not opened:
                self._examples = (opened, examples(opened))
            drawn = self._examples[1]
        return welcome(words, drawn)

    def _sources(self, turns: Turns, language: str) -> Html:
        words = words_of(language)
        if turns and (turns[-1].answer is not None or turns[-1].error):
            return panel.sources_panel(len(turns) - 1, turns[-1], words)
        if turns:
            return Html()
        try:
            return panel.notices_panel(self._library.current().notices, words)
        except TongbaoError:
            return Html()

    def _opened(self, action: Mapping[str, object], turns: Turns, unit: str, draft: str, language: str) -> View:
        words = words_of(language)
        place = Address(
            notice=str(action.get("notice", "")),
            start=_number(action.get("start")),
            end=_number(action.get("end")),
        )
        try:
            side = self._side(turns, self._library.current(), place, words, turn=_number(action.get("turn")))
        except TongbaoError as error:
            side = no_index(words, error=str(error), command=self._command)
        return View(turns, self._talk(turns, language), side, draft=draft, unit=unit)

    def _side(
        self, turns: Turns, opened: Opened, address: Address, words: Mapping[str, str], *, turn: int = -1
    ) -> Html:
        if not address.notice:
            return panel.notices_panel(opened.notices, words)
        notice = opened.notice(address.notice)
        if notice is None:
            return missing(words)
        index = opened.assistant.index
        cites = turns[turn].sources if 0 <= turn < len(turns) else ()
        others = [(source.start, source.end) for source in cites if source.notice == notice.id]
        text, sections = index.text(notice.file), index.sections(notice.id)
        return viewer(notice, sections, text, words, place=(address.start, address.end), others=others)


def _unfinished(turns: Turns) -> bool:
    """Return whether the last answer is still appearing."""
    if not turns or turns[-1].error or turns[-1].stopped:
        return False
    return turns[-1].answer is None or turns[-1].shown is not None


def _scopes(opened: Opened, asked: str, words: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    units = opened.units()
    unknown = [(words["scope_unknown"].format(unit=asked), asked)] if asked and asked not in units else []
    counts = Counter(notice.unit for notice in opened.notices)
    return ((words["scope_all"], ""), *((f"{unit}（{counts[unit]}）", unit) for unit in units), *unknown)


def _number(value: object) -> int:
    """Return a non-negative whole number that the browser sent, or -1."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
