"""Sizes as people write them."""

from __future__ import annotations

import pytest
from django.utils import translation

from videos.core.formatting import readable_size


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0.0 MiB"), (1024**2, "1.0 MiB"), (1023 * 1024**2, "1023.0 MiB"), (3.1e9, "2.9 GiB")],
)
def test_a_size_is_in_mebibytes_or_gibibytes(size: int, text: str) -> None:
    assert readable_size(size) == text


def test_numbers_are_written_as_the_language_does() -> None:
    with translation.override("de"):
        assert readable_size(1024**3 * 3 // 2) == "1,5 GiB"
