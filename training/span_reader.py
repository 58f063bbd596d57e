"""Makes the span model: `python -m training.span_reader --data DATA --output assistant/models/span`.

First a pass over questions made from news, then some over the questions of people in CMRC 2018 trial and DRCD.
One passage in twelve of those is kept apart to measure on; CMRC 2018 dev is never read here.
"""

from __future__ import annotations

import json
import random
import sys
from collections import deque
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assistant.span_model import SpanModel
from assistant.spans import ShippedSpans, SpanScorer, best_span
from eval.official import official_exact_match, official_f1
from index.analysis import fold
from index.embedding import shipped_embedder
from index.errors import TongbaoError
from training.corpora import read_news, read_training_questions
from training.everyday import Everyday, shipped_entries
from training.span_card import write_card
from training.span_data import Batches, character_numbers, examples_of
from training.span_questions import MadeQuestion, make_questions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from training.corpora import Question
    from training.span_trainer import SpanTrainer

_CHARACTERS = 5500
_APART = 12
DEFAULT_OUTPUT = Path(__file__).parent.parent / "assistant" / "models" / "span"


def passages_apart(questions: Sequence[Question]) -> frozenset[str]:
    """Return the passages that the span model is not trained on."""
    passages = sorted({one.passage for one in questions})
    random.Random(5).shuffle(passages)
    return frozenset(passages[: len(passages) // _APART])


def asked_by_people(questions: Sequence[Question]) -> tuple[list[MadeQuestion], list[MadeQuestion]]:
    """Return the questions to train on and those kept apart, which share no passage."""
    apart = passages_apart(questions)
    sides: tuple[list[MadeQuestion], list[MadeQuestion]] = ([], [])
    for one in questions:
        end = one.answer_start + len(one.answer)
        made = MadeQuestion(fold(one.question), fold(one.passage), one.answer_start, end)
        sides[one.passage in apart].append(made)
    return sides


def measure(scorer: SpanScorer, questions: Sequence[MadeQuestion]) -> tuple[float, float]:
    """Return exact match and F1 with the passage given; zeros for no questions."""
    exact, overlap = [0.0], [0.0]
    for one in questions:
        start, end = best_span(scorer, one.question, one.text)
        said, right = one.text[start:end], [one.text[one.start : one.end]]
        exact.append(official_exact_match(said, right))
        overlap.append(official_f1(said, right))
    count = max(1, len(questions))
    return sum(exact) / count, sum(overlap) / count


def save_model(trainer: SpanTrainer, characters: Sequence[str], scale: float, folder: Path, card: str) -> None:
    """Write the weights in float16, the characters and the card."""
    from training.span_network import arrays_of

    folder.mkdir(parents=True, exist_ok=True)
    arrays = arrays_of(trainer.network)
    np.savez(folder / "weights.npz", scale=np.float32(scale), **arrays)
    (folder / "characters.json").write_text(json.dumps("".join(characters), ensure_ascii=False) + "\n", "utf-8")
    (folder / "README.md").write_text(card, "utf-8")


def main(
    data: Annotated[Path, typer.Option(help="folder of the training texts")],
    output: Annotated[Path, typer.Option(help="folder of the model to be written")] = DEFAULT_OUTPUT,
    work: Annotated[Path | None, typer.Option(help="folder for what a stopped run needs")] = None,
    made: Annotated[int, typer.Option(help="questions made from news")] = 60_000,
    passes: Annotated[int, typer.Option(help="times that people's questions are gone through")] = 4,
    seed: Annotated[int, typer.Option()] = 7,
    device: Annotated[str, typer.Option(help="cpu or cuda")] = "cpu",
    resume: Annotated[bool, typer.Option("--resume", help="go on where a stopped run ended")] = False,
) -> None:
    """Make the questions, train, measure on what was kept apart, write the model."""
    work = work or output.with_name(f".{output.name}.work")
    try:
        _train(data, output, work, counts=(made, passes), seed=seed, device=device, resume=resume)
    except TongbaoError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from error


def _train(
    data: Path, output: Path, work: Path, *, counts: tuple[int, int], seed: int, device: str, resume: bool
) -> None:
    from training.span_trainer import SpanTrainer, Stage

    made, passes = counts
    work.mkdir(parents=True, exist_ok=True)
    everyday = Everyday(shipped_entries())
    from_news = examples_of(make_questions(read_news(data) if made else [], everyday, count=made, seed=seed))
    people, apart = asked_by_people(read_training_questions(data))
    from_people = examples_of(people)
    characters = character_numbers([*from_news, *from_people], count=_CHARACTERS)
    numbers = {char: at + 2 for at, char in enumerate(characters)}
    trainer = SpanTrainer(len(characters), seed=seed, device=device)
    checkpoint = work / "checkpoint.safetensors"
    if resume and checkpoint.is_file():
        trainer.restore(checkpoint)
    before, scale = 0, 1.0
    for stage, examples in (
        (Stage("news", 1, 2e-3, 200), from_news),
        (Stage("people", passes, 1.5e-3, 240), from_people),
    ):
        if examples:
            batches = Batches(examples, shipped_embedder(), numbers)
            scale = batches.scale
            with _progress(stage.name) as watch:
                before += trainer.run(stage, batches, before=before, path=checkpoint, watch=watch)
    save_model(trainer, characters, scale, output, "")
    figures = measure(ShippedSpans(SpanModel.open(output)), apart)
    card = write_card(
        command=f"python -m training.span_reader --data DATA --made {made} --passes {passes} --seed {seed}",
        made=len(from_news),
        asked=len(from_people),
        apart=len(apart),
        figures=figures,
        weights=sum(p.numel() for p in trainer.network.parameters()),
    )
    (output / "README.md").write_text(card, "utf-8")
    sys.stdout.write(f"kept apart, passage given: exact match {figures[0]:.3f}, F1 {figures[1]:.3f}\n")


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, float], None]]:
    """Give a function that shows the step and the smoothed loss of a stage on stderr."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    losses: deque[float] = deque(maxlen=100)
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task(name)

        def watch(step: int, loss: float) -> None:
            losses.append(loss)
            shown.update(task, completed=step, description=f"{name}, loss {np.mean(losses):.3f}")

        yield watch


if __name__ == "__main__":
    typer.run(main)
