"""How encoded pieces are written: as the source's own pictures are, or as usual for an MP4.

The options are explained at https://ffmpeg.org/ffmpeg-codecs.html#libx264_002c-libx264rgb and
https://x265.readthedocs.io/en/stable/cli.html.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from videos.media.cutting import nal

OWN_SETS = (7, 8)
"""The numbers of our parameter sets, where the source uses others: see `in_order`."""
BT709 = 1


@dataclass(frozen=True, slots=True)
class Colours:
    """The tags of a film's colours, as ffmpeg numbers them (2: not said)."""

    primaries: int = 2
    transfer: int = 2
    matrix: int = 2
    levels: int = 0


@dataclass(frozen=True, slots=True)
class Coding:
    """An encoder, the pictures that it takes, and its options."""

    encoder: str
    codec: str
    pix_fmt: str
    width: int
    height: int
    pixel: tuple[int, int] = (1, 1)
    colours: Colours = Colours()
    options: dict[str, str] = field(default_factory=dict)
    profile: str = ""
    set_ids: tuple[int, ...] = ()
    """Free numbers of H.264's parameter sets: of usual pieces, and of those in order."""
    with_sets_in_band: bool = False


_PROFILES = {
    "Baseline": "baseline",
    "Constrained Baseline": "baseline",
    "Main": "main",
}


@dataclass(frozen=True, slots=True)
class FilmFormat:
    """What a source's pictures are."""

    codec: str
    profile: str
    pix_fmt: str
    width: int
    height: int
    pixel: tuple[int, int]
    colours: Colours
    has_b_frames: bool


def matching(film: FilmFormat, sets: nal.Sets) -> Coding:
    """Pictures that can stand beside the source's own."""
    # Behind a copied HEVC entry, pictures that still wait for their turn would not be shown
    # (ISO/IEC 23008-2, C.5.2.2): none waits where all are in order.
    b_frames = "2" if film.has_b_frames and film.codec == nal.H264 else "0"
    # The stretches are short: what a slower preset would save in bytes it costs in time.
    common = {"preset": "superfast", "crf": "17", "forced-idr": "1", "bf": b_frames}
    if film.codec == nal.HEVC:
        params = "log-level=none:repeat-headers=1:info=0:open-gop=0"
        options = {**common, "x265-params": f"{params}:pools=none:frame-threads=1"}
    else:
        options = common
    return Coding(
        encoder="libx265" if film.codec == nal.HEVC else "libx264",
        codec=film.codec,
        pix_fmt=film.pix_fmt,
        width=film.width,
        height=film.height,
        pixel=film.pixel,
        colours=film.colours,
        options=options,
        profile=_PROFILES.get(film.profile, "") if film.codec == nal.H264 else "",
        set_ids=_free_ids(sets) if film.codec == nal.H264 else (),
        with_sets_in_band=film.codec == nal.HEVC,
    )


def usual(film: FilmFormat) -> Coding:
    """H.264 that every browser plays, with even sides."""
    colours = film.colours
    if "rgb" in film.pix_fmt or film.pix_fmt.startswith(("gbr", "bgr", "pal8")):
        colours = Colours(BT709, BT709, BT709, 1)
    elif film.pix_fmt.startswith("yuvj"):
        colours = Colours(colours.primaries, colours.transfer, colours.matrix, 1)
    return Coding(
        encoder="libx264",
        codec=nal.H264,
        pix_fmt="yuv420p",
        width=film.width // 2 * 2,
        height=film.height // 2 * 2,
        pixel=film.pixel,
        colours=colours,
        options={"preset": "veryfast", "crf": "20", "forced-idr": "1"},
        set_ids=OWN_SETS,
    )


def in_order(how: Coding) -> Coding:
    """The same with every picture in the order of time: the last one is last in the file too.

    Its parameter sets say so, and so need numbers of their own.
    """
    return replace(how, options={**how.options, "bf": "0"}, set_ids=how.set_ids[1:])


def _free_ids(sets: nal.Sets) -> tuple[int, int]:
    """Two numbers that no parameter set of the source has (H.264 knows 0 to 31)."""
    taken: set[int] = set()
    for unit in sets.of_kind(nal.H264, nal.H264_SPS):
        taken.add(nal.Bits(unit[4:12]).number())
    for unit in sets.of_kind(nal.H264, nal.H264_PPS):
        taken.add(nal.Bits(unit[1:9]).number())
    free = [number for number in (*OWN_SETS, *range(1, 32)) if number not in taken]
    return (free[0], free[1]) if len(free) > 1 else OWN_SETS


def frame_rate(tick: Fraction, usual_gap: int) -> Fraction:
    """Pictures a second, for an encoder's own planning."""
    return Fraction(1 / (tick * usual_gap)).limit_denominator(1001)
