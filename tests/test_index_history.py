"""Whatever was added, changed, renamed and removed: the index is as if it were made anew, and the removed is gone."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from assistant.pipeline import Assistant
from index.config import IndexConfig
from index.embedding import open_embedder
from index.search import search
from index.store import Index, open_index
from index.update import remove_notices, update_index

_NAMES = ("东/通报.txt", "西/通报.txt", "甲.txt", "乙.txt", "丙.txt")
_UNITS = ("云川市", "澄浦市")
_DAYS = ("2024年1月15日", "2024年9月1日")
_QUESTIONS = ("澄浦市加装电梯多少部？", "云川市加装电梯多少部？", "哪些单位加装了电梯？")


def text(unit: str, lifts: int, day: str) -> str:
    return (
        f"中共{unit}委关于巡视整改进展情况的通报\n\n一、整改落实情况\n\n1.加装电梯{lifts}部，惠及居民{lifts * 40}户。\n\n"
        f"2.关于{unit}供水不稳的问题。改造管网{lifts + 3}公里。\n\n中共{unit}委\n{day}\n"
    )


class History(RuleBasedStateMachine):
    """A folder that changes, and the index that is brought up to it each time."""

    config: IndexConfig | None = None

    @initialize()
    def begin(self) -> None:
        self.home = tempfile.TemporaryDirectory(prefix="tongbao-history-")
        self.folder = Path(self.home.name) / "notices"
        self.folder.mkdir()
        self.embedder = open_embedder(None)
        self.lifts = 10
        self.held: dict[str, int] = {}
        self.gone: set[int] = set()
        self.directory = Path(self.home.name) / "index"
        self.put("甲.txt", "云川市", _DAYS[0])

    def teardown(self) -> None:
        if hasattr(self, "home"):
            self.home.cleanup()

    def update(self) -> None:
        update_index([self.folder], directory=self.directory, embedder=self.embedder, config=self.config)

    @rule(name=st.sampled_from(_NAMES), unit=st.sampled_from(_UNITS), day=st.sampled_from(_DAYS))
    def put(self, name: str, unit: str, day: str) -> None:
        self.lifts += 7
        self.gone |= (
            {self.held[name]} - {number for other, number in self.held.items() if other != name}
            if name in self.held
            else set()
        )
        self.held[name] = self.lifts
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_text(text(unit, self.lifts, day), "utf-8")
        self.update()

    @precondition(lambda self: self.held)
    @rule(data=st.data(), to=st.sampled_from(_NAMES))
    def rename(self, data: st.DataObject, to: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.held)))
        if to in self.held:
            return
        (self.folder / to).parent.mkdir(exist_ok=True)
        (self.folder / name).rename(self.folder / to)
        self.held[to] = self.held.pop(name)
        self.update()

    @precondition(lambda self: self.held)
    @rule(data=st.data(), to=st.sampled_from(_NAMES))
    def copy(self, data: st.DataObject, to: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.held)))
        if to not in self.held:
            (self.folder / to).parent.mkdir(exist_ok=True)
            (self.folder / to).write_bytes((self.folder / name).read_bytes())
            self.held[to] = self.held[name]
            self.update()

    @precondition(lambda self: self.held)
    @rule(data=st.data(), by_hand=st.booleans())
    def remove(self, data: st.DataObject, by_hand: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.held)))
        if by_hand:
            remove_notices([name], directory=self.directory, embedder=self.embedder)
        (self.folder / name).unlink()
        self.gone.add(self.held.pop(name))
        self.gone -= set(self.held.values())
        if not by_hand:
            self.update()

    @invariant()
    def is_as_if_made_anew(self) -> None:
        if not hasattr(self, "directory"):
            return
        grown = open_index(self.directory, embedder=self.embedder)
        assert {record["path"] for record in grown.files} == set(self.held)
        self.find_nothing_that_is_gone(grown)
        if not self.held:
            return
        fresh_place = Path(self.home.name) / "fresh" / str(self.lifts) / grown.generation
        if not fresh_place.exists():
            update_index([self.folder], directory=fresh_place, embedder=self.embedder, config=self.config)
        fresh = open_index(fresh_place, embedder=self.embedder)
        assert grown.kin == fresh.kin
        assert list(grown.passages) == list(fresh.passages)
        self.compare(grown, fresh)

    def compare(self, grown: Index, fresh: Index) -> None:
        every = np.arange(len(fresh.passages))
        assert np.array_equal(grown.vector_store.vectors(every), fresh.vector_store.vectors(every))
        first, second = Assistant(grown), Assistant(fresh)
        for question in _QUESTIONS:
            assert search(grown, question) == search(fresh, question)
            one, other = first.ask(question).to_record(), second.ask(question).to_record()
            one["elapsed_ms"] = other["elapsed_ms"] = 0
            assert one == other

    def find_nothing_that_is_gone(self, index: Index) -> None:
        words = [f"电梯{number}部" for number in self.gone]
        for question in (*_QUESTIONS, *words[:2]):
            assert not any(word in hit.passage.text for hit in search(index, question) for word in words)
        record = str(Assistant(index).ask(_QUESTIONS[0]).to_record())
        assert not any(word in record for word in words)


class ListedHistory(History):
    """The same with vectors in lists, which are nearly those of an index made anew."""

    config = IndexConfig(exact_up_to=0)

    def compare(self, grown: Index, fresh: Index) -> None:
        every = np.arange(len(fresh.passages))
        alike = (grown.vector_store.vectors(every) * fresh.vector_store.vectors(every)).sum(axis=1)
        assert alike.min(initial=1) > 0.9
        for question in _QUESTIONS:
            found = {hit.passage for hit in search(grown, question, top_k=99)}
            assert found >= {hit.passage for hit in search(fresh, question, top_k=99) if hit.lexical}


TestHistory = History.TestCase
TestHistory.settings = settings(
    max_examples=6, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)
)
TestListedHistory = ListedHistory.TestCase
TestListedHistory.settings = settings(
    max_examples=2, stateful_step_count=6, deadline=None, suppress_health_check=list(HealthCheck)
)
