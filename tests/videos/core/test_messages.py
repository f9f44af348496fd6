"""Every sentence a person reads when something fails."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from django.utils import translation

from videos.core import messages
from videos.core.messages import SENTENCES
from videos.media.ffmpeg.errors import BY_CODE

ROOT = Path(messages.__file__).resolve().parents[2]
# Where a code is named in the source.
NAMED = re.compile(
    r"""(?:AppError|problem|Failure)\(\s*"([a-z_]+)"|fields=\{[^}]*: "([a-z_]+)"\}"""
)


def values_for(template: object) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(str(template)) if name}


def codes_in_the_source() -> set[str]:
    found: set[str] = set()
    for package in ("videos", "vrewcraft", "progress"):
        for path in (ROOT / package).rglob("*.py"):
            found |= {one or other for one, other in NAMED.findall(path.read_text())}
    return found


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_every_failure_of_media_has_a_sentence(code: str) -> None:
    assert code in SENTENCES


def test_every_code_that_the_source_names_has_a_sentence() -> None:
    found = codes_in_the_source()
    assert {"not_found", "negative_time", "required", "lost"} <= found, "the search finds nothing"
    assert found <= set(SENTENCES)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_says_what_happened_and_what_to_do(code: str) -> None:
    said = messages.in_english(code, {})
    assert said["error"]
    assert said["remedy"].endswith((".", '"', "}."))


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_translation_keeps_the_blanks(code: str) -> None:
    item = SENTENCES[code]
    with translation.override(None):
        english = [values_for(item.message), values_for(item.remedy)]
    with translation.override("ko"):
        assert [values_for(item.message), values_for(item.remedy)] == english


def test_blanks_are_filled_by_name() -> None:
    assert messages.message("past_the_end", {"end": "00:04"}) == "The video ends at 00:04."


def test_a_blank_that_nobody_filled_stays_empty() -> None:
    assert messages.message("past_the_end", {}) == "The video ends at ."


def test_a_value_with_braces_is_shown_as_it_is() -> None:
    text = messages.message("bad_media", {"detail": "{0.__class__} {end}"})
    assert text == "The video could not be processed: {0.__class__} {end}"


def test_an_unknown_code_is_a_fault_of_ours() -> None:
    assert messages.message_and_remedy("no_such_code", {}) == messages.message_and_remedy(
        "internal", {}
    )


def test_the_wire_is_english_whatever_language_is_active() -> None:
    with translation.override("ko"):
        assert messages.in_english("empty_file", {})["error"] == "The file is empty."
