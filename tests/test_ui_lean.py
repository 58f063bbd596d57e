from __future__ import annotations

import subprocess
import sys

_TOLD = """
import sys
from pathlib import Path
from ui.lean import import_gradio

import_gradio({})
finders, module = list(sys.meta_path), sys.modules.get("mcp", "absent")
import_gradio()
from gradio import component_meta
from gradio.components import HTML

assert finders == sys.meta_path and module is not None
stub = Path(sys.modules[HTML.__module__].__file__).with_suffix(".pyi")
before = stub.stat().st_mtime_ns if stub.exists() else 0


class Mine(HTML):
    pass


after = stub.stat().st_mtime_ns if stub.exists() else 0
sys.exit(before != after or component_meta.create_or_modify_pyi.__module__ != "ui.lean")
"""


def _runs(options: str) -> None:
    done = subprocess.run([sys.executable, "-c", _TOLD.format(options)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_gradio_is_imported_without_its_stubs_and_nothing_is_left_behind() -> None:
    _runs("")


def test_the_protocol_for_models_is_imported_when_it_is_served() -> None:
    _runs("mcp=True")


def test_components_work_without_their_stubs() -> None:
    code = (
        "from ui.lean import import_gradio; import_gradio()\n"
        "import gradio as gr\n"
        "with gr.Blocks() as page:\n"
        "    box = gr.Textbox(); box.submit(str.upper, box, box)\n"
        "assert len(page.fns) == 1"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
