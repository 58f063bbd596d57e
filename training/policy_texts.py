"""Writes the news texts that a gold file asks about: `python -m training.policy_texts --data DATA --out DIR`.

The texts are not part of the project; the gold file names them by their ids in the news (`n012345.txt`).
"""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path
from typing import Annotated

import typer

from index.errors import TongbaoError
from training.corpora import NEWS, TrainingDataError

_GOLD = Path(__file__).parent.parent / "eval" / "gold" / "policy.jsonl"


def write_texts(data: Path, gold: Path, out: Path) -> int:
    """Write each text that `gold` gives evidence from into a file of its own in `out` and return how many there are.

    Raises TrainingDataError if the news or one of the texts is not in `data`.
    """
    lines = gold.read_text("utf-8").splitlines()
    wanted = {one["file"] for line in lines if line.strip() for one in json.loads(line)["evidence"]}
    if not (data / NEWS).is_file():
        raise TrainingDataError(f"training text not found: {data / NEWS}")
    out.mkdir(parents=True, exist_ok=True)
    written = set()
    with lzma.open(data / NEWS, "rt", encoding="utf-8") as stream:
        for line in stream:
            one = json.loads(line)
            name = f"{one['id']}.txt"
            if name in wanted:
                (out / name).write_text(one["text"], encoding="utf-8", newline="\n")
                written.add(name)
    if missing := sorted(wanted - written):
        raise TrainingDataError(
            f"{data / NEWS} does not hold {missing[0]} ({len(missing)} of {len(wanted)} are missing)"
        )
    return len(written)


def main(
    data: Annotated[Path, typer.Option(help="folder of the training texts")],
    out: Annotated[Path, typer.Option(help="folder to write to")],
    gold: Annotated[Path, typer.Option(help="gold file that names the texts")] = _GOLD,
) -> None:
    """Write the texts and tell how many."""
    try:
        count = write_texts(data, gold, out)
    except TongbaoError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from error
    sys.stdout.write(f"{count} texts in {out}\n")


if __name__ == "__main__":
    typer.run(main)
