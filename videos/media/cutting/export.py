"""An export in its children: encode what must be, then join everything. Child processes only."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import cast

import av
from av.video.stream import VideoStream

from videos.media.cutting import coding, join_check, nal, orientation, piece_file, side_tracks
from videos.media.cutting import encode as encoding
from videos.media.cutting import join as joining
from videos.media.cutting.coding import Coding, Colours, FilmFormat
from videos.media.cutting.drawing import Captions
from videos.media.cutting.film_track import FilmTrack
from videos.media.cutting.index import FilmIndex, Index
from videos.media.cutting.planner import Encoded
from videos.media.cutting.result_plan import EXACT, FilmResult, Required, ResultPlan, plan_result
from videos.media.cutting.sound import CopiedSound, EncodedSound, SoundSource
from videos.media.cutting.spec import Spec
from videos.media.ffmpeg.errors import BadMedia
from videos.media.probe import scan
from videos.media.probe.opening import open_media

PIECE_VERSION = 2
"""Raised whenever the same piece would come out with other bytes."""
OnProgress = Callable[[int, int], None]
"""Gets pictures and bytes, or microseconds, so far."""


@dataclass(frozen=True)
class Export:
    """One export in its work folder; pieces go to `pieces`, which outlives an attempt."""

    spec: Spec
    folder: Path
    pieces: Path

    @cached_property
    def source(self) -> Path:
        """The source's file."""
        return Path(self.spec.source)

    @cached_property
    def index(self) -> Index:
        """The source's index: what came along, else the source is read for it."""
        if self.spec.index:
            return Index.from_bytes((self.folder / self.spec.index).read_bytes())
        found = scan.scan_with_index(self.source, need_video=True).index
        if found is None:
            raise BadMedia({"detail": "no picture has a time"})
        return found

    @cached_property
    def required(self) -> Required:
        """What is asked for."""
        return self.spec.required(self.index.end_us)

    @cached_property
    def plan(self) -> ResultPlan:
        """What is copied and what is encoded. Raises BadMedia where no picture is in it."""
        plan = plan_result(self.index, self.required)
        if not plan.films:
            raise BadMedia({"detail": "there is no picture in this part"})
        return plan

    def encode(self, plan: ResultPlan, on_picture: Callable[[int], None]) -> int:
        """Encode the pieces that are not there yet; how many were taken over.

        `on_picture` gets how many pictures are there so far.
        """
        self.pieces.mkdir(exist_ok=True)
        done = taken = 0
        work = []
        for film in plan.films:
            encoder = self._encoder(film)
            jobs: dict[Path, encoding.Job] = {}
            for place, path in self._paths(film).items():
                piece = film.plan.pieces[place]
                if not isinstance(piece, Encoded):
                    continue
                if piece_file.is_whole(path):
                    taken += 1
                    done += len(piece.pictures)
                else:
                    # The same stretch may be wanted twice.
                    jobs[path] = encoding.Job(piece, path)
            work.append((encoder, list(jobs.values())))
        on_picture(done)

        def one_more() -> None:
            nonlocal done
            done += 1
            on_picture(done)

        for encoder, missing in work:
            encoder.run(missing, _cores(), one_more)
        return taken

    def join(self, plan: ResultPlan, out: Path, on_progress: OnProgress) -> None:
        """Write the result."""
        tracks = [self._film_track(film) for film in plan.films]
        sounds = [self._sound(plan, each.span.stream, each.is_copied) for each in plan.sounds]
        side = side_tracks.read(self.source, self.index, self.spec, plan.segments)
        films = [
            joining.FilmPart(
                track=track,
                width=self._coding(film).width,
                height=self._coding(film).height,
                pix_fmt=self._coding(film).pix_fmt,
                named=self._named(film.film.stream, is_default=not number),
                timecode="" if number else side.timecode,
            )
            for number, (film, track) in enumerate(zip(plan.films, tracks, strict=True))
        ]
        parts = joining.Parts(
            films=films,
            sounds=[
                joining.SoundPart(sound, self._named(each.span.stream, is_default=not number))
                for number, (each, sound) in enumerate(zip(plan.sounds, sounds, strict=True))
            ],
            texts=side.texts,
            chapters=side.chapters,
            metadata=side.metadata,
        )
        try:
            joining.join(parts, out, on_progress)
        finally:
            for each in (*tracks, *sounds):
                each.close()
        orientation.turn(out, {n: film.film.matrix for n, film in enumerate(plan.films)})

    def check(self, plan: ResultPlan, out: Path) -> None:
        """Hold the result against the source around its joins. Raises BadOutput."""
        for number, film in enumerate(plan.films):
            if self.required.mode == EXACT:
                join_check.check(out, number, self.source, film, self._paths(film))

    @cached_property
    def whole_plan(self) -> ResultPlan:
        """The same with every picture encoded."""
        return plan_result(self.index, replace(self.required, is_whole_encode=True))

    def _film_track(self, film: FilmResult) -> FilmTrack:
        return FilmTrack(self.source, film.film, film.plan, self._paths(film))

    def _sound(self, plan: ResultPlan, stream: int, is_copied: bool) -> CopiedSound | EncodedSound:
        start_us = self.index.track(stream).start_us
        origin_us, is_mp4 = self.index.origin_us, self._container.startswith("mov")
        source = SoundSource(self.source, stream, origin_us, start_us, is_scattered=is_mp4)
        if is_copied:
            return CopiedSound(source, plan.segments[0])
        return EncodedSound(source, plan.segments)

    def _named(self, stream: int, *, is_default: bool) -> joining.Named:
        names: Mapping[str, str] = self.spec.names.get(str(stream), {})
        return joining.Named(names.get("language", ""), names.get("title", ""), is_default)

    def _encoder(self, film: FilmResult) -> encoding.Encoder:
        captions = None
        if self.spec.drawn:
            captions = Captions(self.folder, self.spec.drawn, self.spec.fonts, self.spec.clockwise)
        return encoding.Encoder(
            self.source, film.film, self._coding(film), film.plan.tick, captions
        )

    def _coding(self, film: FilmResult) -> Coding:
        found, sets = self._formats[film.film.stream]
        is_whole = film.plan.encoded and (film.plan.why_encoded or film.film.why_encoded)
        return coding.usual(found) if is_whole else coding.matching(found, sets)

    @cached_property
    def _container(self) -> str:
        with open_media(self.source) as container:
            return container.format.name

    @cached_property
    def _formats(self) -> dict[int, tuple[FilmFormat, nal.Sets]]:
        """What the pictures of each film are; opening a long film takes a while."""
        formats = {}
        with open_media(self.source) as container:
            for film in self.index.films:
                stream = cast("VideoStream", container.streams[film.stream])
                formats[film.stream] = _format_of(stream, film), _sets(stream, film)
        return formats

    def _paths(self, film: FilmResult) -> dict[int, Path]:
        how = self._coding(film)
        return {
            place: self.pieces / f"{self._digest(film, piece, how)}.piece"
            for place, piece in enumerate(film.plan.pieces)
            if isinstance(piece, Encoded)
        }

    def _digest(self, film: FilmResult, piece: Encoded, how: Coding) -> str:
        """Of everything that decides a piece's bytes."""
        begin = piece.pictures[0].at
        drawn = self.folder / self.spec.drawn if self.spec.drawn else None
        said = {
            "version": (PIECE_VERSION, av.__version__, av.ffmpeg_version_info),
            "source": self.spec.sha256 or os.fspath(self.source),
            "stream": film.film.stream,
            "tick": str(film.plan.tick),
            "pictures": [(each.rank, each.at - begin, each.source_at) for each in piece.pictures],
            "until": piece.until - begin,
            "coding": asdict(how),
            "drawn": hashlib.sha256(drawn.read_bytes()).hexdigest() if drawn else "",
            "clockwise": self.spec.clockwise,
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:40]


def _format_of(stream: VideoStream, film: FilmIndex) -> FilmFormat:
    context = stream.codec_context
    return FilmFormat(
        codec=film.codec,
        profile=stream.profile or "",
        pix_fmt=stream.pix_fmt or "yuv420p",
        width=context.width,
        height=context.height,
        pixel=film.pixel,
        colours=Colours(
            context.color_primaries, context.color_trc, context.colorspace, context.color_range
        ),
        has_b_frames=any(early > late for early, late in pairwise(film.times)),
    )


def _sets(stream: VideoStream, film: FilmIndex) -> nal.Sets:
    return nal.sets_of(film.codec, bytes(stream.codec_context.extradata or b""))


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
