"""The explanation of an answer as paragraphs for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assistant.layout import Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assistant.pipeline import Assistant

_HEAD = "bold"
_KINDS = {
    "number": "数量",
    "date": "时间",
    "entity": "名称",
    "title": "文件名",
    "contact": "联系方式",
    "list": "清单",
    "measures": "措施",
    "yes_no": "是否",
    "phrase": "说法",
}
_STAGES = {
    "understand": "理解",
    "places": "地名",
    "look_up": "检索",
    "read": "阅读",
    "compose": "组织",
    "judge": "判断",
    "cite": "引用",
}


def ask_explained(assistant: Assistant, asked: str, **options: Any) -> tuple[dict[str, Any], list[Paragraph]]:
    """Return the record of an answer with its explanation under `explain`, and both as paragraphs for a terminal."""
    from assistant.explain import explanation_of
    from assistant.observe import observing
    from assistant.terminal import answer_paragraphs

    with observing() as seen:
        answer = assistant.ask(asked, **options)
    explained = explanation_of(seen, answer, assistant)
    paragraphs = [*answer_paragraphs(answer, assistant.index), *explanation_paragraphs(explained)]
    return answer.to_record() | {"explain": explained}, paragraphs


def explanation_paragraphs(explained: Mapping[str, Any]) -> Iterator[Paragraph]:
    """Yield what `assistant.explain.explanation_of` returned, for a person to read."""
    yield Paragraph()
    yield Paragraph("── 作答过程 ──", _HEAD)
    if explained["understood"]:
        yield from _understood(explained["understood"])
    for reading in explained["readings"]:
        yield from _reading(reading)
    yield Paragraph()
    yield Paragraph(f"结论：{explained['decision']['why']}", hanging=6)
    taken = "，".join(f"{_STAGES.get(name, name)} {ms:.1f}" for name, ms in explained["stages_ms"].items())
    yield Paragraph(f"用时（毫秒）：{taken}", hanging=14)


def _understood(told: Mapping[str, Any]) -> Iterator[Paragraph]:
    yield Paragraph(f"问题理解为：{told['question']}", hanging=12)
    asked = [f"要找：{_KINDS.get(told['wanted'], told['wanted'])}"]
    asked += [f"量词：{told['counter']}"] if told["counter"] else []
    asked += [f"单位：{'、'.join(told['units'])}"] if told["units"] else []
    asked += [f"未收录：{'、'.join(told['other_places'])}"] if told["other_places"] else []
    asked += [f"年份：{'、'.join(told['years'])}"] if told["years"] else []
    asked += ["逐个单位比较"] if told["comparison"] else []
    asked += [f"承接上文：{told['context']}"] if told["context"] else []
    yield Paragraph("；".join(asked), indent=2)
    words = [
        f"{one['word']} {one['weight']:.2f}" + (f"（{'、'.join(one['wordings'][:4])}）" if one["wordings"] else "")
        for one in told["indicator_words"]
    ]
    if words:
        yield Paragraph(f"关键词：{'；'.join(words)}", indent=2, hanging=8)


def _reading(told: Mapping[str, Any]) -> Iterator[Paragraph]:
    named = "、".join(told["units"]) or "全部单位"
    yield Paragraph()
    yield Paragraph(f"在{named}的 {told['notices_searched']} 份通报里查找", _HEAD)
    yield Paragraph("名次  总分   BM25   余弦   段落", indent=2)
    for one in told["candidates"]:
        place = f"{one['file']} {one['start']}–{one['end']} {' › '.join(one['section'][-1:])}"
        row = f"{one['rank']:>3}  {one['score']:.3f}  {one['bm25']:>5.2f}  {one['cosine']:.3f}  {place}"
        yield Paragraph(row, indent=2, hanging=29)
    if told["by_rule"]:
        yield Paragraph("由规则从通报自身的记载读出，没有逐句阅读", indent=2)
    elif told["evidence"]:
        yield Paragraph("句子和其中的内容（得分；最起作用的特征）", indent=2)
    for one in told["evidence"]:
        shares = "，".join(f"{share['feature']} {share['share']:+.2f}" for share in one["strongest"])
        yield Paragraph(f"{one['score']:.2f}  {one['value']}｜{one['sentence']}（{shares}）", indent=4, hanging=6)
