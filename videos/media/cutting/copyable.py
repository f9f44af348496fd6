"""What can go into an MP4 as it is. ffmpeg -h muxer=mp4; ISO/IEC 14496-12. Pure."""

from __future__ import annotations

FILMS = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4", "mpeg2video", "mpeg1video"})
# Sound, and how many packets before the first heard one a decoder needs to give it right.
LEAD_PACKETS = {"aac": 2, "mp3": 8, "mp2": 1, "ac3": 1, "eac3": 1, "opus": 5, "alac": 0, "flac": 0}
TEXTS = ("mov_text", "subrip", "ass", "ssa", "webvtt", "text")
"""Caption tracks that are text; they become timed text."""
