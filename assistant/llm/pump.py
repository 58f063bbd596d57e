"""A coroutine that runs in a thread of its own, and what it hands over: stopped at once, wherever it waits."""

from __future__ import annotations

import asyncio
import queue
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

_LOOK = 0.1
"""Seconds between two looks at whether the reader has cancelled."""
_LEAVE = 5.0
"""Seconds that a stopped coroutine may take to close its connection."""


def pumped(
    produce: Callable[[Callable[[str], None]], Awaitable[None]], *, cancelled: threading.Event | None = None
) -> Iterator[str]:
    """Yield what `produce` hands to its argument, as it comes; nothing is started before the first piece is asked for.

    Whatever `produce` raises is raised here. When the iterator is closed or `cancelled` is set, the coroutine is
    cancelled where it waits, so that it leaves its `async with` blocks; a cancelled one ends without an error.
    """
    pieces: queue.SimpleQueue[tuple[str, BaseException | None] | None] = queue.SimpleQueue()
    loop = asyncio.new_event_loop()
    task = loop.create_task(_fill(produce, pieces))
    thread = threading.Thread(target=_run, args=(loop, task), name="tongbao-llm", daemon=True)
    thread.start()
    try:
        while not (cancelled and cancelled.is_set()):
            try:
                got = pieces.get(timeout=_LOOK)
            except queue.Empty:
                continue
            if got is None:
                return
            text, error = got
            if error is not None:
                raise error
            yield text
    finally:
        _stop(loop, task)
        thread.join(_LEAVE)


async def _fill(
    produce: Callable[[Callable[[str], None]], Awaitable[None]],
    pieces: queue.SimpleQueue[tuple[str, BaseException | None] | None],
) -> None:
    try:
        await produce(lambda text: pieces.put((text, None)))
    except asyncio.CancelledError:
        pieces.put(None)
    except Exception as error:  # noqa: BLE001 (handed to the reader, who raises it)
        pieces.put(("", error))
    else:
        pieces.put(None)


def _run(loop: asyncio.AbstractEventLoop, task: asyncio.Task[Any]) -> None:
    try:
        loop.run_until_complete(task)
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


def _stop(loop: asyncio.AbstractEventLoop, task: asyncio.Task[Any]) -> None:
    try:
        loop.call_soon_threadsafe(task.cancel)
    except RuntimeError:
        return  # The loop is closed: the coroutine has ended.
