"""Errors of the page, below `index.errors.TongbaoError`.

TongbaoError
├── AuthFileError   the file of accounts cannot be used
├── BindError       the page may not be served at that address as asked
├── FeedbackError   what was said about an answer cannot be written
├── McpError        the server for language models cannot be offered as asked
├── OpeningError    a fault of the program while index or models were opened; the log has it in full
├── PermitError     who may add notices cannot be granted as asked
├── UploadError     something that was sent to the page cannot be taken
└── WorkerError     a web process cannot be started
"""

from index.errors import TongbaoError


class AuthFileError(TongbaoError):
    """The file of accounts cannot be used; the message says why."""


class BindError(TongbaoError):
    """The page may not be served at that address as asked; the message says what is missing."""


def port_taken(host: str, port: int) -> BindError:
    """Return the error for a port that cannot be listened at."""
    return BindError(f"{host}:{port} 无法使用，端口可能已被占用，或不在 1–65535 之内；请用 --port 另选一个")


class FeedbackError(TongbaoError):
    """What was said about an answer cannot be written; the message says why."""


class McpError(TongbaoError):
    """The server for language models cannot be offered as asked; the message says why."""


class OpeningError(TongbaoError):
    """Index or models could not be opened for a reason that nobody foresaw; the log has it in full."""


class PermitError(TongbaoError):
    """Who may add notices cannot be granted as asked; the message says why."""


class UploadError(TongbaoError):
    """Something that was sent to the page cannot be taken; the message says why."""


class WorkerError(TongbaoError):
    """A web process cannot be started; the message says why."""
