"""The forms of edits on the page of a video."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from videos.operations import registry as operations
from videos.operations.base import Operation
from videos.operations.forms import OperationForm


@dataclass(frozen=True, slots=True)
class Edit:
    """An operation's form on the page of a video."""

    slug: str
    label: str
    action_label: str
    form: OperationForm
    template: str
    opened: bool


def edits(forms: Mapping[str, OperationForm], opened: Container[str] = ()) -> list[Edit]:
    """The forms by slug as the page shows them, those with a template of their own first."""
    shown = [_edit(operations.get(slug), form, slug in opened) for slug, form in forms.items()]
    return sorted(shown, key=lambda edit: not edit.template)


def _edit(operation: Operation, form: OperationForm, opened: bool) -> Edit:
    form.auto_id = f"{operation.slug}-%s"
    label = str(operation.label)
    action_label = str(operation.action_label) or label
    return Edit(operation.slug, label, action_label, form, operation.template, opened)
