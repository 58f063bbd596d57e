"""Errors of the assistant, below `index.errors.TongbaoError`.

TongbaoError
├── QuestionError   a question cannot be asked as it stands (empty, too long)
├── BatchError      a questions file or an output cannot be used
├── ModeError       the answering mode asked for is not available
├── LogError        the log cannot be written where it was asked for
├── LlmError        a language model cannot be used, or broke off
└── SettingsError   a settings file cannot be used
"""

from index.errors import TongbaoError


class QuestionError(TongbaoError):
    """The question cannot be asked as it stands; the message says why."""


class BatchError(TongbaoError):
    """A questions file or an output file cannot be used; the message names the file and the row."""


class LogError(TongbaoError):
    """The log cannot be written where it was asked for; the message names the file."""


class ModeError(TongbaoError):
    """The answering mode asked for is not available: no language model is set up."""

    def __init__(self) -> None:
        super().__init__(
            "还没有设置语言模型，不能用 llm 方式作答；请用 --llm 地址或文件夹（或环境变量 TONGBAO_LLM）指定，"
            "或用 --mode extractive（默认）"
        )


class LlmError(TongbaoError):
    """A language model cannot be used as it is set up, or broke off; `fault` is the kind, for programs."""

    def __init__(self, message: str, *, fault: str = "setup") -> None:
        super().__init__(message)
        self.fault = fault


class SettingsError(TongbaoError):
    """A settings file cannot be read or holds a setting that is unknown or of the wrong kind; the message names it."""
