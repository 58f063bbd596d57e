"""`tongbao web`, also `python -m ui`: serve the chat."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from assistant.edge import one_thread_for_products
from index.errors import TongbaoError
from index.reasons import in_a_line
from ui.app import DEFAULT_HOST, DEFAULT_PORT, launch

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; return the exit code."""
    parser = argparse.ArgumentParser(prog="tongbao web", description="通报问答网页")
    parser.add_argument("--index", default=os.environ.get("TONGBAO_INDEX", ".tongbao"), help="索引文件夹")
    parser.add_argument("--host", default=DEFAULT_HOST)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="网页进程数，默认 1；多人使用时不超过核数")
    parser.add_argument("--auth", help="账号文件，用 tongbao auth add 建立")
    parser.add_argument("--no-auth", action="store_true", help="允许其他机器不登录就使用")
    parser.add_argument("--feedback", metavar="FILE", help="写入用户反馈的文件，默认在索引旁")
    parser.add_argument("--mcp", action="store_true", help="同时作为 MCP 服务，供语言模型调用；不能与 --auth 同用")
    parser.add_argument(
        "--allow-upload",
        nargs="?",
        const="",
        metavar="账号,账号",
        help="允许在网页里添加和移除通报；不写账号则所有能打开网页的人都可以（默认不允许）",
    )
    parser.add_argument("--llm", metavar="URL|FOLDER", help="语言模型：服务的地址，或模型文件夹（$TONGBAO_LLM）")
    parser.add_argument("--llm-model", metavar="NAME", help="服务上模型的名称（$TONGBAO_LLM_MODEL）")
    chosen = parser.parse_args(arguments)
    try:
        launch(
            chosen.index,
            host=chosen.host,
            port=chosen.port,
            auth=chosen.auth,
            no_auth=chosen.no_auth,
            feedback=chosen.feedback,
            mcp=chosen.mcp,
            allow_upload=chosen.allow_upload,
            workers=chosen.workers,
            model=(chosen.llm, chosen.llm_model),
        )
    except (TongbaoError, OSError) as error:
        sys.stderr.write(f"{in_a_line(error)}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    one_thread_for_products()
    raise SystemExit(main())
