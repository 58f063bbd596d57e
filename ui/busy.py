"""What the server says when no more questions can wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.words import words_of

if TYPE_CHECKING:
    from fastapi import Request
    from starlette.responses import JSONResponse

_TOO_MANY = 429
_RETRY_SECONDS = "5"


async def busy(request: Request, error: Exception) -> JSONResponse:
    """Return the refusal in the words of the page, in the language that the browser asks for.

    The status is 429, not 503: for 503 Gradio's page shows a fixed English line instead of the reason.
    """
    from starlette.responses import JSONResponse

    full = "full" in str(getattr(error, "detail", ""))
    words = words_of(request.headers.get("accept-language", ""))
    told = words["queue_full"] if full else str(getattr(error, "detail", error))
    return JSONResponse(
        {"detail": told}, status_code=_TOO_MANY if full else 503, headers={"Retry-After": _RETRY_SECONDS}
    )
