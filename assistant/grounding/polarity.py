"""Whether a clause turns round what the passage says: up for down, yes for no, all for some, done for planned."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.grounding.align import align
from assistant.grounding.derived import on_the_matter
from assistant.grounding.types import Problem, ProblemKind
from assistant.grounding.unfinished import borne_out, contradicted, said_so
from assistant.grounding.wordlists import word_list
from index.analysis import segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.align import Pair
    from assistant.grounding.evidence import Evidence

_ALIGNED = 0.5
"""Share of a clause's words that a clause of the passage must hold before the two are compared."""
UP = re.compile(r"(?<!新)增(?!加值|值|强|设|补)|升(?!级|学)|提高|扩大|上浮|上调|上涨|涨|(?<!至)多了?(?=\d)|翻[倍番]")
DOWN = re.compile(r"减(?!灾)|(?<!投)降(?!雨|水)|缩短|压缩|压减|下浮|下调|回落|(?<![至不])少了?(?=\d)")
_TELLING = 0.5
"""Weight of words that a clause must have to be compared; 不开 alone says too little."""
_NEEDLESS = re.compile(r"不用|不必|无需|无须|不需要?|用不着")
_AT_END = re.compile(r"(?:不行|不可以?|不允许|不能|不准)$")
_DUTY = re.compile(r"[须需]|应当?|必须|要(?!求)")
_OPEN = re.compile(r"还|尚|剩|仍|其余|计划|正在|待")
_SHUT = re.compile(r"[不未没无](?:有)?[^的]{1,3}的")
_FEW = 2
_LITTLE = 2
"""Characters beside the word that a clause must have: 这是间接原因 tells of no matter."""
_FORBIDDEN_WORDS = 4
"""Characters that what is forbidden has at least, for it to be found again."""
_LOOSE = 0.3
_NEAR = 0.35
"""The same for words that are opposites by themselves."""
_NOT = re.compile(
    r"不(?![得能]?[低超少高多早晚迟]|足|断|仅|但|动产|良|同|到|满|妨|力|光|含|等|久|管|论|只|过|符|合格|达标|够)|未(?!来|成年|满)|没有(?!超过\d|达标)|没(?!收|有)|"
    r"无(?!线|缝|障碍|偿|人机)|免(?!疫)|禁止|严禁|取消|拒绝|停止|停发|暂停|暂缓|叫停|除外|(?<=计划)外(?=的)|(?<![千百万亿])零(?![售星散工件下点部配])(?=[\u4e00-\u9fff]{2})|(?<![区级类分性个特])别(?=[超再去把让忘付交买])"
)
PLANNED = re.compile(
    r"计划|预计|估计|拟|将(?=于\d|在\d|会同|组织|对\w)|(?:^|[委府组局县市省区,即还仍])将(?=于|在|对|会|继续|进一步|按|逐|从|把)|力争|目标|争取|打算|准备|有望|预期"
)
_DUE = re.compile(r"确保(?!了)|务必|限期|[须应要](?:在|于)|须|(?<![相对反适响供效呼感顺])应(?![收付急用对答变邀])")
_ALREADY = re.compile(r"已(?:经|于|在|全|完|按|被)?(?!婚)")
_AHEAD = re.compile(r"(?<![需须])要(?!求)|至少|重点是|[要须应需](?:在|于|到|等)|才能|将(?!近)")
_FORBIDDEN = re.compile(r"(?:不得|严禁|禁止|不准|不许|不能|不可)(?:以|再)?(?P<what>[\u4e00-\u9fff]{4,8})")
_IF = re.compile(r"(?:^|[,;。])(?:如遇?|若遇?|如果|一旦|倘)")
_LOOSE_IF = re.compile(r"如果?|若|一旦|的话|可能|[的时],")
_FACT = re.compile(r"因|已|由于")
_ONGOING = re.compile(r"正在|仍在|还在|尚在|在建")
_DONE = re.compile(r"已(?!婚)|完成|完毕|结束")
_EACH = re.compile(r"全部|所有|全额|全都|全数|悉数|[均都]|一律|一切|任何|凡|各(?![级地类界自])|每|100%")
_ALL = re.compile(r"一致同意|全部|所有|全额|全都|全数|悉数")
_ALL_OF = re.compile(r"全部|所有|全额|全都|全数|悉数|[均都]|一律")
_SOME = re.compile(r"(?<![的两])部分(?!组成|费用)|一些|少数")
_BEFORE = re.compile(r"(?P<head>\w{2})(?:之前|以前|日前)")
_AFTER = re.compile(r"(?P<head>\w{2})(?:之后|以后|之日起|后)")


def turned(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the clauses of a canonical sentence that say the opposite of the evidence."""
    for pair in align(body, evidence):
        if pair.weight < _TELLING:
            continue
        if (
            (pair.found >= _LOOSE and _scope(pair))
            or (pair.found >= _ALIGNED and any(rule(pair) for rule in _RULES))
            or (pair.found >= _ALIGNED and _negated(pair) and not _explained(pair, body, evidence))
            or (pair.found >= _NEAR and _reversed(pair))
        ):
            yield Problem(ProblemKind.DIRECTION, pair.ours)
    if contradicted(body, list(on_the_matter(None, body, evidence))):
        yield Problem(ProblemKind.DIRECTION, body)
    yield from _wrong_side(body, evidence.text)
    yield from _allowed(body, evidence.text)


def _opposite(pair: Pair) -> bool:
    ours = bool(UP.search(pair.ours)), bool(DOWN.search(pair.ours))
    theirs = bool(UP.search(pair.theirs)), bool(DOWN.search(pair.theirs))
    return ours in ((True, False), (False, True)) and theirs == (ours[1], ours[0])


def _negated(pair: Pair) -> bool:
    ours, theirs = bool(_NOT.search(pair.ours)), bool(_NOT.search(pair.theirs))
    if _denies_alone(pair.core, pair.ours) or _denies_alone(pair.ours, pair.core):
        return True
    if ours and not theirs and not _NOT.search(_NEEDLESS.sub("", pair.ours)):
        return bool(_DUTY.search(pair.core))
    if ours and not theirs:
        unfinished = _OPEN.search(pair.ours) and _OPEN.search(pair.their_sentence)
        said_so = any(
            word in pair.their_sentence and _denied_in(word, pair.their_sentence) for word in _denied(pair.ours)
        )
        said_so |= bool(_AT_END.search(pair.ours) and _NOT.search(pair.their_sentence))
        return not unfinished and not said_so and not _NOT.search(_next_clause(pair))
    if ours:
        return False
    if PLANNED.search(pair.our_sentence) and PLANNED.search(pair.their_sentence):
        return False
    if _NOT.search(_SHUT.sub("", pair.core)):
        denied = list(_denied(pair.core, reach=4))
        if denied and not any(word in pair.ours for word in denied):
            return False
        return _negations(pair.their_beside) > _negations(pair.beside)
    if _NOT.search(pair.beside):
        return False
    return any(word in pair.ours and word not in pair.core for word in _denied(pair.theirs + "," + _next_clause(pair)))


def _explained(pair: Pair, body: str, evidence: Evidence) -> bool:
    """Whether the no of our clause is the passage's own, or follows from what it says; or ours repeats the passage's no."""
    if not _NOT.search(pair.ours):
        repeated = [match.group() + pair.core[match.end() :][:_FEW] for match in _NOT.finditer(pair.core)]
        return bool(repeated) and all(one in pair.our_sentence for one in repeated)
    own = said_so(pair.ours, "\n".join(evidence.bodies)) and not _NOT.search(pair.core)
    return own or borne_out(pair.ours, list(dict.fromkeys([pair.their_sentence, *on_the_matter(None, body, evidence)])))


def _denies_alone(text: str, other: str) -> bool:
    """Whether a word that `text` denies stands in `other` and is not denied there."""
    return any(word in other and not _denied_in(word, other) for word in _denied(text)) and not other.endswith("的")


def _denied_in(word: str, text: str) -> bool:
    """Whether a no in `text` is for the word: not one that is shut into a phrase before it (未还的…收取)."""
    behind = [text[match.start() : text.find(word)] for match in _NOT.finditer(text)]
    return any(not _SHUT.match(words) for words in behind)


def _negations(text: str) -> int:
    return sum(bool(_NOT.search(clause)) for clause in text.split(","))


def _next_clause(pair: Pair) -> str:
    return re.split(r"[,:]", pair.their_sentence[len(pair.before) :].lstrip(",:"))[0]


def denied_words(text: str) -> frozenset[str]:
    """Return the words right behind a no in a canonical text."""
    return frozenset(_denied(text))


def _denied(text: str, *, reach: int = 2) -> Iterator[str]:
    """Yield the words right behind a no in a clause (不得报考 → 报考); a wider `reach` looks at more words."""
    for match in _NOT.finditer(text):
        behind = text[match.end() : match.end() + (8 if reach <= _FEW else 20)].lstrip("得予能会再将把以")
        behind = behind if reach <= _FEW else behind.replace("、", "")
        most = 1 if match.group() in "无零" and reach <= _FEW else reach
        found = [word for word in segment(re.split(r"\W", behind)[0])[:most] if len(word) > 1]
        yield from found if reach > _FEW else found[:1]


def _too_soon(pair: Pair) -> bool:
    planned = PLANNED.search(pair.core) or (PLANNED.search(pair.before) and _DONE.search(pair.ours))
    if (
        planned
        and not PLANNED.search(pair.our_sentence)
        and not _AHEAD.search(pair.our_sentence)
        and not _ONGOING.search(pair.ours)
    ):
        return True
    if _DUE.search(pair.core) and _ALREADY.search(pair.ours) and not _ALREADY.search(pair.core):
        return True
    return bool(_DONE.search(pair.ours) and _ONGOING.search(pair.theirs) and not _ONGOING.search(pair.ours))


def _only_if(pair: Pair) -> bool:
    """Whether what the passage says for a case is told as a fact: 已顺延 for 如遇暴雨,顺延."""
    if not _IF.search(pair.before) or _IF.search(pair.our_sentence) or _LOOSE_IF.search(pair.our_sentence):
        return False
    return bool(_FACT.search(pair.our_sentence))


def _scope(pair: Pair) -> bool:
    if _ALL.search(pair.ours) and not _EACH.search(pair.their_sentence):
        return True
    return bool(_SOME.search(pair.ours) and not _SOME.search(pair.theirs) and _ALL_OF.search(pair.theirs))


def _reversed(pair: Pair) -> bool:
    for one, _, other in (words.partition("/") for words in word_list("antonym")):
        for ours, theirs in ((one, other), (other, one)):
            if ours in pair.ours and theirs in pair.theirs and ours not in pair.theirs and theirs not in pair.ours:
                return len(pair.ours.replace(ours, "")) > _LITTLE
    return False


_RULES = (_opposite, _too_soon, _only_if)


def _allowed(body: str, text: str) -> Iterator[Problem]:
    """Yield what the evidence forbids, in its words, and the sentence says without any no."""
    if _NOT.search(body):
        return
    for match in _FORBIDDEN.finditer(text):
        what = "".join(segment(match["what"])[:2])
        if len(what) >= _FORBIDDEN_WORDS and what in body and text.count(what) == 1:
            yield Problem(ProblemKind.DIRECTION, what)


def _wrong_side(body: str, text: str) -> Iterator[Problem]:
    """Yield a before where the evidence has an after of the same event, or the reverse."""
    for ours, theirs in ((_BEFORE, _AFTER), (_AFTER, _BEFORE)):
        known = {match["head"] for match in theirs.finditer(text)} - {match["head"] for match in ours.finditer(text)}
        for match in ours.finditer(body):
            if match["head"] in known:
                yield Problem(ProblemKind.DIRECTION, match.group())
