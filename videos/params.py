"""Params of an operation: one Django form checks what a page, a program or a command sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from videos import sentences
from videos.errors import Refusal
from videos.plan import Source

LARGEST = 2**53


def problem(code: str, **blanks: str | int | float) -> ValidationError:
    """A field's error: the sentence of `code`, with the code beside it for programs."""
    return ValidationError(sentences.happened(code, blanks), code=code, params=blanks)


class OperationForm(forms.Form):
    """The base of every operation's form.

    `sources` are the probed sources the values are checked against; empty where none has been
    probed yet (the values are checked again when the task runs).
    """

    def __init__(self, *args: Any, sources: Sequence[Source] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sources = sources
        if sources:
            self.initial = {**self.suggest(sources), **self.initial}

    def suggest(self, sources: Sequence[Source]) -> dict[str, Any]:
        """What the empty form is filled with for these sources."""
        return {}


def checked(form: OperationForm) -> dict[str, Any]:
    """The form's values, ready to be stored as JSON. Raises Refusal 422 that names each field."""
    if form.is_valid():
        return dict(form.cleaned_data)
    raise _refusal(form)


def from_json(
    form: type[OperationForm], data: Mapping[str, Any], sources: Sequence[Source] = ()
) -> dict[str, Any]:
    """Params from a JSON object, strictly typed: a string is no number, no unknown names."""
    fields = form.base_fields
    wrong = {name: "unknown_field" for name in data if name not in fields}
    for name, field in fields.items():
        if name in data and (code := _wrong_type(field, data[name])):
            wrong[name] = code
    if wrong:
        raise Refusal("invalid", 422, fields=wrong)
    return checked(form(data=dict(data), sources=sources))


def _wrong_type(field: forms.Field, value: object) -> str | None:
    if isinstance(field, (forms.FloatField, forms.IntegerField)):
        return None if _is_number(value) else "not_a_number"
    if isinstance(field, forms.BooleanField):
        return None if isinstance(value, bool) else "not_a_choice"
    return None if isinstance(value, str) else "not_text"


def _is_number(value: object) -> bool:
    """Finite and within what a float holds exactly enough; True and False are no numbers."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    return abs(value) < LARGEST  # NaN is not


def _refusal(form: OperationForm) -> Refusal:
    first = {name: errors[0] for name, errors in form.errors.as_data().items()}
    codes = {name: _known(error.code) for name, error in first.items()}
    blanks: dict[str, str | int | float] = {}
    for name, error in first.items():
        wrong_choice = codes[name] == "not_a_choice"
        blanks |= {"choices": _choices(form.fields[name])} if wrong_choice else error.params or {}
    return Refusal("invalid", 422, fields=codes, **blanks)


def _choices(field: forms.Field) -> str:
    return ", ".join(str(value) for value, _label in getattr(field, "choices", ()))


def _known(code: str | None) -> str:
    """Django's own codes by our words."""
    ours = {"invalid_choice": "not_a_choice", "invalid": "not_a_number"}
    return ours.get(code or "", code or "invalid")


def json_schema(form: type[OperationForm]) -> dict[str, Any]:
    """The JSON schema of an operation's params (https://json-schema.org/draft/2020-12)."""
    fields = form.base_fields
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _field_schema(field) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required],
    }


def _field_schema(field: forms.Field) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": str(field.label or "")}
    if isinstance(field, forms.IntegerField) and not isinstance(field, forms.FloatField):
        schema["type"] = "integer"
    elif isinstance(field, forms.FloatField):
        schema["type"] = "number"
    elif isinstance(field, forms.BooleanField):
        schema["type"] = "boolean"
    else:
        schema["type"] = "string"
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        schema["enum"] = [value for value, _label in choices]
    return schema
