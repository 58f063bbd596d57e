"""The endpoints as tools for language models: what their answers look like on that way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import gradio


def answer_in_json(page: gradio.Blocks) -> None:
    """Make the tools of a served page answer in JSON; Gradio would show records as Python writes them."""
    server: Any = page.mcp_server_obj

    def as_json(data: Sequence[object], _address: str) -> list[Any]:
        texts = (json.dumps(output, ensure_ascii=False) for output in data)
        return [server.types.TextContent(type="text", text=text) for text in texts]

    if server is not None:
        server.postprocess_output_data = as_json
