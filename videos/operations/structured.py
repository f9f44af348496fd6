"""Fields whose value is more than text or a number: JSON from programs, plain lines from a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from videos.operations.base import Source
from videos.operations.forms import StructuredField, problem

MOST_SEGMENTS, MOST_CHAPTERS, MOST_FILES = 200, 500, 16
LONGEST_TITLE = 200
ATTACH, BURN = "attach", "burn"
ALL, NONE = "all", "none"
_CLOCK = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:[.,]\d+)?)")


def seconds_of(text: str) -> float:
    """Seconds of `10.5`, `1:10` or `1:02:03.5`. Raises ValueError."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    hours, minutes = (int(match[place] or 0) for place in (1, 2))
    return hours * 3600 + minutes * 60 + float(match[3].replace(",", "."))


def is_number(value: object) -> bool:
    """A finite JSON number that is no boolean."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 2**53


class SegmentsField(StructuredField):
    """Stretches of the video in the result's order; on a page one in each line."""

    widget = forms.Textarea(attrs={"rows": 4, "placeholder": "0:10 - 0:30"})
    code = "not_segments"
    schema: ClassVar[dict[str, Any]] = {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_SEGMENTS,
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["start", "end"],
            "properties": {"start": {"type": "number"}, "end": {"type": "number"}},
        },
    }

    def is_of_shape(self, value: Any) -> bool:
        """A list of objects with `start` and `end`, and nothing else."""
        return (
            isinstance(value, list)
            and 0 < len(value) <= MOST_SEGMENTS
            and all(
                isinstance(each, dict) and set(each) == {"start", "end"} and _are_numbers(each)
                for each in value
            )
        )

    def from_page(self, value: Any) -> Any:
        """Lines such as `0:10 - 0:30`."""
        if not isinstance(value, str):
            raise problem(self.code)
        lines = [line for line in value.splitlines() if line.strip()]
        try:
            pairs = [re.split(r"\s*[-–~]\s*", line.strip(), maxsplit=1) for line in lines]
            return [{"start": seconds_of(start), "end": seconds_of(end)} for start, end in pairs]
        except ValueError:
            raise problem(self.code) from None


def _are_numbers(values: Mapping[str, object]) -> bool:
    return all(is_number(value) for value in values.values())


class SoundsField(StructuredField):
    """Which sound tracks are kept: all, none, or some by their place in the file."""

    widget = forms.Select(choices=[(ALL, _("All")), (NONE, _("None"))])
    code = "not_sounds"
    schema: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {"enum": [ALL, NONE]},
            {"type": "array", "maxItems": 32, "items": {"type": "integer", "minimum": 0}},
        ]
    }

    def is_of_shape(self, value: Any) -> bool:
        """A word or a list of whole numbers."""
        if value in (ALL, NONE):
            return True
        return (
            isinstance(value, list)
            and len(value) <= 32
            and all(
                isinstance(each, int) and not isinstance(each, bool) and each >= 0 for each in value
            )
        )

    def from_page(self, value: Any) -> Any:
        """A page sends the words alone."""
        raise problem(self.code)


class ChaptersField(StructuredField):
    """Chapters of the result; on a page one in each line."""

    widget = forms.Textarea(attrs={"rows": 3, "placeholder": "0:00 Introduction"})
    code = "not_chapters"
    schema: ClassVar[dict[str, Any]] = {
        "type": "array",
        "maxItems": MOST_CHAPTERS,
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["at", "title"],
            "properties": {
                "at": {"type": "number", "minimum": 0},
                "title": {"type": "string", "minLength": 1, "maxLength": LONGEST_TITLE},
            },
        },
    }

    def is_of_shape(self, value: Any) -> bool:
        """A list of objects with `at` and `title`."""
        return (
            isinstance(value, list)
            and len(value) <= MOST_CHAPTERS
            and all(
                isinstance(each, dict)
                and set(each) == {"at", "title"}
                and is_number(each["at"])
                and each["at"] >= 0
                and isinstance(each["title"], str)
                and 0 < len(each["title"].strip()) <= LONGEST_TITLE
                for each in value
            )
        )

    def from_page(self, value: Any) -> Any:
        """Lines such as `1:30 Questions`."""
        if not isinstance(value, str):
            raise problem(self.code)
        try:
            parts = [line.strip().split(None, 1) for line in value.splitlines() if line.strip()]
            return [{"at": seconds_of(at), "title": title} for at, title in parts]
        except ValueError:
            raise problem(self.code) from None


class CaptionsWidget(forms.Widget):
    """A box for each subtitle file, and whether they are attached or drawn."""

    template_name = "widgets/captions.html"
    files: Sequence[tuple[str, str]] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The files with those that are chosen, and the ways."""
        context = super().get_context(name, value, attrs)
        chosen = value if isinstance(value, Mapping) else {}
        ids = chosen.get("files", ())
        context["widget"]["files"] = [(key, label, key in ids) for key, label in self.files]
        context["widget"]["how"] = chosen.get("how", ATTACH)
        return context

    def _render(self, template_name: str, context: Any, renderer: Any = None) -> SafeString:
        """By the site's own templates, where its markup is."""
        return render_to_string(template_name, context)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """A program's object, or the boxes of a page."""
        if name in data and not isinstance(data, MultiValueDict):
            return data[name]
        if not isinstance(data, MultiValueDict):
            return None
        chosen = data.getlist(f"{name}_files")
        return {"files": chosen, "how": data.get(f"{name}_how", ATTACH)} if chosen else None


class CaptionsField(StructuredField):
    """Subtitle files of the video, and whether they become tracks or are drawn."""

    widget = CaptionsWidget
    code = "not_captions"
    STYLE: ClassVar[dict[str, Any]] = {
        "size": {"type": "number", "minimum": 2, "maximum": 15},
        "colour": {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"},
        "outline": {"type": "integer", "minimum": 0, "maximum": 10},
        "position": {"enum": ["bottom", "middle", "top"]},
    }
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["files", "how"],
        "properties": {
            "files": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_FILES,
                "items": {"type": "string"},
            },
            "how": {"enum": [ATTACH, BURN]},
            "style": {"type": "object", "additionalProperties": False, "properties": STYLE},
        },
    }

    def offer(self, sources: Sequence[Source]) -> None:
        """The files of the first source."""
        files = [(file.id, file.name) for each in sources[:1] for file in each.subtitles]
        cast("CaptionsWidget", self.widget).files = files

    def is_of_shape(self, value: Any) -> bool:
        """`files`, `how`, and perhaps a `style`, whose values their own form checks."""
        if not isinstance(value, dict) or not {"files", "how"} <= set(value):
            return False
        if set(value) - {"files", "how", "style"} or value["how"] not in (ATTACH, BURN):
            return False
        files, style = value["files"], value.get("style", {})
        return (
            isinstance(files, list)
            and 0 < len(files) <= MOST_FILES
            and all(isinstance(each, str) for each in files)
            and isinstance(style, dict)
            and set(style) <= set(self.STYLE)
        )

    def from_page(self, value: Any) -> Any:
        """The widget gives what a program would."""
        raise problem(self.code)
