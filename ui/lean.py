"""Importing Gradio without what a page that is only served has no use for.

At each import Gradio compares the type stubs of its 76 components with their sources, and rewrites them where they
differ: 2.7 of the 4.5 seconds that importing it takes, and a write into the installed packages.
"""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_STUBS = "gradio.component_meta"
_WRITER = "create_or_modify_pyi"
_MCP = "mcp"


def import_gradio(*, mcp: bool = False) -> None:
    """Import Gradio; without `mcp` its server for that protocol stays out, which saves another half second.

    Does nothing if it is imported already. The stubs stay as they were installed.
    """
    if "gradio" in sys.modules:
        return
    finder = _WithoutStubs()
    hidden = not mcp and _MCP not in sys.modules
    sys.meta_path.insert(0, finder)
    if hidden:
        sys.modules[_MCP] = None  # type: ignore[assignment]
    try:
        import gradio  # noqa: F401
    finally:
        sys.meta_path.remove(finder)
        if hidden:
            del sys.modules[_MCP]


class _WithoutStubs(MetaPathFinder):
    """Finds the module that writes the stubs, and nothing else."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the module's own spec with a loader that leaves the stubs alone."""
        if fullname != _STUBS:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Quiet(spec.loader)
        return spec


class _Quiet(Loader):
    """Loads a module, then takes the writing of stubs out of it."""

    def __init__(self, inner: Loader) -> None:
        self._inner = inner

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return the module that the inner loader makes."""
        return self._inner.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module; a version of Gradio without this function is left as it is."""
        self._inner.exec_module(module)
        if hasattr(module, _WRITER):
            setattr(module, _WRITER, _leave)


def _leave(*_arguments: object) -> None:
    """Take the place of the function that writes a component's stub."""
