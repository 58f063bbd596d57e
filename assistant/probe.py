"""A question prepared for scoring sentences: its terms, vectors, search words and what it counts or names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.counters import counters_of, noun_asked
from assistant.figures import unit_patterns, wanted_counter
from assistant.roles import asked_role
from assistant.terms import Term, question_terms
from index.analysis import bigrams, segment, tokens
from index.search import question_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.question import Question
    from assistant.roles import AskedRole
    from assistant.sentences import SentenceStore
    from index.rarity import Rarity
    from index.store import Index

_COMMON = frozenset(
    "的了在是和与对为把被给向从到于由将以等都就也还又很更最并中上下里内后前时年月日个一有没要会能让用按这那其他们我自方面情况问题事进行关相通过根据大小多少人家名次件项条份号点"
)
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
    (re.compile(r"(?:哪一?个|什么|哪些)(?:区(?!县)|城区)"), re.compile(r"区$")),
    (re.compile(r"(?:哪一?个|什么|哪些)(?:县|市|地方|区县)|区县|县区"), re.compile(r"区$|县$|市$|州$")),
    (re.compile(r"巡视组|巡察组|队伍|小组|专班|班子|组"), re.compile(r"组$|专班$")),
    (
        re.compile(r"部门|单位|机构|机关|团体|组织|谁|交给|牵头"),
        re.compile(r"事务所$|局$|委$|委员会$|厅$|部$|办$|办公室$|中心$|院$|会$|政府$|党组$|公司$|协会$|组$"),
    ),
    (re.compile(r"称号|荣誉|名头|奖|评为|评上"), re.compile(r"单位$|县$|区$|称号$|示范|先进|优秀|百强|品牌$|等次$")),
    (re.compile(r"项目|工程"), re.compile(r"项目$|工程$|基地$")),
    (re.compile(r"机制|制度|模式|做法|办法"), re.compile(r"制度$|机制$|模式$|工作法$|行动$")),
    (re.compile(r"行动|活动|专项"), re.compile(r"行动$|活动$|专项$|整治$")),
    (re.compile(r"平台|系统|中心"), re.compile(r"平台$|系统$|中心$")),
    (re.compile(r"园|基地|示范区"), re.compile(r"园$|园区$|基地$|示范区$|试验区$|先导区$")),
)
_CALLED = re.compile(r"叫(?:什么|啥)")
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
    counted: frozenset[str]
    """What the things asked for are counted in, where no counter but 个 and no unit is asked for."""
    thing: str
    """The known noun whose number is asked for, or an empty string."""
    classes: tuple[re.Pattern[str], ...]
    """What a name of the kind asked for ends with."""
    noun: tuple[Term, ...]
    """The words of the noun that is counted (多少条整改措施)."""
    role: AskedRole
    """The part in its sentence that the value asked for plays."""
    foreign: frozenset[str]
    """Ids of notices outside the named units that may be looked at."""
    totals: Totals
    """What everything together weighs: the measure of each share."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a probe's weights."""

    terms: float
    pairs: float
    characters: float
    words: float
    """Of the words that the question says itself."""


def probe(
    question: Question,
    index: Index,
    store: SentenceStore,
    *,
    foreign: frozenset[str] = frozenset(),
    rarity: Rarity | None = None,
) -> Probe:
    """Return `question` prepared for scoring, its words worth what is rare in the whole index or what `rarity` says."""
    rarity = index.lexical if rarity is None else rarity
    terms = question_terms(question.core, index, context=question.context, rarity=rarity)
    weights = np.array([term.weight for term in terms], np.float32)
    rows = [_mean(store.word_vectors([w for w in segment(term.text) if len(w) > 1] or [term.text])) for term in terms]
    vectors = np.stack(rows) if rows else np.zeros((0, index.embedder.dimensions), np.float32)
    pairs = {pair: rarity.idf("_" + pair) for pair in bigrams(question.core)}
    counter = wanted_counter(question.folded)
    patterns = unit_patterns(question.core, counter)
    thing = "" if patterns else noun_asked(question.core)
    characters, words = _characters(terms), _search_words(question, index, rarity)
    own = sum([weight for _, weight, said_itself in words if said_itself])
    return Probe(
        question=question,
        terms=terms,
        weights=weights,
        vectors=vectors,
        vector=index.embedder.encode([question.text])[0],
        pairs=pairs,
        characters=characters,
        words=words,
        unit_patterns=patterns,
        counter=counter,
        counted=counters_of(thing) if counter in ("", "个") else frozenset(),
        thing=thing,
        classes=_classes(question),
        noun=_counted(question, index, rarity),
        role=asked_role(question.core),
        foreign=foreign,
        totals=Totals(float(weights.sum()), sum(pairs.values()), sum(characters.values()), own),
    )


def _search_words(question: Question, index: Index, rarity: Rarity) -> tuple[tuple[str, float, bool], ...]:
    core = set(tokens(question.core))
    found = question_words(question.core, index.lexicon.expand(question.core))
    return tuple((word.removeprefix("_"), weight * rarity.idf(word), word in core) for word, weight in found)


def _characters(terms: Sequence[Term]) -> dict[str, float]:
    """Return what each character of the terms is worth: single characters often survive a paraphrase (讨回, 追讨)."""
    found: dict[str, float] = {}
    for term in terms:
        for char in term.text:
            if char not in _COMMON:
                found[char] = max(found.get(char, 0.0), term.weight)
    return found


def _mean(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    total: NDArray[np.float32] = rows.mean(axis=0, dtype=np.float32)
    norm = np.float32(np.linalg.norm(total))
    return total / norm if norm else total


def _classes(question: Question) -> tuple[re.Pattern[str], ...]:
    """Return the endings of names of the kind asked for, told by the words around the question word."""
    asked = " ".join(found.group() for found in _HEADS.finditer(question.folded)) or question.folded
    found = tuple(ends for asks, ends in _CLASSES if asks.search(asked))
    if found or _CALLED.search(asked):
        return found
    return tuple(ends for asks, ends in _CLASSES if asks.search(question.folded))


def _counted(question: Question, index: Index, rarity: Rarity) -> tuple[Term, ...]:
    """Return the words of what is counted; a noun that tells nothing else (问题, 措施) still tells counts apart."""
    noun = _NOUN.search(question.folded)
    if noun is None:
        return ()
    first = next((word for word in segment(noun[1]) if len(word) > 1), "")
    return question_terms(noun[1], index, rarity=rarity) or ((Term(first, 1.0),) if first else ())
