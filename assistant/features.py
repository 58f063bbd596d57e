"""What is known about one candidate in one sentence for one question, as numbers."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.candidates import AGENT, BOUNDARY, COUNTERS
from assistant.terms import places_of, question_terms, related, said
from index.analysis import bigrams, segment, tokens
from index.search import question_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.candidates import Candidate
    from assistant.question import Question
    from assistant.sentences import Sentence, SentenceStore
    from assistant.terms import Term
    from index.store import Index
    from index.types import Hit

NAMES = (
    "coverage",
    "coverage_soft",
    "coverage_headings",
    "coverage_passage",
    "cosine",
    "passage_score",
    "passage_rank",
    "bigrams",
    "missing",
    "near",
    "clause_coverage",
    "typed",
    "unit_fit",
    "year_fit",
    "foreign",
    "in_question",
    "length",
    "name_fit",
    "after_terms",
    "quoted",
    "order",
    "candidate_length",
    "heading_own",
    "figure_in_phrase",
    "clause_cosine",
    "noun_fit",
    "enumerates",
    "characters",
    "clause_characters",
    "best_term",
    "words_share",
    "agent",
    "clean_name",
    "blocked",
    "free_near",
)
SMALL = {"两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_NAMED_KINDS = ("name", "quoted", "person", "title")
_COMMON = frozenset("的了在是和与对为把被给向从到于由将以等都就也还又很更最并中上下里内后前时年月日个一有没要会能让用按这那其他们我自方面情况问题事进行关相通过根据大小多少人家名次件项条份号点")
_NEAR = 18.0
"""Characters over which the credit of a term near a candidate falls to 1/e."""
_WANTED_COUNTER = re.compile(rf"(?:多少|几)(?:多)?({COUNTERS})")
_ENDING_COUNTER = re.compile(rf"({COUNTERS})(?:以上|以下|左右|以内|内)?$")
_MONEY = re.compile(r"多少钱|花了多少|资金|金额|经费|投资|投了|补贴|补助|奖补|款|产值|营收|收入|价值|GDP|gdp|生产总值|总量|预算|多少个?亿|几个?亿|钱")
_SHARE = re.compile(r"百分之[几多]|比例|占比|比重|率(?!先)|幅|几成|百分比|[涨降增减升少多高]了?多少(?![\u4e00-\u9fff])|同比|份额")
_POINTS = re.compile(r"个?百分点|几个点|多少个点|提高了?几个|提升了?几个")
_RANK = re.compile(r"第几|排名|名次|排第|位列|位居|排到|排在")
_PEOPLE = re.compile(r"多少人|几人|几个人|多少名|几名|多少位|人数")
_UNIT_GROUPS = (
    (_POINTS, re.compile(r"百分点$")),
    (_RANK, re.compile(r"^第|位次$|名$|位$")),
    (_SHARE, re.compile(r"%$|^百分之|百分点$|倍$|成$|‰$")),
    (_MONEY, re.compile(r"元$|[万亿]$")),
    (_PEOPLE, re.compile(r"人$|名$|位$|人次$")),
)
_ALIKE = (
    frozenset("个项条件种类份处款样点块桩起宗"),
    frozenset("人名位") | {"人次", "口", "个"},
    frozenset("次场轮批回趟期个") | {"场次", "批次", "人次"},
    frozenset("家户个所座处间") | {"家次"},
    frozenset("天日") | {"个工作日", "工作日"},
    frozenset("年月") | {"个月", "季度"},
    frozenset("辆台套艘架只个"),
)
"""Counters that stand for one another: 多少条措施 is answered by 158项."""
_NOUN = re.compile(
    r"(?:多少|几|[两三四五六七八九十\d]{1,3})(?:个|项|条|家|名|位|人|次|件|所|座|处|张|份|期|批|轮|场|起|种|类|部|套|户|只|台|辆|亩|元|人次|批次|场次)?(?:的)?"
    r"([\u4e00-\u9fff]{2,8})"
)
_CLASSES = (
    (re.compile(r"医院|诊所|卫生院"), re.compile(r"院$|卫生服务中心$|中心$")),
    (re.compile(r"大学|高校|学校|院校|学院|中学|小学"), re.compile(r"大学$|学院$|学校$|中学$|小学$|职院$|高中$|校$")),
    (re.compile(r"公司|企业|厂|集团|国企|平台公司"), re.compile(r"公司$|集团$|企业$|厂$|银行$")),
    (re.compile(r"科研|研究|设计|技术支撑|智库"), re.compile(r"研究院$|研究所$|设计院$|规划院$|科学院$|院$|所$|大学$")),
    (re.compile(r"街道"), re.compile(r"街道$")),
    (re.compile(r"社区"), re.compile(r"社区$")),
    (re.compile(r"村"), re.compile(r"村$")),
    (re.compile(r"乡镇|镇"), re.compile(r"镇$|乡$")),
    (re.compile(r"(?:哪个|什么|哪些)(?:区|县|市|地方)|区县|县区"), re.compile(r"区$|县$|市$|州$")),
    (re.compile(r"巡视组|巡察组|队伍|小组|专班|班子|组"), re.compile(r"组$|专班$")),
    (re.compile(r"部门|单位|机构|机关|团体|组织|谁|交给|牵头"), re.compile(r"事务所$|局$|委$|委员会$|厅$|部$|办$|办公室$|中心$|院$|会$|政府$|党组$|公司$|协会$|组$")),
    (re.compile(r"称号|荣誉|名头|奖|评为|评上"), re.compile(r"单位$|县$|区$|称号$|示范|先进|优秀|百强|品牌$|等次$")),
    (re.compile(r"项目|工程"), re.compile(r"项目$|工程$|高机|基地$")),
    (re.compile(r"机制|制度|模式|做法|办法"), re.compile(r"制度$|机制$|模式$|工作法$|行动$")),
    (re.compile(r"行动|活动|专项"), re.compile(r"行动$|活动$|专项$|整治$")),
    (re.compile(r"平台|系统|中心"), re.compile(r"平台$|系统$|中心$")),
    (re.compile(r"园|基地|示范区"), re.compile(r"园$|园区$|基地$|示范区$|试验区$|先导区$")),
)
_HEADS = re.compile(
    r"(?:哪(?:一)?[个家所座支位份种类项]?|什么|啥|何)(?:样的)?([\u4e00-\u9fff]{1,6})|([\u4e00-\u9fff]{1,4})(?:是|叫)(?:什么|啥|谁|哪)"
)


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A question prepared for scoring sentences."""

    question: Question
    terms: tuple[Term, ...]
    weights: NDArray[np.float32]
    vectors: NDArray[np.float32]
    """One row a term: the mean of the vectors of its words."""
    vector: NDArray[np.float32]
    pairs: dict[str, float]
    """Character bigrams of the core with their weights."""
    characters: dict[str, float]
    """Characters of the terms with their weights."""
    words: tuple[tuple[str, float, bool], ...]
    """Search words of the question and of its expansions: word, weight, whether the question says it itself."""
    unit_patterns: tuple[re.Pattern[str], ...]
    counter: str
    classes: tuple[re.Pattern[str], ...]
    """What a name of the kind asked for ends with."""
    noun: tuple[Term, ...]
    """The words of the noun that is counted (多少条整改措施)."""
    foreign: frozenset[str]
    """Ids of notices outside the named units that may be looked at."""


def probe(question: Question, index: Index, store: SentenceStore, *, foreign: frozenset[str] = frozenset()) -> Probe:
    """Return `question` prepared for scoring: terms, vectors, the unit of measure and the noun it asks for."""
    terms = question_terms(question.core, index, context=question.context)
    weights = np.array([term.weight for term in terms], np.float32)
    rows = [_mean(store.word_vectors([w for w in segment(term.text) if len(w) > 1] or [term.text])) for term in terms]
    dimensions = index.embedder.dimensions
    vectors = np.stack(rows) if rows else np.zeros((0, dimensions), np.float32)
    pairs = {pair: index.lexical.idf("_" + pair) for pair in bigrams(question.core)}
    counter = _WANTED_COUNTER.search(question.folded)
    return Probe(
        question=question,
        terms=terms,
        weights=weights,
        vectors=vectors,
        vector=index.embedder.encode([question.text])[0],
        pairs=pairs,
        characters=_characters(terms),
        words=_search_words(question, index),
        unit_patterns=_unit_patterns(question.core, counter.group(1) if counter else ""),
        counter=counter.group(1) if counter else "",
        classes=_classes(question),
        noun=_counted(question, index),
        foreign=foreign,
    )


def _search_words(question: Question, index: Index) -> tuple[tuple[str, float, bool], ...]:
    core = set(tokens(question.core))
    found = question_words(question.core, index.lexicon.expand(question.core))
    return tuple((word.removeprefix("_"), weight * index.lexical.idf(word), word in core) for word, weight in found)


def _words_share(words: Sequence[tuple[str, float, bool]], text: str) -> float:
    """Return what of the question's words and wordings a text says, over what the question itself says."""
    total = sum(weight for _, weight, own in words if own)
    return min(1.0, sum(weight for word, weight, _ in words if word in text) / total) if total else 0.0


def _unit_patterns(asked: str, counter: str) -> tuple[re.Pattern[str], ...]:
    """Return what the figure must end with: told by its counter alone if there is one, else by the first hint."""
    if counter and counter != "个":
        return ()
    return tuple(fits for asks, fits in _UNIT_GROUPS if asks.search(asked))[:1]


def _characters(terms: Sequence[Term]) -> dict[str, float]:
    """Return what each character of the terms is worth: single characters often survive a paraphrase (讨回, 追讨)."""
    found: dict[str, float] = {}
    for term in terms:
        for char in term.text:
            if char not in _COMMON:
                found[char] = max(found.get(char, 0.0), term.weight)
    return found


def _mean(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    total = rows.mean(axis=0)
    norm = float(np.linalg.norm(total))
    return (total / norm if norm else total).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """How one sentence meets a question: per-term credits and shared features."""

    hard: NDArray[np.float32]
    soft: NDArray[np.float32]
    headings: NDArray[np.float32]
    passage: NDArray[np.float32]
    spots: tuple[tuple[int, int, float], ...]
    """Start, end and credit × weight of every term said or hinted at in the sentence."""
    shared: tuple[float, ...]
    heading_share: float
    extra: tuple[float, float, float]
    """Share of characters said; weight of the heaviest term said; share of search words said."""


def match_sentence(probe: Probe, sentence: Sentence, hit: Hit, rank: int) -> Match:
    """Return how `sentence` of the `rank`-th hit (from 0) meets the question."""
    hard = np.array([said(term, sentence.text) for term in probe.terms], np.float32)
    cosines = probe.vectors @ sentence.vectors.T if sentence.words else np.zeros((len(probe.terms), 0), np.float32)
    hints = np.array([related(float(row.max())) if row.size else 0.0 for row in cosines], np.float32) * 0.8
    soft = np.maximum(hard, hints)
    own = np.array([said(term, sentence.headings) for term in probe.terms], np.float32)
    headings = np.maximum(soft, 0.8 * own)
    before = np.array([said(term, sentence.before) for term in probe.terms], np.float32)
    passage = np.maximum(headings, 0.6 * before)
    shared = (
        _share(hard, probe.weights),
        _share(soft, probe.weights),
        _share(headings, probe.weights),
        _share(passage, probe.weights),
        float(probe.vector @ sentence.vector),
        hit.score,
        1.0 / (1 + rank),
        _pair_share(probe.pairs, sentence.text),
        float(((1 - passage) * probe.weights).max(initial=0.0) / max(float(probe.weights.max(initial=0.0)), 1e-6)),
    )
    extra = (
        _character_share(probe.characters, sentence.text),
        float((soft * probe.weights).max(initial=0.0)),
        _words_share(probe.words, sentence.text),
    )
    spots = tuple(_spots(probe, sentence, hard, hints, cosines))
    return Match(hard, soft, headings, passage, spots, shared, _share(own, probe.weights), extra)


def _share(credits: NDArray[np.float32], weights: NDArray[np.float32]) -> float:
    total = float(weights.sum())
    return float(credits @ weights) / total if total else 0.0


def _character_share(characters: dict[str, float], text: str) -> float:
    total = sum(characters.values())
    return sum(weight for char, weight in characters.items() if char in text) / total if total else 0.0


def _pair_share(pairs: dict[str, float], text: str) -> float:
    total = sum(pairs.values())
    return sum(weight for pair, weight in pairs.items() if pair in text) / total if total else 0.0


def _spots(
    probe: Probe,
    sentence: Sentence,
    hard: NDArray[np.float32],
    hints: NDArray[np.float32],
    cosines: NDArray[np.float32],
) -> Sequence[tuple[int, int, float]]:
    spots: list[tuple[int, int, float]] = []
    for number, term in enumerate(probe.terms):
        starts = places_of(term, sentence.text) if hard[number] else []
        spots += [(start, start + len(term.text), float(hard[number] * term.weight)) for start in starts]
        if not starts and hints[number] > 0:
            word = sentence.words[int(cosines[number].argmax())]
            start = sentence.text.find(word)
            if start >= 0:
                spots.append((start, start + len(word), float(hints[number] * term.weight)))
    return spots


def candidate_features(
    probe: Probe, sentence: Sentence, match: Match, candidate: Candidate, rivals: Sequence[Candidate] = ()
) -> NDArray[np.float32]:
    """Return the features named in `NAMES` for a candidate whose offsets count from the sentence's start.

    `rivals` are the sentence's candidates of the same kind: what stands behind one of them belongs to it.
    """
    text = sentence.text
    value = text[candidate.start : candidate.end]
    named = candidate.kind in _NAMED_KINDS
    blocked, free = _free(match.spots, candidate, rivals)
    total = float(probe.weights.sum()) or 1.0
    clause_start = max(text.rfind(mark, 0, candidate.start) for mark in ",:;。") + 1
    clause_ends = [at for mark in ",;。:" if (at := text.find(mark, candidate.end)) >= 0]
    clause_end = min(clause_ends, default=len(text))
    return np.array(
        (
            *match.shared,
            _near(match.spots, candidate) / total,
            sum(credit for a, b, credit in match.spots if a >= clause_start and b <= clause_end) / total,
            float(candidate.kind != "clause"),
            unit_fit(probe, value) if candidate.kind == "figure" else 0.0,
            year_fit(probe.question.years, sentence, candidate.start),
            float(sentence.passage.notice in probe.foreign),
            float(len(value) > 1 and value in probe.question.folded),
            math.log(1 + len(text)) / 5,
            _name_fit(probe, candidate, value) if named else 0.0,
            _after(match.spots, candidate) / total,
            float(candidate.kind == "quoted"),
            candidate.start / max(1, len(text)),
            min(1.0, len(value) / 40),
            match.heading_share,
            float(candidate.kind == "figure" and "\u4e00" <= text[candidate.end : candidate.end + 1] <= "\u9fff"),
            float(probe.vector @ sentence.clause_vector(clause_start, clause_end)),
            _noun_fit(probe, text, candidate) if candidate.kind == "figure" else 0.0,
            _enumerates(probe, value) if candidate.kind in ("series", "titles") else 0.0,
            match.extra[0],
            _character_share(probe.characters, text[clause_start:clause_end]),
            match.extra[1],
            match.extra[2],
            float(bool(AGENT.search(text[max(0, candidate.start - 5) : candidate.start]))) if named else 0.0,
            _clean(text, candidate, clause_start) if candidate.kind == "name" else 0.0,
            blocked,
            free / total,
        ),
        np.float32,
    )


def _near(spots: Sequence[tuple[int, int, float]], candidate: Candidate) -> float:
    best: dict[tuple[int, int], float] = {}
    for start, end, credit in spots:
        gap = max(0, candidate.start - end, start - candidate.end)
        best[start, end] = max(best.get((start, end), 0.0), credit * math.exp(-gap / _NEAR))
    return sum(best.values())


def _free(
    spots: Sequence[tuple[int, int, float]], candidate: Candidate, rivals: Sequence[Candidate]
) -> tuple[float, float]:
    """Return the share of the sentence's matched words that a rival cuts off from a figure, and the rest's nearness.

    In "营业收入254.9亿元,利润总额稳步增长" the figure stands between 利润总额 and nothing: what follows a figure's
    clause is not about it.
    """
    total = sum(credit for _, _, credit in spots)
    if candidate.kind not in ("figure", "date") or not total:
        return 0.0, 0.0
    cut = near = 0.0
    for start, end, credit in spots:
        low, high = (end, candidate.start) if end <= candidate.start else (candidate.end, start)
        if any(low <= rival.start and rival.end <= high for rival in rivals if rival is not candidate):
            cut += credit
        else:
            near += credit * math.exp(-max(0, high - low) / _NEAR)
    return cut / total, near


def _after(spots: Sequence[tuple[int, int, float]], candidate: Candidate) -> float:
    return sum(credit * math.exp(-max(0, candidate.start - end) / _NEAR) for _, end, credit in spots if end <= candidate.start)


def unit_fit(probe: Probe, value: str) -> float:
    """Return 1.0 if a figure has the unit that the question asks for, -1.0 if another, 0.0 if it asks for none."""
    if probe.unit_patterns:
        if any(pattern.search(value) for pattern in probe.unit_patterns):
            return 1.0
        if not probe.counter:
            return -1.0
    if not probe.counter:
        return 0.0
    if value.startswith("第"):
        return -1.0
    own = counter_of(value)
    if own == probe.counter:
        return 1.0
    if any(own in group and probe.counter in group for group in _ALIKE):
        return 0.85
    return -0.3 if not own else -1.0


def counter_of(value: str) -> str:
    """Return the counter that a figure ends with, or an empty string.

    >>> counter_of("158项"), counter_of("1.4万"), counter_of("20日以内")
    ('项', '', '日')
    """
    found = _ENDING_COUNTER.search(value)
    return found.group(1) if found else ""


def year_fit(years: Sequence[str], sentence: Sentence, position: int) -> float:
    """Return how the year that governs a place in a sentence meets the asked years: 1 equal, -1 another, 0 unknown."""
    if not years:
        return 0.0
    before = re.findall(r"(?<!\d)((?:19|20)\d{2})(?=年|届|-)", sentence.text[: position + 6])
    if before:
        return 1.0 if before[-1] in years else -1.0
    behind = re.findall(r"(?<!\d)((?:19|20)\d{2})(?=年|届|-)", sentence.text[position:])
    if behind:
        return 0.6 if set(behind) & set(years) else -0.6
    if sentence.inherited_year:
        return 0.7 if sentence.inherited_year in years else -0.7
    return 0.0


def _classes(question: Question) -> tuple[re.Pattern[str], ...]:
    """Return the endings of names of the kind asked for, told by the words around the question word."""
    asked = " ".join("".join(parts) for parts in _HEADS.findall(question.folded)) or question.folded
    found = tuple(ends for asks, ends in _CLASSES if asks.search(asked))
    return found or tuple(ends for asks, ends in _CLASSES if asks.search(question.folded))


def _counted(question: Question, index: Index) -> tuple[Term, ...]:
    noun = _NOUN.search(question.folded)
    return question_terms(noun.group(1), index) if noun else ()


def _name_fit(probe: Probe, candidate: Candidate, value: str) -> float:
    """Return 1.0 if a name ends like the kind asked for (哪家医院 → …医院), -0.3 if another kind was asked for."""
    if candidate.kind == "person":
        return 1.0 if re.search(r"谁|何人|名字|哪位", probe.question.folded) else -0.5
    if not probe.classes:
        return 0.0
    return 1.0 if any(ends.search(value) for ends in probe.classes) else -0.3


def _clean(text: str, candidate: Candidate, clause_start: int) -> float:
    """Return 1.0 for a name between two boundaries with none inside, less for each that is inside or missing."""
    inside = len(BOUNDARY.findall(text, candidate.start, candidate.end))
    before = text[max(clause_start, candidate.start - 5) : candidate.start]
    opened = not before or bool(re.search(rf"(?:{BOUNDARY.pattern})$", before))
    after = text[candidate.end : candidate.end + 4]
    closed = not after or not "\u4e00" <= after[0] <= "\u9fff" or bool(BOUNDARY.match(after))
    return (1.0 if opened else 0.3) * (1.0 if closed else 0.6) - 0.5 * inside


def _noun_fit(probe: Probe, text: str, candidate: Candidate) -> float:
    """Return how well the words next to a figure name what the question counts, in [0, 1]."""
    if not probe.noun:
        return 0.0
    around = (text[candidate.end : candidate.end + 10], text[max(0, candidate.start - 14) : candidate.start])
    total = sum(term.weight for term in probe.noun)
    return max(sum(said(term, part) * term.weight for term in probe.noun) for part in around) / total


def _enumerates(probe: Probe, value: str) -> float:
    """Return 1.0 if an enumeration has as many parts as the question says (哪三份), else a little for each part."""
    parts = value.count("《") if "《" in value else value.count("、") + 1
    asked = re.search(r"哪([两三四五六七八九十\d]{1,2})(?![年月日天])", probe.question.folded)
    if asked and parts in (SMALL.get(asked[1], 0), int(asked[1]) if asked[1].isdigit() else 0):
        return 1.0
    return min(0.5, 0.1 * parts)
