"""The web page of Tongbao: `launch` serves it."""

from ui.app import launch

__all__ = ["launch"]
