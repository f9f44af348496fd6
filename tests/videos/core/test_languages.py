"""Every language that can be chosen has a name in each language of the pages."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.utils import translation

from videos.core import languages

HANGUL = re.compile("[\uac00-\ud7a3]")


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_each_language_has_a_name_of_its_own(language: str) -> None:
    with translation.override(language):
        names = languages.names()
    assert set(names) == {languages.UNKNOWN, *languages.CODES.values()}
    assert all(names.values())
    assert len(set(names.values())) == len(names)


def test_every_name_is_translated_into_korean() -> None:
    with translation.override("ko"):
        korean = languages.names()
    assert [code for code, name in korean.items() if not HANGUL.search(name)] == []
    assert (korean["kor"], korean["eng"], korean["mon"]) == ("한국어", "영어", "몽골어")
