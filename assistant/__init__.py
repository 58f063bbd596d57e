"""Questions to cited answers, or plain refusals.

>>> from assistant import load_assistant  # doctest: +SKIP
>>> load_assistant(".tongbao").ask("2024年新增学位多少个？")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.pipeline import Assistant, load_assistant
    from assistant.types import Answer, Citation

__all__ = ["Answer", "Assistant", "Citation", "load_assistant"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import assistant` costs nothing."""
    import importlib

    homes = {"Answer": "types", "Citation": "types", "Assistant": "pipeline", "load_assistant": "pipeline"}
    if name not in homes:
        raise AttributeError(f"module 'assistant' has no attribute {name!r}")
    return getattr(importlib.import_module(f"assistant.{homes[name]}"), name)
