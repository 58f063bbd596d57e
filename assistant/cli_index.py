"""The command `tongbao index`; `assistant.cli` takes it in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli_upkeep import DEFAULT_INDEX


def index_command(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="通报文件、文件夹或 https 网址。", show_default=False)
    ],
    index: Annotated[
        Path, typer.Option("--index", envvar="TONGBAO_INDEX", metavar="DIR", help="索引文件夹。", show_default=True)
    ] = DEFAULT_INDEX,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME|DIR", help="句向量模型，默认用自带的。")] = None,
    store: Annotated[
        str | None, typer.Option("--store", metavar="URL", help="faiss（默认）或 Milvus：milvus://主机:端口。")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="编入后继续监视，随文件的增改删更新索引，Ctrl-C 停止。")
    ] = False,
    dask: Annotated[
        str | None, typer.Option("--dask", metavar="ADDRESS", help="由 Dask 集群读取和切分，如 tcp://主机:8786。")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, metavar="N", help="读取和切分的工作进程数，默认随文件多少和核数而定。"),
    ] = None,
    check_contents: Annotated[
        bool, typer.Option("--check-contents", help="逐一读取已编入的文件，而不按大小和时间认定未变。")
    ] = False,
) -> None:
    """Add or refresh files and folders, and report what changed."""
    if watch and dask:
        raise typer.BadParameter("--watch 和 --dask 只能选一个")
    if jobs and (watch or dask):
        raise typer.BadParameter("--jobs 不能与 --watch 或 --dask 一起用")
    if watch:
        from assistant.watching import watch_paths

        raise typer.Exit(watch_paths([Path(path) for path in paths], directory=index, model=model, store=store))
    from assistant.indexing import index_paths

    raise typer.Exit(
        index_paths(paths, directory=index, model=model, store=store, dask=dask, jobs=jobs, check=check_contents)
    )
