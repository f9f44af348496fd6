"""Probe results as values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from videos.media.ffmpeg.errors import BadMedia, TooManyStreams
from videos.media.probe.model import Kind, Probe, StreamInfo, read_result

PROBE = Probe(
    bytes=1000,
    container="mp4",
    duration_us=2_000_000,
    declared_duration_us=None,
    width=160,
    height=120,
    streams=(
        StreamInfo(0, Kind.VIDEO, codec="h264", width=160, height=120, frames=50),
        StreamInfo(1, Kind.AUDIO, codec="aac", language="kor", title="원본", default=True),
        StreamInfo(2, Kind.PICTURE, codec="mjpeg"),
    ),
    keyframes=((-300_000, 48), (0, 900)),
    warnings=("vfr",),
)


def test_a_probe_survives_json() -> None:
    assert Probe.from_json(json.loads(json.dumps(PROBE.to_json()))) == PROBE


def test_a_probe_of_an_older_version_is_read() -> None:
    assert Probe.from_json({"bytes": 5, "streams": [{"index": 0, "kind": "audio"}]}) == Probe(
        bytes=5, streams=(StreamInfo(0, Kind.AUDIO),)
    )


def test_what_a_newer_version_adds_is_left_out() -> None:
    data = {**PROBE.to_json(), "new": 1}
    data["streams"] = [{**stream, "new": 1} for stream in data["streams"]]
    assert Probe.from_json(data) == PROBE


def test_a_cover_picture_is_not_the_video() -> None:
    assert PROBE.video is PROBE.streams[0]
    assert Probe(bytes=1, streams=PROBE.streams[1:]).video is None


def test_a_result_file_gives_its_probe(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(json.dumps(PROBE.to_json()))
    assert read_result(tmp_path / "r.json") == PROBE


def test_a_result_file_gives_its_error(tmp_path: Path) -> None:
    error = {"error": {"code": "too_many_streams", "args": {"limit": 32}}}
    (tmp_path / "r.json").write_text(json.dumps(error))
    with pytest.raises(TooManyStreams) as raised:
        read_result(tmp_path / "r.json")
    assert raised.value.args == {"limit": 32}


@pytest.mark.parametrize("content", [None, "", "{", "\0"])
def test_a_missing_or_broken_result_file_is_bad_media(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadMedia):
        read_result(path)
