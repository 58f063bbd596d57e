import subprocess
import sys
from pathlib import Path

import pytest
from fake_index import FakeEmbedder, pipeline, write_static_model

from index.config import FusionMethod, IndexConfig
from index.lexicon import Entry, Expansion, Lexicon
from index.search import QUESTION_WORDS, question_words, search
from index.store import Index, open_index
from index.update import update_index

TEXTS = {
    "a.txt": "甲市通报\n改造老旧小区12个，惠及居民三千户。\n整治黑臭水体三条。\n清理拖欠企业账款五百万元。\n",
    "b.txt": "乙县通报\n改造老旧小区7个。\n新建公办幼儿园两所。\n",
}
HEAVY = ("torch", "gradio", "langchain", "langchain_text_splitters", "sentence_transformers", "transformers", "jieba")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    notices = tmp_path / "notices"
    notices.mkdir()
    for name, text in TEXTS.items():
        (notices / name).write_text(text, "utf-8")
    update_index([notices], directory=tmp_path / "index", pipeline=pipeline(), embedder=FakeEmbedder())
    return tmp_path / "index"


def opened(directory: Path, config: IndexConfig | None = None, lexicon: Lexicon | None = None) -> Index:
    return open_index(directory, config=config, embedder=FakeEmbedder(), lexicon=lexicon or Lexicon())


@pytest.mark.parametrize("method", FusionMethod)
def test_best_passage_comes_first(directory: Path, method: FusionMethod) -> None:
    hits = search(opened(directory, IndexConfig(fusion=method)), "公办幼儿园新建了几所？")
    assert hits[0].passage.text == "新建公办幼儿园两所。\n"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert hits[0].lexical > 0
    assert -1 <= hits[0].dense <= 1


def test_restriction_to_notices(directory: Path) -> None:
    index = opened(directory)
    of_unit = {notice.unit: notice.id for notice in index.notices}
    for unit, identity in of_unit.items():
        hits = search(index, "老旧小区改造", notices=[identity])
        assert {hit.passage.notice for hit in hits} == {identity}, unit
        assert "老旧小区" in hits[0].passage.text
    assert search(index, "老旧小区改造", notices=[]) == []
    assert search(index, "老旧小区改造", notices=["unknown"]) == []
    everything = search(index, "老旧小区改造", notices=list(of_unit.values()))
    assert everything == search(index, "老旧小区改造")


@pytest.mark.parametrize(("question", "top_k"), [("", 5), (" \n", 5), ("老旧小区", 0), ("老旧小区", -1)])
def test_nothing_asked_nothing_found(directory: Path, question: str, top_k: int) -> None:
    assert search(opened(directory), question, top_k=top_k) == []


def test_top_k_beyond_the_candidates_is_met(directory: Path) -> None:
    index = opened(directory, IndexConfig(candidates=1))
    assert len(search(index, "改造", top_k=99)) == len(index.passages)
    assert len(search(index, "改造", top_k=2)) == 2


def test_unknown_words_find_by_vector_only(directory: Path) -> None:
    hits = search(opened(directory), "xyz")
    assert {hit.lexical for hit in hits} == {0.0}
    assert all(hit.score <= 0.35 for hit in hits)


def test_lexicon_leads_to_the_official_wording(directory: Path) -> None:
    config = IndexConfig(lexical_weight=1, dense_weight=0)
    lexicon = Lexicon([Entry("欠钱", ("拖欠账款",), 0.6, "")])
    assert search(opened(directory, config), "欠钱还了吗")[0].lexical == 0
    hits = search(opened(directory, config, lexicon), "欠钱还了吗")
    assert "拖欠企业账款" in hits[0].passage.text
    assert hits[0].lexical > 0
    expanded = IndexConfig(lexical_weight=0, dense_weight=1, expand_dense=True)
    plain = IndexConfig(lexical_weight=0, dense_weight=1)
    scores = [search(opened(directory, chosen, lexicon), "欠钱还了吗")[0].dense for chosen in (expanded, plain)]
    assert scores[0] != scores[1]


def test_headings_and_title_are_searched(directory: Path) -> None:
    hits = search(opened(directory, IndexConfig(lexical_weight=1, dense_weight=0)), "乙县")
    assert {hit.passage.file for hit in hits if hit.lexical} == {"b.txt"}
    assert sum(1 for hit in hits if hit.lexical) == 3


def test_question_words_are_dropped_and_expansions_weighted() -> None:
    found = dict(question_words("改造了多少小区？", [Expansion("小区", "小区账款", 0.5)]))
    assert not QUESTION_WORDS & set(found)
    assert found["改造"] == found["小区"] == 1.0
    assert found["账款"] == 0.5
    assert question_words("什么") == ()
    assert question_words("") == ()


def test_searching_is_deterministic(directory: Path) -> None:
    assert search(opened(directory), "老旧小区改造") == search(opened(directory), "老旧小区改造")


def test_a_process_that_searches_imports_nothing_heavy(tmp_path: Path) -> None:
    notices = tmp_path / "notices"
    notices.mkdir()
    (notices / "a.txt").write_text(TEXTS["a.txt"], "utf-8")
    write_static_model(tmp_path / "model", words=list(TEXTS["a.txt"]))
    config = IndexConfig(model=str(tmp_path / "model"))
    update_index([notices], directory=tmp_path / "index", config=config, pipeline=pipeline())
    script = (
        "import sys\nfrom index import open_index\nassert 'numpy' not in sys.modules or 'faiss' not in sys.modules\n"
        "from index.search import search\n"
        f"hits = search(open_index({str(tmp_path / 'index')!r}), '改造老旧小区多少个')\n"
        "sys.stdout.write(hits[0].passage.text)\n"
        f"sys.stderr.write(' '.join(name for name in {HEAVY!r} if name in sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    assert "老旧小区12个" in done.stdout
    assert done.stderr == ""


def test_importing_the_package_is_free() -> None:
    script = "import sys, index; sys.stdout.write(' '.join(n for n in ('numpy', 'faiss', 'bm25s') if n in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    assert done.stdout == ""


def test_every_public_name_is_there() -> None:
    import index

    assert index.__all__ == sorted(index.__all__)
    assert all(getattr(index, name).__name__ == name for name in index.__all__)
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = index.nothing_such
