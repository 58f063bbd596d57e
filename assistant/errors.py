"""Errors of the assistant, below `index.errors.TongbaoError`.

TongbaoError
├── QuestionError   a question cannot be asked as it stands (empty, too long)
├── BatchError      a questions file or an output cannot be used
└── ModeError       the answering mode asked for is not available
"""

from index.errors import TongbaoError


class QuestionError(TongbaoError):
    """The question cannot be asked as it stands; the message says why."""


class BatchError(TongbaoError):
    """A questions file or an output file cannot be used; the message names the file and the row."""


class ModeError(TongbaoError):
    """The answering mode asked for is not available."""
