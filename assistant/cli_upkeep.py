"""The commands `tongbao export`, `import` and `repair`; `assistant.cli` takes them in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_INDEX = Path(".tongbao")
_Index = Annotated[
    Path, typer.Option("--index", envvar="TONGBAO_INDEX", metavar="DIR", help="索引文件夹。", show_default=True)
]

upkeep_app = typer.Typer()


@upkeep_app.command("export", help="把索引备份成一个文件（zip）。")
def export_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="写入的文件。", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="覆盖已有的文件。")] = False,
    index: _Index = DEFAULT_INDEX,
) -> None:
    """Write the index into one file."""
    from assistant.upkeep import export_to

    raise typer.Exit(export_to(file, directory=index, force=force))


@upkeep_app.command("import", help="从 tongbao export 的文件恢复索引；先逐项校验。")
def import_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="tongbao export 写出的文件。", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="替换已有的索引。")] = False,
    index: _Index = DEFAULT_INDEX,
) -> None:
    """Restore the index from one file."""
    from assistant.upkeep import import_from

    raise typer.Exit(import_from(file, directory=index, force=force))


@upkeep_app.command(help="修复损坏的索引，或把旧格式改写为新格式。")
def repair(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="修复后再索引这些路径。", show_default=False)
    ] = None,
    index: _Index = DEFAULT_INDEX,
) -> None:
    """Restore what the sources and the index allow; exit 1 if something stays lost."""
    from assistant.upkeep import repair as repair_at

    raise typer.Exit(repair_at(paths or [], directory=index))
