"""Why a request is refused: a stable code, an HTTP status, and what fills the sentence's blanks."""

from __future__ import annotations


class Refusal(Exception):
    """A request that cannot be met as it stands. Its sentence is found by `code` in sentences.py.

    `fields` maps a field's name to a code of its own, so that a form can say it beside the field.
    `blanks` fills the named placeholders of the sentence, `field_blanks` those of each field's own.
    """

    def __init__(
        self,
        code: str,
        status: int = 400,
        *,
        fields: dict[str, str] | None = None,
        field_blanks: dict[str, dict[str, str | int | float]] | None = None,
        **blanks: str | int | float,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.fields = fields or {}
        self.field_blanks = field_blanks or {}
        self.blanks = blanks

    def blanks_of(self, field: str) -> dict[str, str | int | float]:
        """What fills the sentence of one field."""
        return {**self.blanks, **self.field_blanks.get(field, {})}
