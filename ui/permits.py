"""Who may add and remove notices in the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.errors import PermitError

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to add and remove notices; the default gives it to nobody."""

    granted: bool = False
    names: frozenset[str] = frozenset()
    """The accounts that have the right; empty for everybody who can open the page."""

    def allows(self, user: str | None) -> bool:
        """Return whether `user`, None where nobody logs in, may add and remove notices."""
        return self.granted and (not self.names or user in self.names)


def read_permit(option: str | None, *, accounts: Collection[str] | None) -> Permit:
    """Return what `--allow-upload` grants: None nobody, an empty string everybody, else the accounts named.

    `accounts` are the names that can log in, None without a login. Raises `PermitError` for names without a
    login, and for a name that is no account.

    >>> read_permit("clerk，chief", accounts=["clerk", "chief", "guest"]).allows("guest")
    False
    """
    if option is None:
        return Permit()
    names = frozenset(filter(None, (name.strip() for name in option.replace("，", ",").split(","))))
    if not names:
        return Permit(granted=True)
    if accounts is None:
        raise PermitError("--allow-upload 指定了账号，但没有登录；请同时用 --auth 账号文件，或去掉账号名")
    unknown = sorted(names - set(accounts))
    if unknown:
        raise PermitError(f"--allow-upload 中的 {'、'.join(unknown)} 不在账号文件里")
    return Permit(granted=True, names=names)
