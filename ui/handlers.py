"""What happens when the page is opened, a question is asked or something is clicked. No Gradio here."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.scope import Scope, chosen
from assistant.types import Status
from index.errors import TongbaoError
from ui import sources as panel
from ui.chooser import chooser
from ui.evidence import cited, nearest
from ui.examples import Example, examples
from ui.explaining import explained
from ui.links import Address, read_address
from ui.markup import Html
from ui.render import conversation, lead_length
from ui.scopes import read_scope, told, write_scope
from ui.turns import Turn
from ui.viewer import missing, viewer
from ui.welcome import header, no_index, no_notices, welcome
from ui.words import words_of
from ui.writing import Pens, is_written_to, offered, request, requested

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
    scope: str = ""
    """What is searched from now on, as `ui.scopes` writes it; empty for all notices."""
    busy: bool = False
    """Whether more of the answer is to come."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a browser gets when it opens the page."""

    view: View
    header: Html
    chooser: Html
    """What is searched, still closed."""


class Desk:
    """Answers the events of the page; holds no conversation, so that sessions can't see each other."""

    def __init__(self, library: Library, *, command: str, pause: Callable[[float], None] = time.sleep) -> None:
        self._library = library
        self._command = command
        self._pause = pause
        self._lock = threading.Lock()
        self._examples: tuple[Opened, tuple[Example, ...]] | None = None
        self._pens = Pens()

    def warm(self) -> None:
        """Open the index and draw the examples before anybody asks; what fails now is told when the page is opened."""
        try:
            self._welcome(words_of(""))
        except Exception:  # noqa: BLE001 - a thread of its own: nobody waits for it
            _LOG.exception("nothing could be prepared")

    def open(self, search: str, language: str) -> Opening:
        """Return the first view of a browser that opened the page at the address part `search`."""
        words = words_of(language)
        try:
            opened = self._library.current()
        except TongbaoError as error:
            view = View((), no_index(words, error=str(error), command=self._command), Html())
            return Opening(view, header(words, notices=0, units=0), chooser((), Scope(), words))
        address = read_address(search)
        side = self._side((), opened, address, words)
        scope = write_scope(address.scope)
        view = View((), self.talk((), language), side, pending=address.question, scope=scope)
        head = header(words, notices=len(opened.notices), units=len(opened.units()))
        return Opening(view, head, chooser(opened.notices, address.scope, words))

    def chooser(self, scope: str, language: str, *, unfolded: bool = False, mark: str = "") -> Html:
        """Return the chooser of what is searched with `scope` chosen, over the notices that are held now."""
        words = words_of(language)
        try:
            notices = self._library.current().notices
        except TongbaoError:
            notices = ()
        return chooser(notices, read_scope(scope), words, unfolded=unfolded, mark=mark)

    def send(self, draft: str, turns: Turns) -> tuple[str, str]:
        """Return the question to ask now and what stays in the box: while an answer is appearing, all of it."""
        return ("", draft) if _unfinished(turns) else (draft, "")

    def ask(self, question: str, turns: Turns, scope: str, language: str) -> Iterator[View]:
        """Yield the page while a question is read and its answer appears; a blank question yields nothing."""
        if not question.strip():
            return
        to = requested(question)
        if to is not None:
            for grown in self._pens.write_to(to, turns, self._library.current().assistant):
                yield replace(self._view(grown, language, scope=scope), busy=is_written_to(grown))
            return
        within = read_scope(scope)
        turn = Turn(question=question.strip(), unit=told(within, words_of(language)), scope=within)
        yield replace(self._view((*turns, turn), language, scope=scope), busy=True)
        turn = self._answer(turn, turns, language)
        done = self._view((*turns, turn), language, scope=scope)
        if turn.answer is not None and turn.answer.status is Status.ANSWERED:
            length = lead_length(turn.answer)
            for step in range(1, _STEPS):
                partly = (*turns, replace(turn, shown=length * step // _STEPS))
                yield replace(done, turns=partly, talk=self.talk(partly, language), busy=True)
                self._pause(_STEP_SECONDS)
        yield done

    def stop(self, turns: Turns, scope: str, language: str) -> View:
        """Return the page after the person stopped an answer: what was shown of it stays."""
        if is_written_to(turns):
            turns = self._pens.stop_all(turns)
        elif _unfinished(turns):
            turns = (*turns[:-1], replace(turns[-1], stopped=True))
        return self._view(turns, language, scope=scope)

    def act(self, action: Mapping[str, object], turns: Turns, scope: str, draft: str, language: str) -> View:
        """Return the page after a click; an action that is not known changes nothing."""
        i = _number(action.get("turn"))
        known = turns[i] if 0 <= i < len(turns) else None
        words = words_of(language)
        if _unfinished(turns) and action.get("do") not in _HARMLESS:
            return replace(self._view(turns, language, scope=scope), draft=draft)
        match action.get("do"):
            case "show" if known:
                side = panel.sources_panel(i, known, words, focus=_number(action.get("n")))
                return View(turns, self.talk(turns, language), side, draft=draft, scope=scope)
            case "explain" if known:
                told = explained(known, turns[:i], self._library)
                turns = (*turns[:i], told, *turns[i + 1 :])
                side = panel.sources_panel(i, told, words)
                return View(turns, self.talk(turns, language), side, draft=draft, scope=scope)
            case "open":
                return self._opened(action, turns, scope, draft, language)
            case "write" if known:
                return replace(self._view(turns, language, scope=scope), pending=request(i), draft=draft)
            case "retry" if known:
                return replace(
                    self._view(turns[:i], language, scope=write_scope(known.scope)), pending=known.question, draft=draft
                )
            case "edit" if known:
                return replace(self._view(turns[:i], language, scope=write_scope(known.scope)), draft=known.question)
            case "undo" if known:
                return replace(self._view(turns[:i], language, scope=scope), draft=draft)
            case "example":
                question = str(action.get("question", ""))
                return replace(self._view(turns, language, scope=scope), pending=question, draft=draft)
            case "api":
                return replace(self._view(turns, language, scope=scope), side=panel.api_panel(words), draft=draft)
            case "clear":
                return self._view((), language, scope=scope)
            case _:
                return replace(self._view(turns, language, scope=scope), draft=draft)

    def _answer(self, turn: Turn, earlier: Turns, language: str) -> Turn:
        try:
            opened = self._library.current()
            units = opened.units()
            only = chosen(opened.notices, scope=turn.scope)
            if only is not None and not only:
                return replace(turn, error=words_of(language)["empty_filter"].format(unit=turn.unit), units=units)
            history = [before.question for before in earlier if before.answer is not None]
            answer = opened.assistant.ask(turn.question, history=history, scope=turn.scope or None, top_k=10)
        except TongbaoError as error:
            return replace(turn, error=str(error))
        except Exception as error:  # noqa: BLE001 - the edge of the page: one question must not hang its session
            _LOG.exception("a question could not be answered")
            return replace(turn, error=words_of(language)["internal"].format(kind=type(error).__name__))
        answered = answer.status is Status.ANSWERED
        searched = len(opened.notices) if only is None else len(only)
        found = cited(answer, opened) if answered else nearest(answer, opened)
        return replace(
            turn,
            answer=answer,
            sources=found,
            searched=searched,
            units=units,
            generation=opened.assistant.index.generation,
            writing=offered(opened.assistant),
        )

    def _view(self, turns: Turns, language: str, *, scope: str = "") -> View:
        return View(turns, self.talk(turns, language), self._sources(turns, language), scope=scope)

    def is_busy(self, turns: Turns) -> bool:
        """Return whether the last answer is still appearing."""
        return _unfinished(turns)

    def talk(self, turns: Turns, language: str) -> Html:
        """Return the conversation, or the welcome if there is none."""
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

    def _opened(self, action: Mapping[str, object], turns: Turns, scope: str, draft: str, language: str) -> View:
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
        return View(turns, self.talk(turns, language), side, draft=draft, scope=scope)

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
    """Return whether the last answer is still appearing, or a language model is writing."""
    if is_written_to(turns):
        return True
    if not turns or turns[-1].error or turns[-1].stopped:
        return False
    return turns[-1].answer is None or turns[-1].shown is not None


def _number(value: object) -> int:
    """Return a non-negative whole number that the browser sent, or -1."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
