"""One peer in a process of its own: `python -m eval.peers NAME --notices DIR --questions FILE --out FILE --model DIR`.

`questions` is a JSON list of strings. What is written: times in seconds of processor time, which a busy machine disturbs
little, and for each question the places found.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from eval.peers.registry import NAMES, open_peer

if TYPE_CHECKING:
    from collections.abc import Sequence

TOP_K = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Index, ask every question once, write what was found; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m eval.peers", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", choices=NAMES)
    for option in ("--notices", "--questions", "--out"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--model", required=True)
    chosen = parser.parse_args(arguments)
    questions = json.loads(chosen.questions.read_text("utf-8"))
    peer = open_peer(chosen.name, model=chosen.model)
    began = time.process_time()
    peer.index(chosen.notices)
    index_s = time.process_time() - began
    times, found = [], []
    cold_s = 0.0
    for question in questions:
        asked = time.process_time()
        pieces = peer.search(question, top_k=TOP_K)
        answered = time.process_time()
        cold_s = cold_s or answered - index_s
        times.append(answered - asked)
        found.append([[one.file, one.start, one.end] for one in pieces])
    record = {"index_s": index_s, "cold_s": cold_s, "query_s": times, "found": found}
    chosen.out.write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
