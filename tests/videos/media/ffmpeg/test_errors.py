"""Errors: stable codes, retries, and their way through a result file."""

from __future__ import annotations

import pickle

import pytest

from videos.media.ffmpeg import errors
from videos.media.ffmpeg.errors import (
    BY_CODE,
    BadMedia,
    DiskFull,
    MediaError,
    OutOfMemory,
    Retry,
    TooLargePicture,
    error_from_json,
    error_to_json,
)

NEVER = {
    "not_a_video",
    "empty_file",
    "no_video_track",
    "truncated",
    "forbidden_format",
    "too_large_picture",
    "too_many_streams",
    "encrypted",
    "bad_media",
    "bad_output",
    "no_times",
    "output_limit",
}
CRASH = {"crashed", "out_of_memory", "timed_out"}
CRASH |= {"cpu_limit", "stalled", "memory_limit"}
INFRASTRUCTURE = {"disk_full", "no_room", "ffmpeg_missing"}


@pytest.mark.parametrize(
    ("retry", "codes"),
    [(Retry.NEVER, NEVER), (Retry.CRASH, CRASH), (Retry.INFRASTRUCTURE, INFRASTRUCTURE)],
)
def test_each_code_says_whether_a_retry_can_help(retry: Retry, codes: set[str]) -> None:
    ours = {code: each for code, each in BY_CODE.items() if each.__module__ == errors.__name__}
    assert {code for code, each in ours.items() if each.retry is retry} == codes


def test_an_error_carries_named_values_and_the_end_of_stderr() -> None:
    error = TooLargePicture({"width": 9000, "limit": 36}, "tail")
    assert error.args == {"width": 9000, "limit": 36}
    assert error.stderr_tail == "tail"
    assert str(error) == "too_large_picture (width=9000, limit=36)"


@pytest.mark.parametrize("error", [TooLargePicture({"width": 1}), DiskFull(), OutOfMemory()])
def test_an_error_survives_a_result_file(error: MediaError) -> None:
    back = error_from_json(error_to_json(error))
    assert type(back) is type(error)
    assert back.args == error.args


def test_an_error_survives_pickling() -> None:
    back = pickle.loads(pickle.dumps(TooLargePicture({"width": 1}, "tail")))
    assert (back.args, back.stderr_tail) == ({"width": 1}, "tail")


def test_a_result_is_no_error() -> None:
    assert error_from_json({"bytes": 1}) is None


def test_a_code_of_another_version_is_bad_media() -> None:
    assert type(error_from_json({"error": {"code": "new", "args": {}}})) is BadMedia
