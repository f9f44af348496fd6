"""Why a request is refused: a stable code, an HTTP status, and what fills the sentence's blanks."""

from __future__ import annotations


class Refusal(Exception):
    """A request that cannot be met as it stands. Its sentence is found by `code` in sentences.py.

    `fields` maps a field's name to a code of its own, so that a form can say it beside the field.
    `blanks` fills the named placeholders of the sentence.
    """

    def __init__(
        self,
        code: str,
        status: int = 400,
        *,
        fields: dict[str, str] | None = None,
        **blanks: str | int | float,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.fields = fields or {}
        self.blanks = blanks
