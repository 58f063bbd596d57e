"""What a model is told: rules, numbered passages as data within marks, and the question, within a budget of tokens."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from assistant.errors import LlmError
from assistant.grounding.types import Source
from assistant.llm.shield import CLOSE, OPEN, seal, shield
from assistant.llm.types import Fault, Message, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_TEMPLATE_TOKENS = 32
"""For the turns of the chat template around the two messages."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """The messages of one question and the passages that found room in them."""

    messages: tuple[Message, ...]
    sources: tuple[Source, ...]
    """As shown: shielded, numbered from 1."""
    dropped: int
    """Passages that found no room; they are the last ones given."""
    tokens: int
    """Of the messages, by the counter given."""


def build_prompt(
    question: str, sources: Sequence[Source], *, budget: int, count_tokens: Callable[[str], int]
) -> Prompt:
    """Return the prompt for `question` over `sources`, best first, in at most `budget` tokens.

    Passages are dropped from the end until the rest fits. Raises LlmError if not even the first one does, or if
    there are none.
    """
    asked = shield(question)
    shielded = [_shielded(source, number) for number, source in enumerate(sources, start=1)]
    system = template("llm_system.txt", {})
    for kept in range(len(shielded), 0, -1):
        text = _user_text(asked, shielded[:kept])
        tokens = count_tokens(system) + count_tokens(text) + _TEMPLATE_TOKENS
        if tokens <= budget:
            messages = (Message(Role.SYSTEM, system), Message(Role.USER, text))
            return Prompt(messages, tuple(shielded[:kept]), len(shielded) - kept, tokens)
    raise LlmError(f"提示最多 {budget} 个词元，放不下一段资料；请调大设置 context_tokens", fault=Fault.CONTEXT)


def _shielded(source: Source, number: int) -> Source:
    headings = tuple(heading for heading in map(shield, source.headings) if heading)
    unit, title, date = shield(source.unit), shield(source.title), shield(source.date)
    return Source(number, shield(source.text), unit, title, date, headings)


def _user_text(question: str, sources: Sequence[Source]) -> str:
    word = seal([question, *(source.text for source in sources)])
    passages = "\n\n".join(_block(source, word) for source in sources)
    marks = {"open": _mark("资料", "n", word), "close": _mark("完", "n", word)}
    return template("llm_user.txt", {**marks, "count": str(len(sources)), "passages": passages, "question": question})


def _mark(what: str, number: int | str, word: str) -> str:
    return f"{OPEN}{what}{number}·{word}{CLOSE}"


def _block(source: Source, word: str) -> str:
    """Return one passage between its marks: each field on one line, the text last."""
    fields = (
        ("编号", f"[{source.n}]"),
        ("单位", source.unit),
        ("通报", source.title),
        ("日期", source.date),
        ("标题", " › ".join(source.headings)),
        ("正文", source.text),
    )
    lines = [f"{name}：{value}" for name, value in fields if value]
    return "\n".join((_mark("资料", source.n, word), *lines, _mark("完", source.n, word)))


def rewrite_messages(question: str, history: Sequence[str]) -> tuple[Message, ...]:
    """Return the messages that ask for `question` as one that stands without `history`."""
    earlier = [shield(one) for one in history]
    word = seal([question, *earlier])
    open_, close = _mark("提问", "", word), _mark("完", "", word)
    lines = [f"此前的问题{number}：{one}" for number, one in enumerate(earlier, start=1)]
    text = "\n".join((open_, *lines, f"追问：{shield(question)}", close))
    return (
        Message(Role.SYSTEM, template("llm_rewrite.txt", {"open": open_, "close": close})),
        Message(Role.USER, text),
    )


def template(name: str, values: Mapping[str, str]) -> str:
    """Return a shipped template with each `{{name}}` filled in; what is filled in is not looked at again."""
    pieces = _template(name).split("{{")
    filled: Iterable[str] = (values[piece.split("}}")[0]] + piece.split("}}", 1)[1] for piece in pieces[1:])
    return "".join((pieces[0], *filled)).strip()


@functools.cache
def _template(name: str) -> str:
    return (files("assistant") / "data" / name).read_text("utf-8")
