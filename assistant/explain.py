"""Why a question got its answer: how it was understood, what was looked up and read, why that was chosen or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assistant.types import Reason, Status

if TYPE_CHECKING:
    from assistant.evidence import Evidence
    from assistant.observe import Observation, Seen
    from assistant.pipeline import Assistant
    from assistant.question import Question
    from assistant.types import Answer

_MOST_CANDIDATES, _MOST_EVIDENCE, _MOST_SHARES = 10, 5, 4


def explanation_of(seen: Observation, answer: Answer, assistant: Assistant) -> dict[str, Any]:
    """Return the explanation of `answer` as plain JSON values: understood, stages_ms, readings, decision.

    `seen` is what was observed while it was made; a question that could not be asked leaves it empty.
    """
    return {
        "understood": _understood(seen.asked, seen) if seen.asked else None,
        "stages_ms": {name: round(taken, 2) for name, taken in seen.stages.items()},
        "readings": [_reading(one, assistant) for one in seen.readings],
        "decision": _decision(answer, seen, assistant),
    }


def _understood(asked: Question, seen: Observation) -> dict[str, Any]:
    probe = seen.readings[0].reading.found.probe if seen.readings else None
    return {
        "question": asked.text,
        "wanted": str(asked.wanted),
        "units": [unit.name for unit in asked.places.units],
        "other_places": list(asked.places.other),
        "years": list(asked.years),
        "comparison": asked.comparison,
        "every_unit": asked.exhaustive,
        "office_holder": asked.office_holder,
        "context": asked.context,
        "counter": probe.counter if probe else "",
        "indicator_words": [
            {"word": term.text, "weight": round(term.weight, 3), "wordings": [wording for wording, _ in term.others]}
            for term in (probe.terms if probe else ())
        ],
    }


def _reading(seen: Seen, assistant: Assistant) -> dict[str, Any]:
    """Return what one reading looked up and weighed; a comparison has one for each unit."""
    reading = seen.reading
    found = reading.found
    kind = str(seen.asked.wanted)
    return {
        "units": [unit.name for unit in seen.units],
        "notices_searched": len(assistant.index.notices) if found.notices is None else len(found.notices),
        "candidates": [
            {
                "rank": rank,
                "file": hit.passage.file,
                "start": hit.passage.start,
                "end": hit.passage.end,
                "section": list(hit.passage.path),
                "score": round(hit.score, 4),
                "bm25": round(hit.lexical, 3),
                "cosine": round(hit.dense, 4),
            }
            for rank, hit in enumerate(found.hits[:_MOST_CANDIDATES], start=1)
        ],
        "evidence": [_evidence(one, kind, assistant) for one in reading.ranked[:_MOST_EVIDENCE]],
        "by_rule": bool(reading.draft and reading.draft.certain),
        "confidence": round(reading.confidence, 4),
        "reason": reading.reason and str(reading.reason),
        "detail": reading.detail,
    }


def _evidence(one: Evidence, kind: str, assistant: Assistant) -> dict[str, Any]:
    candidate, sentence = one.candidate, one.sentence
    text = assistant.index.text(sentence.passage.file)
    shares = assistant.reader.shares(one, kind)[:_MOST_SHARES]
    return {
        "value": text[one.start : one.end],
        "kind": candidate.kind,
        "sentence": text[sentence.start : sentence.end],
        "file": sentence.passage.file,
        "start": sentence.start,
        "end": sentence.end,
        "score": round(one.score, 3),
        "strongest": [{"feature": name, "share": round(share, 3)} for name, share in shares],
    }


def _decision(answer: Answer, seen: Observation, assistant: Assistant) -> dict[str, Any]:
    return {
        "status": str(answer.status),
        "reason": answer.reason and str(answer.reason),
        "confidence": round(answer.confidence, 4),
        "threshold": round(assistant.threshold, 4),
        "because": because(answer, seen),
        "detail": next((one.reading.detail for one in seen.readings if one.reading.detail), ""),
        "why": _why(answer, seen, assistant.threshold),
    }


def because(answer: Answer, seen: Observation) -> str:
    """Return why the answer was given or not in one word: by_rule, compared, sure, or the reason of the refusal."""
    if answer.status is not Status.ANSWERED:
        return str(answer.reason or Reason.NOT_FOUND)
    if any(one.reading.draft and one.reading.draft.certain for one in seen.readings):
        return "by_rule"
    return "compared" if seen.asked and seen.asked.comparison else "sure"


def _why(answer: Answer, seen: Observation, threshold: float) -> str:
    """Return in a sentence why the answer was given, or why not."""
    sure = f"把握 {answer.confidence:.2f}，门槛 {threshold:.2f}"
    match because(answer, seen):
        case "by_rule":
            return "问的是通报自身的情况（日期、巡视机构、联系方式等），由规则直接读出"
        case "compared":
            return f"逐个单位作答后合并；取各单位中最低的把握：{sure}"
        case "sure":
            return f"得分最高的句子里有合适的内容，{sure}，达到门槛，所以作答"
        case Reason.UNKNOWN_UNIT:
            others = "、".join(seen.asked.places.other) if seen.asked else ""
            return f"所问的地方或单位（{others or '见问题'}）没有收录通报，段落里也没有提到，所以不作答"
        case Reason.LOW_CONFIDENCE:
            return f"找到了相近的内容，但{sure}，没有达到门槛，所以不作答"
    detail = next((one.reading.detail for one in seen.readings if one.reading.detail), "")
    return f"读过的句子里没有符合所问年份、指标或单位的内容{f'（{detail}）' if detail else ''}，所以不作答"
