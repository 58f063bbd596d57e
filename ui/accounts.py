"""`tongbao auth`: adding, listing and removing the accounts of the page."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import TongbaoError
from index.reasons import in_a_line
from ui.auth import add_account, read_accounts, remove_account
from ui.errors import AuthFileError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked with the file of accounts; return the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        if chosen.deed == "add":
            add_account(chosen.file, chosen.name, _password())
            _tell(f"已写入 {chosen.file}；正在运行的网页重启后生效")
        elif chosen.deed == "remove":
            left = remove_account(chosen.file, chosen.name)
            _tell(f"已移除 {chosen.name}，还有 {left} 个账号；正在运行的网页重启后生效")
        else:
            sys.stdout.writelines(f"{name}\n" for name in sorted(read_accounts(chosen.file)))
    except (TongbaoError, OSError) as error:
        _tell(in_a_line(error))
        return 1
    except (EOFError, KeyboardInterrupt):
        _tell("已取消，没有写入")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tongbao auth", description="管理网页账号；密码只以加盐散列保存")
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="add|list|remove")
    added = deeds.add_parser("add", help="添加账号，或为已有账号换密码；密码输入两次，或从管道读入一行")
    removed = deeds.add_parser("remove", help="移除账号")
    listed = deeds.add_parser("list", help="列出账号名")
    for deed in (added, removed, listed):
        deed.add_argument("file", type=Path, metavar="FILE", help="账号文件")
    for deed in (added, removed):
        deed.add_argument("name", metavar="USER", help="账号名")
    return parser


def _password() -> str:
    """Return the password, typed twice without being shown, or the first line of a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("密码：")
    if getpass.getpass("再输一次：") != first:
        raise AuthFileError("两次输入的密码不同，没有写入；请重来一次")
    return first


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    raise SystemExit(main())
