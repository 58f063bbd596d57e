"""A shelf of notices and an assistant that answers by a script, for the tests of the page."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assistant.scope import Scope, chosen
from assistant.types import Answer, Citation, Mode, Reason, Retrieved, Status
from index.notices import parse_notices
from index.types import Hit, Passage, SourceFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from index.types import Notice, Section

NOTICE = """中共青禾市委关于巡视整改进展情况的通报

根据统一部署，2023年3月1日至4月28日，省委第九巡视组对青禾市进行了常规巡视。7月3日，巡视组反馈了意见。

一、反馈问题的整改情况

（一）民生保障方面

1.办好群众实事

（1）着力解决老旧小区改造进度迟缓的问题。一是逐个小区编制改造方案。二是引入社会资本建设停车设施。2023年完成改造46个小区，2024年完成改造63个小区。

（2）着力解决供水管网老化的问题。2023年更换供水管网120公里，投入资金1260万元。

欢迎广大干部群众对整改情况进行监督。联系电话：0599-5550123；电子邮箱：jd@qinghe.example.cn。

中共青禾市委
2024年5月6日
"""

INJECTED = "![](http://evil.example/x.png)[点我](javascript:alert(5))<svg onload=alert(6)>"
HOSTILE = f"""关于<script>alert(1)</script>巡察整改情况的通报

2023年5月8日至6月30日，市委第一巡察组对恶意县进行了常规巡察。

一、<img src=x onerror=alert(2)>整改情况

（1）着力解决${{alert(3)}}{{{{alert(4)}}}}的问题。清退资金88万元。{INJECTED}

中共恶意县委
2024年1月2日
"""

QUESTION = "青禾市2023年改造了多少个老旧小区？"
FOLLOW_UP = "那2024年呢？"
LIST = "青禾市针对老旧小区改造采取了哪些措施？"
COMPARE = "青禾市和恶意县各投入、清退多少资金？"
HOSTILE_QUESTION = "<img src=x onerror=alert(7)> 恶意县清退多少？${alert(8)}"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Notices parsed from texts by file name."""

    texts: Mapping[str, str]
    parsed: Mapping[str, tuple[Notice, tuple[Section, ...]]] = field(default_factory=dict)
    generation: str = "000001"

    @classmethod
    def of(cls, **texts: str) -> Shelf:
        sources = [SourceFile(f"{name}.txt", text, "0" * 64, "utf-8") for name, text in texts.items()]
        found = [pair for source in sources for pair in parse_notices(source)]
        return cls({source.path: source.text for source in sources}, {pair[0].id: pair for pair in found})

    @property
    def notices(self) -> list[Notice]:
        return [notice for notice, _ in self.parsed.values()]

    def sections(self, notice_id: str) -> tuple[Section, ...]:
        return self.parsed[notice_id][1]

    def text(self, file: str) -> str:
        return self.texts[file]

    def citation(self, n: int, quote: str) -> Citation:
        """Return the citation of the first notice that holds `quote`."""
        for notice, sections in self.parsed.values():
            start = self.texts[notice.file].find(quote, notice.start, notice.end)
            if start >= 0:
                path = next(section.path for section in sections if section.start <= start < section.end)
                end = start + len(quote)
                return Citation(n, notice.file, notice.id, notice.title, notice.unit, path, start, end, quote)
        raise AssertionError(f"no notice holds {quote}")


@dataclass(frozen=True, slots=True)
class Line:
    """What the script answers to one question."""

    answer: str
    short: str
    quotes: tuple[str, ...]
    items: tuple[str, ...] = ()
    confidence: float = 0.93
    standalone: str = ""


SCRIPT = {
    QUESTION: Line("青禾市2023年完成改造46个小区。[1]", "46个", ("2023年完成改造46个小区，2024年完成改造63个小区。",)),
    FOLLOW_UP: Line(
        "青禾市2024年完成改造63个小区。[1]",
        "63个",
        ("2024年完成改造63个小区",),
        confidence=0.61,
        standalone="青禾市2024年改造了多少个老旧小区？",
    ),
    LIST: Line(
        "青禾市采取了2项措施：[1]\n1. 逐个小区编制改造方案[1]\n2. 引入社会资本建设停车设施[1]",
        "",
        ("一是逐个小区编制改造方案。二是引入社会资本建设停车设施。",),
        items=("逐个小区编制改造方案", "引入社会资本建设停车设施"),
    ),
    COMPARE: Line(
        "青禾市投入资金1260万元[1]，恶意县清退资金88万元[2]。",
        "",
        ("投入资金1260万元", "清退资金88万元"),
        items=("青禾市：1260万元", "恶意县：88万元"),
        confidence=0.42,
    ),
    HOSTILE_QUESTION: Line(
        "<img src=x onerror=alert(9)>清退资金88万元[1]${alert(10)}",
        "88万元",
        (f"清退资金88万元。{INJECTED}",),
    ),
}


@dataclass(frozen=True, slots=True)
class ScriptedAssistant:
    """Answers the questions of its script and refuses all others, naming passages that are near."""

    index: Shelf
    script: Mapping[str, Line] = field(default_factory=lambda: SCRIPT)
    asked: list[tuple[str, tuple[str, ...], Scope | str | None]] = field(default_factory=list)
    """Questions with their history and what was to be searched."""

    def ask(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        unit: str | None = None,
        scope: Scope | None = None,
        top_k: int = 10,
        mode: Mode = Mode.EXTRACTIVE,
    ) -> Answer:
        assert mode is Mode.EXTRACTIVE
        self.asked.append((question, tuple(history), scope or unit))
        only = chosen(self.index.notices, scope=scope, unit=unit)
        places = [
            Retrieved(notice.file, section.body_start, section.end, 0.4)
            for notice in self.index.notices
            for section in self.index.sections(notice.id)
            if section.level == 4 and (only is None or notice.id in only)
        ]
        line = self.script.get(question)
        refused = Answer(
            question,
            Status.NO_ANSWER,
            "收录的通报没有说到这件事。",
            retrieved=tuple(places[:top_k]),
            reason=str(Reason.NOT_FOUND),
        )
        if line is None:
            return refused
        return replace(
            refused,
            status=Status.ANSWERED,
            answer=line.answer,
            short_answer=line.short,
            items=line.items,
            confidence=line.confidence,
            citations=tuple(self.index.citation(n, quote) for n, quote in enumerate(line.quotes, start=1)),
            reason=None,
            standalone=line.standalone or question,
        )

    def search(
        self, question: str, *, top_k: int = 10, unit: str | None = None, scope: Scope | None = None
    ) -> list[Hit]:
        places = self.ask(question, unit=unit, scope=scope, top_k=top_k).retrieved
        return [Hit(self._passage(place), place.score, 0.0, 0.0) for place in places]

    def _passage(self, place: Retrieved) -> Passage:
        text = self.index.text(place.file)[place.start : place.end]
        return Passage("p", "n", place.file, place.start, place.end, text, ("一、",))


def shelf() -> Shelf:
    """Return a harmless and a hostile notice."""
    return Shelf.of(qinghe=NOTICE, hostile=HOSTILE)
