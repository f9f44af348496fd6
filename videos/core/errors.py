"""Why a request is refused: a stable code, an HTTP status, and the values of its message."""

from __future__ import annotations


class AppError(Exception):
    """A request that cannot be met as it stands. Its sentence is found by `code` in messages.py.

    `fields` maps a field's name to a code of its own, so that a form can say it beside the field.
    `values` fills the named placeholders of the sentence, `field_values` those of each field's own.
    """

    def __init__(
        self,
        code: str,
        status: int = 400,
        *,
        fields: dict[str, str] | None = None,
        field_values: dict[str, dict[str, str | int | float]] | None = None,
        **values: str | int | float,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.fields = fields or {}
        self.field_values = field_values or {}
        self.values = values

    def values_for(self, field: str) -> dict[str, str | int | float]:
        """What fills the sentence of one field."""
        return {**self.values, **self.field_values.get(field, {})}
