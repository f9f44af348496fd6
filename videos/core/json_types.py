"""Types of JSON values: what serializers and calls declare, and schemas are made from.

The dictionaries themselves stay plain ones: a `TypedDict` costs nothing where it is filled.
"""

from __future__ import annotations

import ast
import enum
import inspect
import itertools
from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict, get_original_bases, is_typeddict

T = TypeVar("T", bound=type)


def described(kind: T) -> T:
    """Decorate a `TypedDict`: the docstrings of its fields are their descriptions in the schema.

    Those of inherited fields too, which pydantic's own setting would leave out.
    """
    return with_config(ConfigDict(json_schema_extra=partial(_describe, kind)))(kind)


def described_with_more(kind: T) -> T:
    """The same, where a value may have fields that are not declared."""
    extra = partial(_describe, kind)
    return with_config(ConfigDict(extra="allow", json_schema_extra=extra))(kind)


def _describe(kind: type, schema: dict[str, Any]) -> None:
    for name, text in docstrings(kind).items():
        schema["properties"][name].setdefault("description", text)


def docstrings(kind: type) -> dict[str, str]:
    """The docstring after each field, of those that it inherits too."""
    result: dict[str, str] = {}
    for base in get_original_bases(kind):
        if is_typeddict(base):
            result |= docstrings(base)
    (definition,) = ast.parse(inspect.getsource(kind)).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    for field, after in itertools.pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(after, ast.Expr):
            name, text = ast.unparse(field.target), ast.literal_eval(after.value)
            result[name] = inspect.cleandoc(text)
    return result


def choice(values: type[enum.Enum] | Iterable[str]) -> Any:
    """Annotate a text that is one of these; said in the schema only, not checked."""
    words = [item.value if isinstance(item, enum.Enum) else item for item in values]
    return Field(json_schema_extra={"enum": words})


def written_as(form: str) -> Any:
    """Annotate a text of this format (https://json-schema.org/draft/2020-12, "format")."""
    return Field(json_schema_extra={"format": form})


Id = Annotated[str, written_as("uuid")]
Time = Annotated[str, written_as("date-time")]
Url = Annotated[str, written_as("uri-reference")]
Args = dict[str, str | int | float]
"""What fills the blanks of a sentence."""


@described
class ErrorState(TypedDict):
    """Why something failed."""

    error: str
    """A sentence: what happened."""
    remedy: str
    """A sentence: what to do about it."""
    code: str
    """One of the [error codes](#error-codes)."""
    args: Args
    """What fills the blanks of both sentences."""
