"""Errors of the page, below `index.errors.TongbaoError`.

TongbaoError
├── AuthFileError   the file of accounts cannot be used
└── BindError       the page may not be served at that address as asked
"""

from index.errors import TongbaoError


class AuthFileError(TongbaoError):
    """The file of accounts cannot be used; the message says why."""


class BindError(TongbaoError):
    """The page may not be served at that address as asked; the message says what is missing."""
