"""Training of the static embedding that ships in `index/models/static`.

python -m training.embedder --data DIR --output DIR [--steps N | --minutes N] [--seed S] [--resume] [--device cpu|cuda]
python -m training.embedder --data DIR --measure FOLDER
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.errors import TongbaoError
from training.batches import Drawing, Pools, draw_batch
from training.contrastive import Optimisation, Trainer, initial_vectors
from training.corpora import MEASURED_QUESTIONS, read_news, read_questions, read_training_questions
from training.everyday import Everyday, shipped_entries
from training.model_card import describe_sizes, tabulate, write_card
from training.pairs import Origin, load_pairs, make_pairs, save_pairs, select
from training.retrieval import measure, measure_held_out
from training.static_model import StaticModel, load_static_model, save_static_model
from training.vocabulary import train_tokenizer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from training.corpora import Question
    from training.pairs import PairTable

_HELD_OUT = 50
"""One news text in so many is kept from training, to measure on."""
_SAVED_EVERY = 250
_TIMED_STEPS = 8
_STEPS = 1500
_VOCABULARY = 15_300
_WIDTH = 256
_RATE = 0.15
_START_SIZE = 10.0
"""Largest number in vectors to start from: stored ones are scaled to 1, those in training are about this large."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides the weights, beside the texts."""

    steps: int
    seed: int = 0
    vocabulary: int = _VOCABULARY
    width: int = _WIDTH
    learning_rate: float = _RATE
    scale: float = 20.0
    start: str | None = None
    """Folder of the model whose pieces and vectors training begins with; None: new pieces, random vectors."""
    drawing: Drawing = field(default_factory=Drawing)


@dataclass(frozen=True, slots=True)
class Material:
    """The tokenizer and the pairs made with it."""

    tokenizer_json: str
    pairs: PairTable

    @property
    def held_out(self) -> NDArray[np.bool_]:
        """Which pairs are kept from training: those of one news text in fifty."""
        made = self.pairs.origin == Origin.SENTENCE
        return np.asarray(made & self._of_held_out_text, np.bool_)

    @property
    def pools(self) -> Pools:
        """The pairs to train on."""
        origin = self.pairs.origin
        return Pools(
            made=np.flatnonzero((origin == Origin.SENTENCE) & ~self._of_held_out_text),
            people=np.flatnonzero(origin == Origin.PERSON),
            lexicon=np.flatnonzero((origin == Origin.LEXICON) & ~self._of_held_out_text),
        )

    @property
    def _of_held_out_text(self) -> NDArray[np.bool_]:
        return np.asarray(self.pairs.document % _HELD_OUT == _HELD_OUT - 1, np.bool_)


def prepare(
    texts: Sequence[str],
    questions: Sequence[Question],
    plan: Plan,
    work: Path,
    *,
    everyday: Everyday | None = None,
) -> Material:
    """Return tokenizer and pairs of the texts, from `work` if an earlier run left them there."""
    from tokenizers import Tokenizer

    stored, table = work / "tokenizer.json", work / "pairs.npz"
    if not table.is_file():
        work.mkdir(parents=True, exist_ok=True)
        if plan.start is None:
            tokenizer = train_tokenizer(texts, size=plan.vocabulary)
        else:
            tokenizer = load_static_model(Path(plan.start)).tokenizer
        tokenizer.save(str(stored), pretty=False)
        save_pairs(make_pairs(texts, questions, tokenizer, seed=plan.seed, everyday=everyday), table)
    return Material(tokenizer_json=Tokenizer.from_file(str(stored)).to_str(), pairs=load_pairs(table))


def fit(
    material: Material, plan: Plan, work: Path, *, device: str = "cpu", watch: Callable[[int, float], None]
) -> StaticModel:
    """Return the trained model; goes on from the checkpoint in `work` if there is one.

    `watch` is called after each step with the number of steps taken and the loss.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(material.tokenizer_json)
    trainer = _trainer(material, plan, device)
    checkpoint = work / "checkpoint.safetensors"
    if checkpoint.is_file():
        trainer.restore(checkpoint)
    pools = material.pools
    try:
        while trainer.step < plan.steps:
            loss = trainer.fit(draw_batch(material.pairs, pools, plan.drawing, [plan.seed, trainer.step]))
            watch(trainer.step, loss)
            if trainer.step % _SAVED_EVERY == 0:
                trainer.save(checkpoint)
    except KeyboardInterrupt:
        trainer.save(checkpoint)
        raise
    return StaticModel(tokenizer=tokenizer, vectors=trainer.vectors)


def _trainer(material: Material, plan: Plan, device: str) -> Trainer:
    how = Optimisation(steps=plan.steps, learning_rate=plan.learning_rate, scale=plan.scale)
    return Trainer(_first_vectors(material, plan), how, device=device)


def _first_vectors(material: Material, plan: Plan) -> NDArray[np.float32]:
    from tokenizers import Tokenizer

    if plan.start is not None:
        return load_static_model(Path(plan.start)).vectors * np.float32(_START_SIZE)
    pieces = Tokenizer.from_str(material.tokenizer_json).get_vocab_size()
    counts = np.bincount(material.pairs.ids, minlength=pieces)
    return initial_vectors(counts, width=plan.width, seed=plan.seed)


def steps_within(minutes: float, material: Material, plan: Plan, *, device: str) -> int:
    """Return how many steps fit into `minutes` on this machine, by a trial whose result is thrown away."""
    trainer = _trainer(material, plan, device)
    pools, began = material.pools, 0.0
    for step in range(2 * _TIMED_STEPS):
        if step == _TIMED_STEPS:
            began = time.perf_counter()
        trainer.fit(draw_batch(material.pairs, pools, plan.drawing, [plan.seed, step]))
    return max(int(60 * minutes * _TIMED_STEPS / (time.perf_counter() - began)), 1)


@contextmanager
def _progress(plan: Plan) -> Iterator[Callable[[int, float], None]]:
    """Give a function that shows the step and the smoothed loss on stderr."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task("training", total=plan.steps)
        smooth: list[float] = []

        def watch(step: int, loss: float) -> None:
            smooth[:] = [*smooth[-49:], loss]
            shown.update(task, completed=step, description=f"training, loss {np.mean(smooth):.3f}")

        yield watch


def _settle_plan(arguments: argparse.Namespace, work: Path) -> Plan:
    """Return the plan of the run to be resumed, or that of a new run, for which `work` is emptied."""
    stored = work / "plan.json"
    if arguments.resume and stored.is_file():
        values: dict[str, Any] = json.loads(stored.read_text("utf-8"))
        drawing: dict[str, Any] = values.pop("drawing")
        bounds = {name: tuple(value) for name, value in drawing.items() if isinstance(value, list)}
        return Plan(**values, drawing=Drawing(**(drawing | bounds)))
    shutil.rmtree(work, ignore_errors=True)
    plan = Plan(
        steps=arguments.steps,
        seed=arguments.seed,
        vocabulary=arguments.vocabulary,
        width=arguments.width,
        learning_rate=arguments.rate,
        start=str(arguments.start) if arguments.start else None,
    )
    _store_plan(plan, work)
    return plan


def _store_plan(plan: Plan, work: Path) -> None:
    work.mkdir(parents=True, exist_ok=True)
    (work / "plan.json").write_text(json.dumps(asdict(plan)), encoding="utf-8")


def _train(arguments: argparse.Namespace) -> str:
    work: Path = arguments.work or arguments.output.with_name(f".{arguments.output.name}.work")
    plan = _settle_plan(arguments, work)
    prepared = (work / "pairs.npz").is_file()
    texts = [] if prepared else read_news(arguments.data)
    questions = [] if prepared else read_training_questions(arguments.data)
    material = prepare(texts, questions, plan, work, everyday=Everyday(shipped_entries()))
    if arguments.minutes is not None and not (work / "checkpoint.safetensors").is_file():
        plan = replace(plan, steps=steps_within(arguments.minutes, material, plan, device=arguments.device))
        _store_plan(plan, work)
    with _progress(plan) as watch:
        model = fit(material, plan, work, device=arguments.device, watch=watch)
    report = _publish(model, material, plan, arguments)
    if arguments.work is None:
        shutil.rmtree(work)
    return report


def _publish(model: StaticModel, material: Material, plan: Plan, arguments: argparse.Namespace) -> str:
    """Write the model with its card, measured as it is stored, and return the measurement."""
    stored = StaticModel(tokenizer=model.tokenizer, vectors=model.vectors.astype(np.float16).astype(np.float32))
    measured = measure(stored, read_questions(arguments.data / MEASURED_QUESTIONS))
    held_out = measure_held_out(stored.vectors, select(material.pairs, material.held_out), seed=plan.seed)
    command = (
        f"python -m training.embedder --data DATA --output {arguments.output.name} --steps {plan.steps}"
        f" --seed {plan.seed} --vocabulary {plan.vocabulary} --width {plan.width} --rate {plan.learning_rate}"
        + (" --start PREVIOUS" if plan.start else "")
    )
    sizes = describe_sizes(*model.vectors.shape)
    card = write_card(
        command=command,
        seed=plan.seed,
        steps=plan.steps,
        started=plan.start is not None,
        sizes=sizes,
        measured=measured,
        held_out=held_out,
    )
    save_static_model(model, arguments.output, card=card)
    return f"{tabulate(measured)}\nheld-out news: {held_out.hit_at_1:.4f} {held_out.mrr_at_10:.4f}\n{sizes}"


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.embedder", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the training texts")
    parser.add_argument("--output", type=Path, help="folder of the model to be written")
    parser.add_argument("--measure", type=Path, metavar="FOLDER", help="only measure the model in FOLDER")
    parser.add_argument("--work", type=Path, help="folder for what a stopped run needs (beside the output unless told)")
    parser.add_argument("--steps", type=int, default=_STEPS, help="training steps (default %(default)s)")
    parser.add_argument("--minutes", type=float, help="as many steps as fit into this time on this machine instead")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--vocabulary", type=int, default=_VOCABULARY, help="pieces (default %(default)s)")
    parser.add_argument("--width", type=int, default=_WIDTH, help="dimensions (default %(default)s)")
    parser.add_argument("--rate", type=float, default=_RATE, help="highest learning rate (default %(default)s)")
    parser.add_argument("--start", type=Path, metavar="FOLDER", help="train the model in FOLDER on, with its pieces")
    parser.add_argument("--resume", action="store_true", help="go on where a stopped run ended")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    arguments = parser.parse_args(given)
    if (arguments.output is None) == (arguments.measure is None):
        parser.error("give either --output or --measure")
    return arguments


def main(given: Sequence[str] | None = None) -> int:
    """Train or measure as the command line says; return 0, or 1 after a failure told in one line."""
    arguments = _arguments(given)
    try:
        if arguments.measure is None:
            report = _train(arguments)
        else:
            questions = read_questions(arguments.data / MEASURED_QUESTIONS)
            report = tabulate(measure(load_static_model(arguments.measure), questions))
    except TongbaoError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("stopped; --resume goes on\n")
        return 130
    sys.stdout.write(report + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
