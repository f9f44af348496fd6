"""What can be wrong with a subtitle file: one class per kind of failure."""

from __future__ import annotations

from videos.media.ffmpeg.errors import MediaError


class SubtitleError(MediaError):
    """A subtitle file cannot be used. The same file fails the same way."""


class SubtitlesTooLarge(SubtitleError):
    """More bytes than are read. args: limit (MiB)."""

    code = "subtitles_too_large"


class NotSubtitles(SubtitleError):
    """None of the formats that are read."""

    code = "not_subtitles"


class UnknownEncoding(SubtitleError):
    """Its text encoding could not be detected."""

    code = "unknown_encoding"


class WrongEncoding(SubtitleError):
    """Its bytes are no text of the chosen encoding. args: encoding (as people know it)."""

    code = "wrong_encoding"


class NoCues(SubtitleError):
    """Nothing in it is ever shown."""

    code = "no_cues"


class TooManyCues(SubtitleError):
    """More cues than are read. args: cues, limit."""

    code = "too_many_cues"


class CueEndsBeforeStart(SubtitleError):
    """A cue that ends before it starts. args: number (from 1), start, end (timecodes)."""

    code = "cue_ends_before_start"


class CuesAfterEnd(SubtitleError):
    """All its cues start after the video's end. args: end (timecode)."""

    code = "cues_after_end"


class SubtitlesGone(SubtitleError):
    """The file was deleted before it was read."""

    code = "subtitles_gone"
