"""Why something failed, as JSON."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from videos.core import messages


def error_state(code: str, blanks: dict[str, Any]) -> dict[str, Any]:
    """Why something failed, in the active language, and what another language needs."""
    return {**messages.both(code, blanks), "code": code, "args": blanks}


def english_error(code: str, blanks: dict[str, Any]) -> dict[str, Any]:
    """Why something failed, in English."""
    with translation.override(None):
        return error_state(code, blanks)
