"""The words that carry a question's meaning, what each is worth, and how far a text says them."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from index.analysis import segment

if TYPE_CHECKING:
    from index.lexicon import Lexicon
    from index.rarity import Rarity
    from index.store import Index

_ASKING = re.compile(
    r"什么时[候间]|啥时候|为什么|什么样|什么|多少|多大|多高|多长|多久|哪一?[个些天年月家所座支位份部项次种里儿条届批]?|几[个项条次家名位人所件起户号月份]|"
    r"第几|怎么样?|怎样|如何|是不是|是否|有没有|有无|咋[样]?|啥|吗|呢|吧|谁|何[时地处人]|请问(?:一?下)?|想问一?下?|问一?下|告诉我|麻烦|"
    r"分别|各自|各是|一共|总共|合计|到底|究竟|目前|现在|现如今|最近|这回|这次|那边|这边|那个|这个|那些|这些|那份|这份|一下子|里头|里面|"
    r"后来|具体|都有|有哪|都做|做了|用了|用的|叫做|叫|属于|以来|期间|大概|大约|左右|打算|靠|原先|原来|以前|从前|如今|眼下|姓甚名谁|姓啥|(?:比|较)(?:上一?年|去年|前一?年|头一年)(?:同期|底|末)?|百分之[几多]"
)
_WHICH = r"(?:哪|几|什么|啥|些|[两三四五六七八九十\d])[个项条些]?"
_MEANS = re.compile(
    rf"(?:[用使想拿下支动](?:了|过|出|的)*)?(?:(?:{_WHICH})+(?:样的)?(?:高|实|狠|硬|新|好|妙)?招(?!商|标|聘|工|生|人|录|待|引|收|投|募|牌|呼)(?:数|式|法|儿)?|"
    rf"(?:{_WHICH})*(?:样的)?(?:法子|招数|点子|门道|手段|功夫))"
)
"""Words that ask for measures (用了哪几招, 想了什么法子): no notice says them."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}年")
"""Cut out before the rest is cut into words: 年老 is none in 2023年老旧小区."""
_YEAR_OR_NUMBER = re.compile(r"^(?:19|20)\d{2}$")
_COUNT = re.compile(r"[一两二三四五六七八九十几]{1,3}[个大块项类种条家处支张座件份部只名位]$")
_COUNT_SHARE = 0.3
"""What a number with its counter (三块招牌) is worth: another counter may stand in the notice, and it is rare by itself."""
_FREQUENCIES, _STOPWORDS = "data/frequencies.tsv", "data/stopwords.txt"
_RARE = 15
"""Documents credited to a word that the table leaves out (it keeps words of at least 30)."""
_CONTEXT_SHARE = 0.6
_SOFT_FROM, _SOFT_FULL = 0.42, 0.85
"""Cosines of word vectors between which two words count as related: below none, above as good as equal."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase of the question with its weight and other wordings that mean it."""

    text: str
    weight: float
    others: tuple[tuple[str, float], ...] = ()
    """Pairs of official wording and how well it stands for `text`, in (0, 1]."""


@functools.cache
def _read(name: str) -> str:
    return resources.files("assistant").joinpath(name).read_text("utf-8")


@functools.cache
def _stopwords() -> frozenset[str]:
    lines = _read(_STOPWORDS).splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@functools.cache
def _documents_with(word: str) -> int:
    """Return in how many of the counted texts a word occurs; the empty word stands for all of them.

    The table is searched as text: a question has a dozen words, and a dictionary of thirty thousand costs more.
    """
    table = _read(_FREQUENCIES)
    line = f"\n{word}\t"
    at = 0 if not word else table.find(line)
    if at < 0:
        return _RARE
    start = at + len(line) if word else 1
    return int(table[start : table.index("\n", start)])


def general_weight(word: str) -> float:
    """Return how telling a word is in general text, in [0, 1]: its inverse document frequency, scaled."""
    total = _documents_with("")
    return math.log(total / _documents_with(word)) / math.log(total / _RARE)


def question_terms(core: str, index: Index, *, context: str = "", rarity: Rarity | None = None) -> tuple[Term, ...]:
    """Return the terms of a question's folded core, in order; a question of question words gives none.

    A term is worth what it tells in general text, less if the indexed notices, or those of `rarity`, use it everywhere. Terms of the
    `context`, which earlier questions leave, follow at a part of their weight.
    """
    rarity = index.lexical if rarity is None else rarity
    terms: dict[str, Term] = {}
    for text, share in ((core, 1.0), (context, _CONTEXT_SHARE)):
        for phrase, others in _pieces(_ASKING.sub(" ", _MEANS.sub(" ", _YEAR.sub(" ", text))), index.lexicon):
            weight = share * _weight(phrase, rarity)
            if phrase not in terms and weight > 0:
                terms[phrase] = Term(phrase, weight, others)
    return tuple(terms.values())


def _pieces(text: str, lexicon: Lexicon) -> list[tuple[str, tuple[tuple[str, float], ...]]]:
    """Cut text into lexicon terms (with their wordings) and the words between them."""
    spans: dict[str, list[tuple[str, float]]] = {}
    for expansion in lexicon.expand(text):
        spans.setdefault(expansion.term, []).append((expansion.wording, expansion.weight))
    if not spans:
        return [(word, ()) for word in segment(text) if _tells(word)]
    pattern = re.compile("|".join(map(re.escape, sorted(spans, key=len, reverse=True))))
    pieces: list[tuple[str, tuple[tuple[str, float], ...]]] = []
    position = 0
    for match in pattern.finditer(text):
        pieces += [(word, ()) for word in segment(text[position : match.start()]) if _tells(word)]
        pieces.append((match.group(), tuple(spans[match.group()])))
        position = match.end()
    return pieces + [(word, ()) for word in segment(text[position:]) if _tells(word)]


def _tells(word: str) -> bool:
    return word not in _stopwords() and not _YEAR_OR_NUMBER.match(word)


def _weight(phrase: str, rarity: Rarity) -> float:
    inner = [word for word in segment(phrase) if _tells(word)] or [phrase]
    return sum(_word_weight(word, rarity) for word in inner) / len(inner)


def _word_weight(word: str, rarity: Rarity) -> float:
    most = math.log(1 + (len(rarity) + 0.5) / 0.5)
    here = rarity.idf(word) / most if most else 1.0
    share = _COUNT_SHARE if _COUNT.match(word) else 1.0
    return share * general_weight(word) * max(0.2, min(1.0, here))


def said(term: Term, text: str) -> float:
    """Return how far folded `text` says a term by its letters, in [0, 1]: 1 the word itself, less another wording."""
    if term.text in text:
        return 1.0
    best = max([weight for wording, weight in term.others if wording in text], default=0.0)
    if best:
        return best
    for wording, weight in term.others:
        parts = _parts(wording)
        if len(parts) > 1:
            share = sum([part in text for part in parts]) / len(parts)
            best = max(best, 0.8 * weight * share if share > 0.5 else 0.0)
    if len(term.text) > 2 and not term.others:
        pairs = _pairs(term.text)
        share = sum([pair in text for pair in pairs]) / len(pairs)
        best = max(best, 0.8 * share if share >= 0.5 else 0.0)
    return best


@functools.lru_cache(maxsize=4096)
def _parts(wording: str) -> tuple[str, ...]:
    """Return the words of a wording that are longer than one character."""
    return tuple(word for word in segment(wording) if len(word) > 1)


@functools.lru_cache(maxsize=4096)
def _pairs(text: str) -> tuple[str, ...]:
    """Return the overlapping pairs of characters of `text`."""
    return tuple(text[i : i + 2] for i in range(len(text) - 1))


def related(cosine: float) -> float:
    """Return the credit in [0, 1] for a word whose vector stands at `cosine` to the term's."""
    return min(1.0, max(0.0, (cosine - _SOFT_FROM) / (_SOFT_FULL - _SOFT_FROM)))


def places_of(term: Term, text: str) -> list[int]:
    """Return where folded `text` says the term or one of its wordings: start positions, ascending."""
    found = _starts(term.text, text)
    for wording, _ in term.others:
        found += _starts(wording, text)
    return sorted(found)


def _starts(word: str, text: str) -> list[int]:
    """Return where a word stands in a text, without overlaps."""
    found, at = [], text.find(word)
    while at >= 0:
        found.append(at)
        at = text.find(word, at + max(1, len(word)))
    return found
