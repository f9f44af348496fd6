"""Peaks: the sound's least and greatest sample of each stretch."""

from __future__ import annotations

import json
from array import array
from pathlib import Path
from typing import Any

import pytest

from tests import factories, media
from tests.videos.operations.running import run
from videos.core.enums import Role
from videos.media.jobs.peaks import MAX_PAIRS, Waveform
from videos.operations.base import Source
from videos.operations.outputs import PEAKS
from videos.operations.peaks import OPERATION

# Loud in the second of three seconds.
BURST = "sine=frequency=300:duration=3,volume=0:enable='not(between(t,1,2))'"


def of(path: Path) -> Source:
    return Source("1", path.name, path, media.probed(path))


def peaks(source: Source, folder: Path) -> dict[str, Any]:
    (artifact,) = run(OPERATION, [source], {}, folder).artifacts
    assert (artifact.kind, artifact.media_type) == (PEAKS, "application/json")
    found: dict[str, Any] = json.loads(artifact.path.read_text())
    return found


def loud(found: dict[str, Any]) -> list[bool]:
    """Of each stretch, whether something is heard."""
    data = found["data"]
    return [high - low > 4 for low, high in zip(data[::2], data[1::2], strict=True)]


def test_they_are_in_the_audiowaveform_format(tmp_path: Path) -> None:
    found = peaks(of(media.numbered()), tmp_path)
    data = found.pop("data")
    assert found == {
        "version": 2,
        "channels": 1,
        "sample_rate": 8000,
        "samples_per_pixel": 160,
        "bits": 8,
        "length": 200,
    }
    assert len(data) == 400
    assert all(-128 <= value <= 127 for value in data)


def with_sound(folder: Path, sound: str, *options: str) -> Path:
    path = folder / "in.mkv"
    drawn = "color=size=64x48:rate=25:duration=4"
    both = ("-f", "lavfi", "-i", drawn, *options, "-f", "lavfi", "-i", sound)
    media.ffmpeg(*both, *media.X264, "-c:a", "pcm_s16le", path)
    return path


def test_they_show_when_it_is_loud(tmp_path: Path) -> None:
    found = loud(peaks(of(with_sound(tmp_path, BURST)), tmp_path))
    assert len(found) == 200
    assert not any(found[:49])
    assert all(found[51:99])
    assert not any(found[101:])


def test_sound_that_begins_late_stays_in_its_place(tmp_path: Path) -> None:
    tone = "sine=frequency=300:duration=2"
    found = loud(peaks(of(with_sound(tmp_path, tone, "-itsoffset", "1.5")), tmp_path))
    assert not any(found[:74])
    assert all(found[76:174])
    assert not any(found[176:])


def test_a_film_that_does_not_begin_at_zero_is_measured_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "late.ts"
    source = with_sound(tmp_path, BURST)
    media.ffmpeg("-i", source, "-c:v", "copy", "-c:a", "aac", "-output_ts_offset", "100", path)
    found = loud(peaks(of(path), tmp_path))
    assert not any(found[:48])
    assert all(found[54:96])


@pytest.mark.parametrize("clip", [media.vp9, media.vp8, media.hevc, media.many_tracks])
def test_any_sound_can_be_read(clip: object, tmp_path: Path) -> None:
    assert callable(clip)
    assert sum(loud(peaks(of(clip()), tmp_path))) > 150


def test_a_long_film_has_a_hundred_thousand_pairs_at_most(tmp_path: Path) -> None:
    from videos.media.jobs.peaks import MAX_PAIRS, Waveform

    found = Waveform(10 * 3600 * factories.SECOND).to_json()
    assert MAX_PAIRS // 2 < found["length"] <= MAX_PAIRS
    assert found["length"] * found["samples_per_pixel"] / 8000 == pytest.approx(36_000, abs=1)


def test_a_gap_of_hours_costs_nothing_beyond_the_films_end(tmp_path: Path) -> None:
    from videos.media.jobs.peaks import Waveform

    waveform = Waveform(4 * factories.SECOND)
    waveform.silence_until(10**12)
    assert waveform.to_json()["length"] == 200


@pytest.mark.slow
def test_silence_of_years_is_written_at_once() -> None:
    waveform = Waveform(10 * 365 * 24 * 3600 * 1_000_000)
    waveform.add(array("h", [30_000] * 8000))
    waveform.silence_until(8000 * 3600 * 24 * 365 * 9)
    waveform.add(array("h", [-30_000] * 8000))
    data = waveform.to_json()["data"]
    assert len(data) == 2 * MAX_PAIRS
    assert data[:2] == [0, 30_000 >> 8]
    assert min(data) == -30_000 >> 8
    assert data.count(0) == len(data) - 2


def test_without_sound_it_fails_clearly(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="bad_media"):
        run(OPERATION, [of(media.silent())], {}, tmp_path)


def test_they_come_by_themselves_where_there_is_sound() -> None:
    assert OPERATION.role is Role.ARRIVAL
    assert OPERATION.applies(factories.source())
    assert not OPERATION.applies(of(media.silent()))
