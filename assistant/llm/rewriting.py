"""Follow-up questions rewritten by the model: taken only if nothing in them is new."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.errors import LlmError
from assistant.llm.closing import closed
from assistant.llm.prompt import rewrite_messages
from assistant.llm.shield import shield
from assistant.llm.thoughts import without_thoughts
from index.analysis import fold
from index.dates import arabic_years

if TYPE_CHECKING:
    from collections.abc import Sequence
    from threading import Event

    from assistant.llm.types import Llm
    from assistant.units import Gazetteer

_MOST_TOKENS = 120
_LONGEST = 200
_LABEL = re.compile(r"^(?:改写(?:后的?)?(?:问题)?|问题|完整问题)\s*[:：]\s*")
_QUOTES = "“”\"'「」 "
_FIGURE = re.compile(r"\d+(?:\.\d+)?")


def rewrite(
    llm: Llm, question: str, history: Sequence[str], gazetteer: Gazetteer, *, cancelled: Event | None = None
) -> tuple[str, str]:
    """Return the question as the model rewrote it and an empty string, or an empty string and why it is not taken."""
    messages = rewrite_messages(question, history)
    try:
        with closed(llm.stream(messages, max_tokens=_MOST_TOKENS, cancelled=cancelled)) as pieces:
            reply = "".join(without_thoughts(pieces))
    except LlmError as error:
        return "", f"追问没有由语言模型改写：{error}"
    lines = [line.strip() for line in reply.splitlines() if line.strip()]
    written = shield(_LABEL.sub("", lines[0])).strip(_QUOTES) if lines else ""
    reason = objection(written, question, history, gazetteer)
    return ("", f"语言模型改写的追问未采用：{reason}") if reason else (written, "")


def objection(written: str, question: str, history: Sequence[str], gazetteer: Gazetteer) -> str:
    """Return why a rewritten question cannot be taken; empty if it can.

    It may name only places and figures that were named before; the places of the question itself must stay, and where
    places were named before, one must be named.
    """
    if not written or len(written) > _LONGEST:
        return "没有写出一个问题"
    before = "\n".join((*history, question))
    named, known, own = (_places(text, gazetteer) for text in (written, before, question))
    if named - known:
        return f"多出了{'、'.join(sorted(named - known))}"
    if own and named != own:
        return "改动了所问的单位"
    if known and not named:
        return "丢掉了所问的单位"
    added = _figures(written) - _figures(before)
    return f"多出了数字 {'、'.join(sorted(added))}" if added else ""


def _places(text: str, gazetteer: Gazetteer) -> set[str]:
    found = gazetteer.find(text)
    return {unit.name for unit in found.units} | set(found.other)


def _figures(text: str) -> set[str]:
    return set(_FIGURE.findall(arabic_years(fold(text))))
