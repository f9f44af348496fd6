"""Params of an operation: one Django form checks what a page, a program or a command sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from videos.core import messages
from videos.core.errors import AppError
from videos.operations.base import Source

MAX_NUMBER = 2**53


def problem(code: str, **values: str | int | float) -> ValidationError:
    """A field's error: the sentence of `code`, with the code beside it for programs."""
    return ValidationError(messages.message(code, values), code=code, params=values)


class OperationForm(forms.Form):
    """The base of every operation's form.

    `sources` are the probed sources the values are checked against; empty where none has been
    probed yet (the values are checked again when the task runs). Of the fields that `one_of` names
    exactly one is filled in.
    """

    one_of: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, sources: Sequence[Source] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sources = sources
        for field in self.fields.values():
            if isinstance(field, (OfSubtitles, StructuredField)):
                field.offer(sources)
        if sources:
            self.initial = {**self.suggest(sources), **self.initial}

    def suggest(self, sources: Sequence[Source]) -> dict[str, Any]:
        """What the empty form is filled with for these sources."""
        return {}

    def clean(self) -> dict[str, Any]:
        """One of `one_of`, no more and no less."""
        data = super().clean() or self.cleaned_data
        given = [name for name in self.one_of if name in self.errors or data.get(name) is not None]
        if self.one_of and len(given) != 1:
            for name in self.one_of:
                self.add_error(name, problem("exactly_one"))
        return data


class StructuredField(forms.Field):
    """A value made of others. `code` says what is wrong with one of another shape."""

    code: ClassVar[str] = "invalid"
    schema: ClassVar[dict[str, Any]] = {}

    def is_of_shape(self, value: Any) -> bool:
        """Whether a JSON value has the field's shape, to the last type."""
        raise NotImplementedError

    def from_page(self, value: Any) -> Any:
        """The same from what a page sends. Raises ValidationError."""
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        """A JSON value as it is; what a page sends is read first."""
        if value in (None, "", [], {}):
            return None
        read = value if self.is_of_shape(value) else self.from_page(value)
        if not self.is_of_shape(read):
            raise problem(self.code)
        return read

    def offer(self, sources: Sequence[Source]) -> None:
        """Choose among what these sources have."""


class OfSubtitles(forms.ChoiceField):
    """A choice among the subtitle files of the first source; of any while that is not known."""

    is_known = False

    def offer(self, sources: Sequence[Source]) -> None:
        """Choose among these sources' files from now on."""
        self.is_known = bool(sources)
        self.choices = [(file.id, file.name) for each in sources[:1] for file in each.subtitles]

    def valid_value(self, value: str) -> bool:
        """Whether the video has such a file; whether it may be one while that is not known."""
        if super().valid_value(value) or (not self.is_known and _is_id(value)):
            return True
        raise problem("unknown_subtitles")


def _is_id(value: str) -> bool:
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False


class SubtitleField(OfSubtitles):
    """One subtitle file, by its id."""


class SubtitlesField(OfSubtitles, forms.MultipleChoiceField):
    """Several subtitle files, by their ids."""

    widget = forms.CheckboxSelectMultiple


class ColourField(forms.RegexField):
    """A colour as #rrggbb, in lower case."""

    widget = forms.TextInput(attrs={"type": "color"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"\A#[0-9a-fA-F]{6}\Z", **kwargs)

    def clean(self, value: Any) -> Any:
        """Raises `not_a_colour`."""
        try:
            return super().clean(value).lower()
        except ValidationError as error:
            if error.error_list[0].code == "required":
                raise
            raise problem("not_a_colour") from None


class MomentField(forms.FloatField):
    """A moment of the video in seconds; on the page it can be taken from the player."""

    is_moment = True


def checked(form: OperationForm) -> dict[str, Any]:
    """The form's values, ready to be stored as JSON. Raises AppError 422 that names each field."""
    if form.is_valid():
        return dict(form.cleaned_data)
    raise _form_error(form)


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
        raise AppError("invalid", 422, fields=wrong)
    return checked(form(data=dict(data), sources=sources))


def _wrong_type(field: forms.Field, value: object) -> str | None:
    if isinstance(field, (forms.FloatField, forms.IntegerField)):
        wrong = "not_a_whole_number" if _is_whole(field) else "not_a_number"
        return None if _is_number(value) else wrong
    if isinstance(field, StructuredField):
        return None if field.is_of_shape(value) else field.code
    if isinstance(field, forms.BooleanField):
        return None if isinstance(value, bool) else "not_a_choice"
    if isinstance(field, forms.MultipleChoiceField):
        texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
        return None if texts else "not_a_list"
    return None if isinstance(value, str) else "not_text"


def _is_number(value: object) -> bool:
    """Finite and within what a float holds exactly enough; True and False are no numbers."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    return abs(value) < MAX_NUMBER  # NaN is not


def _is_whole(field: forms.Field) -> bool:
    return isinstance(field, forms.IntegerField) and not isinstance(field, forms.FloatField)


def _form_error(form: OperationForm) -> AppError:
    """What is wrong with its fields; where nothing is, what is wrong with all of them together."""
    first = {name: errors[0] for name, errors in form.errors.as_data().items()}
    of_no_field = first.pop(NON_FIELD_ERRORS, None)
    if of_no_field and not first:
        return AppError(of_no_field.code or "invalid", 422, **dict(of_no_field.params or {}))
    codes = {name: _known(error.code, form.fields[name]) for name, error in first.items()}
    own = {name: _values(codes[name], error, form.fields[name]) for name, error in first.items()}
    together = {key: value for values in own.values() for key, value in values.items()}
    return AppError("invalid", 422, fields=codes, field_values=own, **together)


def _values(code: str, error: ValidationError, field: forms.Field) -> dict[str, str | int | float]:
    """What fills the sentence of a field's error."""
    if code == "not_a_choice":
        choices = getattr(field, "choices", ())
        return {"choices": ", ".join(str(value) for value, _label in choices)}
    if code == "out_of_range":
        bounds = getattr(field, "min_value", None), getattr(field, "max_value", None)
        return {"least": bounds[0] or 0, "most": bounds[1] or MAX_NUMBER}
    return dict(error.params or {})


def _known(code: str | None, field: forms.Field) -> str:
    """Django's own codes by our words."""
    ours = {
        "invalid_choice": "not_a_choice",
        "invalid": "not_a_whole_number" if _is_whole(field) else "not_a_number",
        "min_value": "out_of_range",
        "max_value": "out_of_range",
    }
    return ours.get(code or "", code or "invalid")


def json_schema(form: type[OperationForm]) -> dict[str, Any]:
    """The JSON schema of an operation's params (https://json-schema.org/draft/2020-12)."""
    fields = form.base_fields
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _field_schema(field) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required],
    }
    if form.one_of:
        schema["oneOf"] = [{"required": [name]} for name in form.one_of]
    return schema


def _field_schema(field: forms.Field) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": str(field.label or "")}
    if isinstance(field, StructuredField):
        return {**schema, **field.schema}
    if _is_whole(field):
        schema["type"] = "integer"
    elif isinstance(field, forms.FloatField):
        schema["type"] = "number"
    elif isinstance(field, forms.BooleanField):
        schema["type"] = "boolean"
    elif isinstance(field, forms.MultipleChoiceField):
        schema |= {"type": "array", "items": {"type": "string"}}
    else:
        schema["type"] = "string"
    if isinstance(field, forms.IntegerField):
        limits = {"minimum": field.min_value, "maximum": field.max_value}
        schema |= {word: limit for word, limit in limits.items() if limit is not None}
    if isinstance(field, ColourField):
        schema["pattern"] = "^#[0-9a-fA-F]{6}$"
    if isinstance(field, forms.ChoiceField) and not isinstance(field, OfSubtitles):
        choices: Any = field.choices
        schema["enum"] = [value for value, _label in choices]
    return schema
