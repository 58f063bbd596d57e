"""Accounts of the page: salted scrypt hashes in a file, and a check that slows down guessing.

`tongbao auth` (`ui.accounts`) writes the file.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from index.reasons import reason_of, with_advice
from ui.errors import AuthFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_N, _R, _P = 2**14, 8, 1
_SALT_BYTES, _HASH_BYTES = 16, 32
_MIN_PASSWORD = 8
_FREE_TRIES = 3
_MAX_WAIT = 60.0
_MAX_NAMES = 10_000


def hash_password(password: str, *, salt: bytes | None = None) -> str:
    """Return `scrypt$N$r$p$salt$hash` of a password, salt and hash in base64.

    The costs are those of RFC 7914's interactive example: about 50 ms and 16 MB a check.
    """
    salt = secrets.token_bytes(_SALT_BYTES) if salt is None else salt
    digest = hashlib.scrypt(password.encode(), salt=salt, n=_N, r=_R, p=_P, dklen=_HASH_BYTES)
    return "$".join(("scrypt", str(_N), str(_R), str(_P), _base64(salt), _base64(digest)))


def matches(password: str, stored: str) -> bool:
    """Return whether `password` is the one that `stored` was made from; False if `stored` is no such hash."""
    parts = stored.split("$")
    if len(parts) != 6 or parts[0] != "scrypt" or (parts[1], parts[2], parts[3]) != (str(_N), str(_R), str(_P)):
        return False
    try:
        salt = base64.b64decode(parts[4], validate=True)
    except ValueError:
        return False
    return hmac.compare_digest(hash_password(password, salt=salt), stored)


def read_accounts(path: Path) -> dict[str, str]:
    """Return the hashes by account name; raises `AuthFileError` if the file is missing, foreign or empty."""
    accounts = _read(path)
    if not accounts:
        raise AuthFileError(f"{path} 里没有账号；请用 tongbao auth add 文件 账号名 添加")
    return accounts


def _read(path: Path) -> dict[str, str]:
    try:
        accounts = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise AuthFileError(f"无法读取账号文件 {path}：{reason_of(error)}") from error
    except ValueError as error:
        raise AuthFileError(f"{path} 不是账号文件；请用 tongbao auth add 文件 账号名 建立") from error
    if not isinstance(accounts, dict):
        raise AuthFileError(f"{path} 不是账号文件；请用 tongbao auth add 文件 账号名 建立")
    if not all(isinstance(stored, str) and stored.startswith("scrypt$") for stored in accounts.values()):
        raise AuthFileError(f"{path} 含有未加盐散列的密码，拒绝使用；请用 tongbao auth add 文件 账号名 重新设置")
    return accounts


def add_account(path: Path, name: str, password: str) -> None:
    """Write the account to the file, replacing an earlier one of that name; only the owner may read the file."""
    if not name.strip() or len(password) < _MIN_PASSWORD:
        raise AuthFileError(f"账号名不能为空，密码至少 {_MIN_PASSWORD} 位")
    accounts = _read(path) if path.exists() else {}
    _write(path, {**accounts, name.strip(): hash_password(password)})


def remove_account(path: Path, name: str) -> int:
    """Take the account out of the file and return how many are left; raises `AuthFileError` if it is not in there."""
    accounts = read_accounts(path)
    if name.strip() not in accounts:
        raise AuthFileError(f"{path} 里没有账号 {name}；用 tongbao auth list 查看")
    left = {known: stored for known, stored in accounts.items() if known != name.strip()}
    _write(path, left)
    return len(left)


def _write(path: Path, accounts: Mapping[str, str]) -> None:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(accounts, file, ensure_ascii=False, indent=1)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise AuthFileError(f"账号文件 {path} 无法写入：{with_advice(error)}") from error


class Gatekeeper:
    """Checks names and passwords; after three failures a name waits, twice as long each time, up to a minute."""

    def __init__(self, accounts: Mapping[str, str], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._accounts = dict(accounts)
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: dict[str, tuple[int, float]] = {}
        self._nobody = hash_password(secrets.token_hex(16))

    def __call__(self, name: str, password: str) -> bool:
        """Return whether the person may come in. An unknown name takes as long to refuse as a wrong password."""
        now = self._clock()
        with self._lock:
            count, until = self._failures.get(name, (0, 0.0))
            if now < until:
                return False
        good = matches(password, self._accounts.get(name, self._nobody)) and name in self._accounts
        with self._lock:
            if good:
                self._failures.pop(name, None)
            else:
                self._note_failure(name, count + 1, now)
        return good

    def _note_failure(self, name: str, count: int, now: float) -> None:
        if len(self._failures) >= _MAX_NAMES:
            self._failures.clear()
        wait = min(2.0 ** (count - _FREE_TRIES), _MAX_WAIT) if count > _FREE_TRIES else 0.0
        self._failures[name] = (count, now + wait)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
