"""Why something failed, as JSON."""

from __future__ import annotations

from django.utils import translation

from videos.core import messages
from videos.core.json_types import Args, ErrorState


def error_state(code: str, values: Args) -> ErrorState:
    """Why something failed, in the active language, and what another language needs."""
    return {
        "error": messages.message(code, values),
        "remedy": messages.remedy(code, values),
        "code": code,
        "args": values,
    }


def english_error(code: str, values: Args) -> ErrorState:
    """Why something failed, in English."""
    with translation.override(None):
        return error_state(code, values)
