"""Times and sizes as people write them, for display only."""

from __future__ import annotations

from django.utils.formats import localize


def timecode(seconds: float, *, decimals: int = 3) -> str:
    """`MM:SS` or `H:MM:SS`, with the fraction where there is one: 75.5 s is `01:15.5`."""
    scale = 10**decimals
    ticks = round(max(0.0, seconds) * scale)
    whole, fraction = divmod(ticks, scale)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
    return text + f".{fraction:0{decimals}}".rstrip("0").rstrip(".") if decimals else text


GIB = 1024**3
MIB = 1024**2


def readable_size(size: int) -> str:
    """A size in bytes, in the active language's way of writing numbers."""
    if size >= GIB:
        return f"{localize(round(size / GIB, 1))} GiB"
    return f"{localize(round(size / MIB, 1))} MiB"
