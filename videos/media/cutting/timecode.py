"""SMPTE timecode: hours, minutes, seconds and pictures, with or without dropped numbers. Pure.

SMPTE ST 12-1: at 29.97 pictures a second two numbers are left out each minute but every tenth, so
that the count keeps to the clock; a semicolon says so.
"""

from __future__ import annotations

import re
from fractions import Fraction

from videos.media.cutting.index import SECOND_US

_FORM = re.compile(r"(\d+):(\d+):(\d+)([:;.])(\d+)")


def advanced(code: str, rate: Fraction, by_us: int) -> str:
    """The timecode that time later; nothing where it is none."""
    match = _FORM.fullmatch(code.strip())
    if match is None or not rate:
        return ""
    hours, minutes, seconds, pictures = (int(match[place]) for place in (1, 2, 3, 5))
    whole = round(rate)
    drops = match[4] != ":" and whole % 30 == 0
    count = ((hours * 60 + minutes) * 60 + seconds) * whole + pictures
    if drops:
        count -= _left_out(whole) * (hours * 60 + minutes - (hours * 60 + minutes) // 10)
    count += round(Fraction(by_us, SECOND_US) * rate)
    if drops:
        count = _with_numbers_left_out(count, whole)
    pictures, clock = count % whole, count // whole
    mark = ";" if drops else ":"
    hours, minutes, seconds = clock // 3600 % 24, clock // 60 % 60, clock % 60
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{pictures:02}"


def _left_out(whole: int) -> int:
    return whole // 15


def _with_numbers_left_out(count: int, whole: int) -> int:
    """The number that a picture carries, of the place that it has."""
    left_out = _left_out(whole)
    minute, ten = whole * 60 - left_out, whole * 600 - 9 * left_out
    tens, rest = divmod(count, ten)
    further = max(0, (rest - left_out) // minute)
    return count + left_out * (9 * tens + further)
