"""Options and arguments that are paths, of every command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping


def leave_paths_unread(commands: MutableMapping[str, Any]) -> None:
    """Let no parser look whether a path may be read: its refusal is in English, and bad usage is something else.

    Whoever uses the path tells what is wrong with it.
    """
    for command in commands.values():
        leave_paths_unread(getattr(command, "commands", {}))
        for parameter in command.params:
            if hasattr(parameter.type, "readable"):
                parameter.type.readable = False
