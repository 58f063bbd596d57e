"""Question-like queries and the contexts they belong to, made from plain text and from question sets."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from training.everyday import Everyday

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from training.corpora import Question

_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]+[”’」』）)]*|[^。！？!?；;\n]+")
_TITLE = re.compile(r"《[^《》]{2,60}》")
_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}[日号])?|\d{1,2}[日号](?=[，,、 \u4e00-\u9fff])")
_YEAR = re.compile(r"(?:19|20)\d{2}年")
_FIGURE = re.compile(r"\d[\d,.，]*\d|\d")
_ENDINGS = (
    "", "", "", "", "吗", "是什么", "有哪些", "是哪些", "怎么样", "情况如何", "采取了哪些措施", "做了什么", "是谁",
    "为什么", "是多少", "在哪里", "怎么做的", "进展如何", "结果怎样", "什么时候", "请问", "有没有", "是怎么处理的",
)  # fmt: skip
_SHORTEST, _LONGEST = 10, 160
_REPEATED = 3
"""A sentence found this often is a publisher's boilerplate and makes no query."""
_ENCODED_AT_ONCE = 20_000
_REWORDED = 0.5
"""Part of the made queries in which official wordings give way to everyday terms."""
_SHOWN = 5
"""At most so many sentences with an official wording are paired with an everyday term for it alone."""


class Origin(IntEnum):
    """Where a query comes from."""

    SENTENCE = 0
    PERSON = 1
    LEXICON = 2


@dataclass(frozen=True, slots=True)
class PairTable:
    """Token ids of documents and queries in one array, and for each pair the stretches of it.

    All members are one-dimensional: `ids` int32, the others int64, one element a pair. `doc` bounds the
    document, `focus` the sentence within it that the query was made from.
    """

    ids: NDArray[np.int32]
    query_start: NDArray[np.int64]
    query_end: NDArray[np.int64]
    doc_start: NDArray[np.int64]
    doc_end: NDArray[np.int64]
    focus_start: NDArray[np.int64]
    focus_end: NDArray[np.int64]
    document: NDArray[np.int64]
    """Number of the document, in the order given."""
    origin: NDArray[np.int64]
    """The `Origin` of the query."""

    def __len__(self) -> int:
        return len(self.query_start)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A document cut into sentences, and its queries by the number of their sentence."""

    sentences: list[str]
    queries: list[tuple[int, str, Origin]]


def cut_sentences(text: str) -> list[str]:
    """Return the sentences of `text`, which joined give `text` again; empty text gives an empty list."""
    return _SENTENCE.findall(text)


def make_query(sentence: str, generator: random.Random) -> str:
    """Return `sentence` as someone might ask about it: figures, dates and titles become question words.

    >>> make_query("投入3.5亿元改造小区", random.Random(2))
    '投入多少亿元改造小区'
    """
    text = _YEAR.sub(lambda match: generator.choice((match[0], "哪一年", "")), sentence)
    text = _DATE.sub(lambda _: generator.choice(("什么时候", "哪天", "")), text)
    text = _TITLE.sub(lambda match: generator.choice(("哪份文件", "什么文件", "", match[0])), text)
    text = _FIGURE.sub(lambda _: generator.choice(("多少", "几", "")), text)
    return text.rstrip("。！？!?；;\n ") + generator.choice(_ENDINGS)


def _news_drafts(texts: Sequence[str], everyday: Everyday, seed: int) -> Iterator[_Draft]:
    cut = [cut_sentences(text) for text in texts]
    seen = Counter(sentence for sentences in cut for sentence in sentences)
    shown: Counter[str] = Counter()
    for number, sentences in enumerate(cut):
        generator = random.Random(f"{seed} {number}")
        queries: list[tuple[int, str, Origin]] = []
        for place, sentence in enumerate(sentences if len(sentences) > 1 else []):
            if not _SHORTEST <= len(sentence) <= _LONGEST or seen[sentence] >= _REPEATED:
                continue
            if generator.random() < _REWORDED:
                queries.append((place, make_query(everyday.reword(sentence, generator), generator), Origin.SENTENCE))
                continue
            queries.append((place, make_query(sentence, generator), Origin.SENTENCE))
            rare = [wording for _, wording in everyday.find(sentence) if shown[wording] < _SHOWN]
            shown.update(rare[:1])
            queries += [
                (place, make_query(everyday.term(wording, generator), generator), Origin.LEXICON)
                for wording in rare[:1]
            ]
        yield _Draft(sentences=sentences, queries=queries)


def _lexicon_drafts(everyday: Everyday, seed: int) -> Iterator[_Draft]:
    """Yield the wordings of each entry as a document, asked for by the everyday term, once for each wording."""
    generator = random.Random(seed)
    for entry in everyday.entries:
        places = range(len(entry.wordings))
        queries = [(place, make_query(entry.term, generator), Origin.LEXICON) for place in places]
        yield _Draft(sentences=[f"{wording}。" for wording in entry.wordings], queries=queries)


def _sentence_at(sentences: Sequence[str], offset: int) -> int:
    end = 0
    for place, sentence in enumerate(sentences):
        end += len(sentence)
        if offset < end:
            return place
    return len(sentences) - 1


def _question_drafts(questions: Iterable[Question]) -> Iterator[_Draft]:
    by_passage: dict[str, list[Question]] = {}
    for question in questions:
        by_passage.setdefault(question.passage, []).append(question)
    for passage, asked in by_passage.items():
        sentences = cut_sentences(passage)
        places = [_sentence_at(sentences, question.answer_start) for question in asked]
        queries = [(place, question.question, Origin.PERSON) for place, question in zip(places, asked, strict=True)]
        yield _Draft(sentences=sentences, queries=queries)


def _encode(tokenizer: Tokenizer, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the token ids of all texts joined, and the `len(texts) + 1` offsets at which each begins."""
    ids: list[NDArray[np.int32]] = [np.zeros(0, np.int32)]
    lengths: list[int] = [0]
    for first in range(0, len(texts), _ENCODED_AT_ONCE):
        encoded = tokenizer.encode_batch_fast(list(texts[first : first + _ENCODED_AT_ONCE]), add_special_tokens=False)
        rows = [encoding.ids for encoding in encoded]
        lengths.extend(map(len, rows))
        ids.append(np.fromiter((token for row in rows for token in row), np.int32))
    return np.concatenate(ids), np.cumsum(lengths, dtype=np.int64)


def _tabulate(drafts: Sequence[_Draft], tokenizer: Tokenizer) -> PairTable:
    doc_ids, sentence_at = _encode(tokenizer, [sentence for draft in drafts for sentence in draft.sentences])
    query_ids, query_at = _encode(tokenizer, [query for draft in drafts for _, query, _ in draft.queries])
    first = np.cumsum([0, *(len(draft.sentences) for draft in drafts)], dtype=np.int64)
    counts = [len(draft.queries) for draft in drafts]
    document = np.repeat(np.arange(len(drafts), dtype=np.int64), counts)
    place = np.fromiter((place for draft in drafts for place, _, _ in draft.queries), np.int64)
    origin = np.fromiter((origin for draft in drafts for _, _, origin in draft.queries), np.int64)
    focus = first[document] + place
    table = PairTable(
        ids=np.concatenate([doc_ids, query_ids]),
        query_start=query_at[:-1] + len(doc_ids),
        query_end=query_at[1:] + len(doc_ids),
        doc_start=sentence_at[first[document]],
        doc_end=sentence_at[first[document + 1]],
        focus_start=sentence_at[focus],
        focus_end=sentence_at[focus + 1],
        document=document,
        origin=origin,
    )
    return select(table, table.query_end > table.query_start)


def select(table: PairTable, which: NDArray[np.bool_]) -> PairTable:
    """Return the pairs of `table` for which `which` is true; the token ids stay whole."""
    return PairTable(
        ids=table.ids,
        query_start=table.query_start[which],
        query_end=table.query_end[which],
        doc_start=table.doc_start[which],
        doc_end=table.doc_end[which],
        focus_start=table.focus_start[which],
        focus_end=table.focus_end[which],
        document=table.document[which],
        origin=table.origin[which],
    )


def make_pairs(
    texts: Sequence[str],
    questions: Sequence[Question],
    tokenizer: Tokenizer,
    *,
    seed: int,
    everyday: Everyday | None = None,
) -> PairTable:
    """Return the pairs made from `texts` (numbered first), `questions` and `everyday`; nothing is an empty table."""
    everyday = everyday or Everyday()
    drafts = [*_news_drafts(texts, everyday, seed), *_question_drafts(questions), *_lexicon_drafts(everyday, seed)]
    return _tabulate(drafts, tokenizer)


def save_pairs(table: PairTable, path: Path) -> None:
    """Write `table` to `path`, replacing it at once."""
    building = path.with_name(f"part.{path.name}")
    np.savez(building, **{name: getattr(table, name) for name in PairTable.__slots__})
    building.replace(path)


def load_pairs(path: Path) -> PairTable:
    """Return the table that `save_pairs` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        return PairTable(**{name: stored[name] for name in PairTable.__slots__})
