"""Types of JSON values: what serializers and calls declare, and schemas are made from.

The dictionaries themselves stay plain ones: a `TypedDict` costs nothing where it is filled.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

described = with_config(ConfigDict(use_attribute_docstrings=True))
"""Decorate a `TypedDict`: the docstrings of its fields are their descriptions in the schema."""


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
