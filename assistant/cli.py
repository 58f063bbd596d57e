"""The command line `tongbao`: results to stdout, everything else to stderr; exit 0 good, 1 a failure, 2 bad usage."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from assistant.cli_index import index_command
from assistant.cli_upkeep import DEFAULT_INDEX, upkeep_app
from assistant.edge import one_thread_for_products, opened, steady_streams, told, valid_text, writer_of
from assistant.log_options import add_log_options
from assistant.path_options import leave_paths_unread
from assistant.types import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.layout import Paragraph
    from index.types import Hit, Notice


class Commands(TyperGroup):
    """A group of commands whose known failures end as one line on stderr and an exit code; each can write a log."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        add_log_options(self.commands)
        leave_paths_unread(self.commands)

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Run the command; raises typer.Exit with the code of a failure."""
        with told() as outcome:
            return super().invoke(ctx)
        raise typer.Exit(outcome.code)


_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
_OPTIONS: dict[str, Any] = {"no_args_is_help": True, "add_completion": False, "rich_markup_mode": None}
_HELP = {"help_option_names": ["--help", "-h"]}

app = typer.Typer(cls=Commands, context_settings=_HELP, help="通报问答：在通报中查找答案，逐字引用原文。", **_OPTIONS)
notices_app = typer.Typer(help="查看或移除索引中的通报。", **_OPTIONS)
app.add_typer(notices_app, name="notices")
app.add_typer(upkeep_app)
llm_app = typer.Typer(help="语言模型（可选）。", **_OPTIONS)
app.add_typer(llm_app, name="llm")

_Index = Annotated[
    Path, typer.Option("--index", envvar="TONGBAO_INDEX", metavar="DIR", help="索引文件夹。", show_default=True)
]
_TopK = Annotated[int | None, typer.Option("--top-k", min=1, metavar="N", help="列出的段落数（默认 10）。")]
_Json = Annotated[bool, typer.Option("--json", help="输出 JSON，每行一条。")]
_Mode = Annotated[Mode, typer.Option("--mode", metavar="MODE", help="作答方式：extractive 或 llm。")]
_Llm = Annotated[
    str | None, typer.Option("--llm", metavar="URL|FOLDER", help="语言模型：服务的地址，或模型文件夹（$TONGBAO_LLM）。")
]
_LlmModel = Annotated[
    str | None, typer.Option("--llm-model", metavar="NAME", help="服务上模型的名称（$TONGBAO_LLM_MODEL）。")
]
_Reranker = Annotated[
    str | None, typer.Option("--reranker", metavar="NAME|DIR", help="重排模型（$TONGBAO_RERANKER）。")
]
_Extractor = Annotated[
    str | None, typer.Option("--extractor", metavar="NAME|DIR", help="抽取模型（$TONGBAO_EXTRACTOR）。")
]
_AllVersions = Annotated[bool, typer.Option("--all-versions", help="旧版和重复的通报也一并查询。")]
_Unit = Annotated[str | None, typer.Option("--unit", metavar="U", help="只在这个单位的通报中查找。")]
_Question = Annotated[str, typer.Argument(metavar="QUESTION", help="要问的问题。", show_default=False)]


app.command("index", help="把文件和文件夹编入索引；未变的文件不重做。")(index_command)


@app.command(help="回答一个问题，并列出原文出处。")
def ask(
    question: _Question,
    history: Annotated[
        list[str] | None, typer.Option("--history", metavar="Q", help="此前问过的问题，可重复，先问的在前。")
    ] = None,
    unit: _Unit = None,
    as_json: _Json = False,
    explain: Annotated[bool, typer.Option("--explain", help="说明怎样理解、查找、取舍，各步用时。")] = False,
    mode: _Mode = Mode.EXTRACTIVE,
    llm: _Llm = None,
    llm_model: _LlmModel = None,
    top_k: _TopK = None,
    all_versions: _AllVersions = False,
    reranker: _Reranker = None,
    extractor: _Extractor = None,
    index: _Index = DEFAULT_INDEX,
) -> None:
    """Print the answer to one question with its sources, or its record."""
    writer = writer_of(mode, llm, llm_model)
    asked, earlier = valid_text(question), [valid_text(one) for one in history or ()]
    only = unit and valid_text(unit)
    with opened(index, writer=writer, all_versions=all_versions, reranker=reranker, extractor=extractor) as assistant:
        if writer and not as_json and not explain:
            from assistant.llm.terminal import show

            show(assistant.stream(asked, history=earlier, unit=only, top_k=top_k), writer.config, assistant.index)
            return
        if explain:
            from assistant.explain_terminal import ask_explained

            record, paragraphs = ask_explained(assistant, asked, history=earlier, unit=only, top_k=top_k, mode=mode)
            _put_json(record) if as_json else _put(paragraphs)
            return
        answer = assistant.ask(asked, history=earlier, unit=only, top_k=top_k, mode=mode)
        if as_json:
            _put_json(answer.to_record())
            return
        from assistant.terminal import answer_paragraphs

        _put(answer_paragraphs(answer, assistant.index))


@app.command(help="只查找段落，不作答。")
def search(
    question: _Question,
    top_k: _TopK = None,
    as_json: _Json = False,
    all_versions: _AllVersions = False,
    index: _Index = DEFAULT_INDEX,
) -> None:
    """Print the passages nearest to a question."""
    with opened(index, all_versions=all_versions) as assistant:
        hits = assistant.search(valid_text(question), top_k=top_k or assistant.config.top_k)
        if as_json:
            for rank, hit in enumerate(hits, start=1):
                _put_json(_hit_record(rank, hit, assistant.index.notice(hit.passage.notice)))
            return
        from assistant.terminal import hit_paragraphs

        _put(hit_paragraphs(hits, assistant.index))
    if not hits:
        sys.stderr.write("没有找到相关的段落\n")


def _hit_record(rank: int, hit: Hit, notice: Notice) -> dict[str, Any]:
    passage = hit.passage
    return {
        "rank": rank,
        "file": passage.file,
        "notice": notice.id,
        "title": notice.title,
        "unit": notice.unit,
        "section": list(passage.path),
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "score": round(hit.score, 4),
    }


@app.command(help="回答一个文件中的所有问题（文本、表格或 JSONL，进出任意搭配）。")
def batch(
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS", help="问题文件。", show_default=False)],
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="写入回答的文件。", show_default=False)],
    resume: Annotated[bool, typer.Option("--resume", help="接着上次中断处继续。")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="覆盖已有的输出，从头开始。")] = False,
    workers: Annotated[
        int, typer.Option("--workers", min=0, max=64, metavar="N", help="同时作答的进程数；0 为自动。")
    ] = 0,
    unit: _Unit = None,
    all_versions: _AllVersions = False,
    top_k: _TopK = None,
    mode: _Mode = Mode.EXTRACTIVE,
    llm: _Llm = None,
    llm_model: _LlmModel = None,
    index: _Index = DEFAULT_INDEX,
) -> None:
    """Answer a file of questions; exit 1 if a row could not be asked."""
    if resume and restart:
        raise typer.BadParameter("--resume 和 --restart 只能选一个")
    from assistant.batch import BatchOptions, run_batch

    writer = writer_of(mode, llm, llm_model)
    model = writer.llm.name if writer else ""
    workers = workers or (writer.config.parallel if writer else 0)
    scope: dict[str, Any] = {"unit": unit and valid_text(unit), "all_versions": all_versions}
    with opened(index, writer=writer, all_versions=all_versions) as assistant:
        run: dict[str, Any] = {"top_k": top_k or assistant.config.top_k, "mode": mode, "workers": workers}
        options = BatchOptions(resume=resume, restart=restart, model=model, **run, **scope)
        code = run_batch(assistant, questions, output, options=options)
    raise typer.Exit(code)


@notices_app.command("list", help="列出索引中的通报。")
def list_notices(index: _Index = DEFAULT_INDEX) -> None:
    """Print every notice of the index."""
    from assistant.terminal import list_paragraphs
    from index.store import open_index

    _put(list_paragraphs(open_index(index)))


@notices_app.command("show", help="显示一份通报的信息和标题。")
def show_notice(
    notice_id: Annotated[str, typer.Argument(metavar="ID", help="通报编号或文件名。", show_default=False)],
    index: _Index = DEFAULT_INDEX,
) -> None:
    """Print what is known of a notice, or of the notices of a file."""
    from assistant.terminal import notice_paragraphs
    from index.errors import TongbaoError
    from index.store import open_index

    held = open_index(index)
    found = [notice for notice in held.notices if notice_id in {notice.id, notice.file}]
    if not found:
        raise TongbaoError(f"索引中没有通报 {valid_text(notice_id)}；用 tongbao notices list 查看编号")
    for notice in found:
        _put(notice_paragraphs(notice, held))


@notices_app.command("remove", help="从索引中移除一份通报；再次索引其文件会重新加入。")
def remove_notice(
    notice_id: Annotated[str, typer.Argument(metavar="ID", help="通报编号或文件名。", show_default=False)],
    index: _Index = DEFAULT_INDEX,
) -> None:
    """Remove a notice, or all notices of a file, and report what changed."""
    from assistant.indexing import remove_from_index

    raise typer.Exit(remove_from_index(valid_text(notice_id), directory=index))


@app.command(help="检查索引的每个校验和、位置和向量。")
def verify(index: _Index = DEFAULT_INDEX) -> None:
    """Print what is wrong with the index; exit 1 if anything is."""
    from assistant.indexing import report_soundness

    raise typer.Exit(report_soundness(index))


@llm_app.command("check", help="连接语言模型，列出模型，测首字时间和速度。")
def check_llm(llm: _Llm = None, llm_model: _LlmModel = None) -> None:
    """Print what the model that is set up can do; exit 1 with one line if it cannot be used."""
    from assistant.llm.check import check_paragraphs

    _put(check_paragraphs(llm, llm_model))


@app.command("eval", help="在标准问题集上评测；用 tongbao eval --help 查看。", context_settings=_PASSED_ON)
def evaluate(context: typer.Context) -> None:
    """Hand the arguments to the evaluation."""
    _extension("eval", context)


@app.command("web", help="启动网页问答；用 tongbao web --help 查看。", context_settings=_PASSED_ON)
def serve(context: typer.Context) -> None:
    """Hand the arguments to the page."""
    _extension("web", context)


@app.command("auth", help="管理网页账号；用 tongbao auth --help 查看。", context_settings=_PASSED_ON)
def accounts(context: typer.Context) -> None:
    """Hand the arguments to the accounts of the page."""
    _extension("auth", context)


def _extension(name: str, context: typer.Context) -> None:
    from assistant.extensions import run_extension

    raise typer.Exit(run_extension(name, context.args))


def _put(paragraphs: Iterable[Paragraph]) -> None:
    from assistant.layout import write

    write(paragraphs, sys.stdout)


def _put_json(record: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")


def main() -> None:
    """Run the command line and exit."""
    one_thread_for_products()
    steady_streams()
    app(prog_name="tongbao")
