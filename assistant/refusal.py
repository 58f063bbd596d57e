"""Plain refusals: what was asked, what was searched, what is nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.types import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.question import Question
    from index.types import Hit

_MOST_UNITS = 12
NOTHING_CHOSEN = "所选范围里没有通报"
UNIT_NOT_CHOSEN = "所问单位的通报不在所选范围里"


def explain(
    reason: Reason,
    question: Question,
    *,
    units: Sequence[str],
    searched: int,
    hits: Sequence[Hit],
    detail: str = "",
    everything: bool = True,
) -> str:
    """Return the text of a refusal: one or two sentences in Chinese.

    `units` are the units that are held, `searched` the number of notices looked at, `detail` what is missing,
    `everything` whether all notices were looked at.
    """
    held = "、".join(units[:_MOST_UNITS]) + (f"等 {len(units)} 个单位" if len(units) > _MOST_UNITS else "")
    if reason is Reason.UNKNOWN_UNIT:
        names = "、".join(question.places.other) or "所问单位"
        return f"没有收录{names}的通报，不能回答。现有通报涉及：{held or '（无）'}。"
    what = detail or "现有通报没有写明所问的内容"
    nearest = f"最接近的内容见“{_place(hits[0])}”，供参考，不是答案。" if hits else ""
    scope = "、".join(unit.name for unit in question.places.units) or ("全部" if everything else "所选范围的")
    return f"{what}，不作回答。已查找{scope} {searched} 份通报。{nearest}"


def _place(hit: Hit) -> str:
    heading = " ".join((hit.passage.path[-1] if hit.passage.path else hit.passage.text).split())
    return heading if len(heading) <= 30 else heading[:30] + "…"
