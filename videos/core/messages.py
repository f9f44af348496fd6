"""Every sentence a person reads when something fails, and the names of a task's steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from videos.core.enums import StepCode

Blanks = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Sentence:
    """What happened, and what to do about it; both may hold `{named}` blanks."""

    happened: Promise | str
    remedy: Promise | str


class _Blank(dict[str, str | int | float]):
    """Leaves a blank that nobody filled empty rather than failing while reporting a failure."""

    def __missing__(self, key: str) -> str:
        return ""


SENTENCES: dict[str, Sentence] = {
    # The file
    "empty_file": Sentence(
        _("The file is empty."), _("Choose the file again; it has 0 bytes here.")
    ),
    "not_a_video": Sentence(
        _("This file is not a video that can be read."),
        _("Check that it plays on your computer, then upload it again."),
    ),
    "truncated": Sentence(
        _("The file is incomplete: its end is missing."),
        _("The copy or the recording was cut short. Upload the whole file again."),
    ),
    "no_video_track": Sentence(
        _("This file has sound but no picture."), _("Upload a file that contains a video track.")
    ),
    "forbidden_format": Sentence(
        _("This file is a list of other files, not a video."),
        _("Upload the video itself (MP4, MOV, MKV, WebM, AVI, TS ...)."),
    ),
    "too_large_picture": Sentence(
        _("The picture is larger than 36 megapixels."),
        _("Upload a version with a smaller picture."),
    ),
    "too_many_streams": Sentence(
        _("The file has more than 32 tracks."), _("Upload a version with fewer tracks.")
    ),
    "encrypted": Sentence(
        _("The file is encrypted."), _("Upload a version without copy protection.")
    ),
    "cancelled": Sentence(
        _("This video was cancelled before it was ready."),
        _("Upload it again, or press Retry at its task."),
    ),
    # The work
    "bad_media": Sentence(
        _("The video could not be processed: {detail}"),
        _("The file may be damaged. Try another cut, or upload the file again."),
    ),
    "bad_output": Sentence(
        _("The result did not pass its check: {detail}"),
        _("Nothing was published. Try again, or try the exact mode."),
    ),
    "crashed": Sentence(
        _("The video program ended unexpectedly."), _("Press Retry. If it happens again, tell us.")
    ),
    "out_of_memory": Sentence(
        _("The machine ran out of memory during the edit."),
        _("Close other programs and press Retry."),
    ),
    "timed_out": Sentence(
        _("The edit took longer than it may."), _("Press Retry, or try a shorter cut.")
    ),
    "cpu_limit": Sentence(
        _("The edit used more processor time than it may ({seconds} s)."),
        _("Press Retry, or try a shorter cut."),
    ),
    "stalled": Sentence(
        _("The edit stood still for too long."),
        _("Press Retry; if it happens again, the machine or the file may be at fault."),
    ),
    "memory_limit": Sentence(
        _("The edit needed more memory than it may have ({limit} MiB)."),
        _("Try a smaller picture, or raise VREWCRAFT_FFMPEG_MEMORY_BYTES."),
    ),
    "output_limit": Sentence(
        _("The result grew larger than it may ({limit} MiB)."), _("Try a shorter cut.")
    ),
    "no_room": Sentence(
        _("The disk has {free} MiB free, and this edit needs {needed} MiB."),
        _("Delete what you do not need, then press Retry."),
    ),
    "disk_full": Sentence(
        _("The disk is full."), _("Delete what you do not need, then try again.")
    ),
    "quota_full": Sentence(
        _("Your space is full: {used} of {quota} are taken, and this needs {wanted} more."),
        _("Delete videos or results that you do not need, then try again."),
    ),
    "storage_down": Sentence(
        _("The storage of the library does not answer."),
        _("Try again in a minute. If it stays so, tell whoever looks after this site."),
    ),
    "file_missing": Sentence(
        _("A file of this video is missing in the library."),
        _("Upload the video again, or have the file restored from a backup."),
    ),
    "ffmpeg_missing": Sentence(
        _("The video program (ffmpeg) was not found."),
        _("Install the requirements again, or set VREWCRAFT_FFMPEG to its path."),
    ),
    "lost": Sentence(
        _("The worker of this edit stopped {count} times without finishing it."),
        _("Press Retry. If it happens again, the file may be the reason."),
    ),
    "internal": Sentence(
        _("Something went wrong on our side."),
        _("Press Retry. The log of the server has the details."),
    ),
    # Subtitles
    "subtitles_too_large": Sentence(
        _("The subtitle file is larger than {limit} MiB."),
        _("Split it, or leave out the pictures and drawings that it may hold."),
    ),
    "not_subtitles": Sentence(
        _("This file holds no subtitles of a kind that is read."),
        _("Use SRT, WebVTT, ASS or SMI."),
    ),
    "unknown_encoding": Sentence(
        _("The text of this file cannot be read: its encoding is unknown."),
        _("Choose the encoding, or save the file as UTF-8."),
    ),
    "wrong_encoding": Sentence(
        _("The text of this file is not written as {encoding}."), _("Choose another encoding.")
    ),
    "no_cues": Sentence(
        _("This file shows no text at any time."),
        _("Check that it holds times and texts, then add it again."),
    ),
    "too_many_cues": Sentence(
        _("This file has {cues} cues, more than {limit}."), _("Split it into several files.")
    ),
    "cue_ends_before_start": Sentence(
        _("Cue {number} ends ({end}) before it starts ({start})."),
        _("Correct its times in the file, then add it again."),
    ),
    "cues_after_end": Sentence(
        _("All cues come after the end of the video ({end})."),
        _("Check that the subtitles belong to this video."),
    ),
    "subtitles_gone": Sentence(
        _("The subtitle file was deleted before the edit began."), _("Add it again, then retry.")
    ),
    # The request
    "does_not_apply": Sentence(
        _("This edit makes no sense for this video."), _("Choose another edit or another video.")
    ),
    "invalid": Sentence(_("Some values cannot be used."), _("Correct the fields that are named.")),
    "unknown_field": Sentence(
        _("There is no such field here."), _("Leave it out; a file is named by its videoId only.")
    ),
    "duplicate_field": Sentence(
        _("This field is there more than once."), _("Send each field once.")
    ),
    "not_a_number": Sentence(
        _("This must be a number of seconds."), _("Use a number, such as 12.5.")
    ),
    "not_a_whole_number": Sentence(_("This must be a whole number."), _("Use a number such as 8.")),
    "out_of_range": Sentence(
        _("This must be from {least} to {most}."), _("Use a number between these two.")
    ),
    "exactly_one": Sentence(
        _("Exactly one of these fields is needed."), _("Fill in one and leave the others out.")
    ),
    "not_a_choice": Sentence(_("This is not one of the choices."), _("Use one of: {choices}.")),
    "not_a_list": Sentence(_("This must be a list of texts."), _("Send a list of strings.")),
    "not_a_colour": Sentence(
        _("This is not a colour."), _("Write it as #rrggbb, such as #ffffff for white.")
    ),
    "unknown_subtitles": Sentence(
        _("The video has no such subtitle file."), _("Choose one of its files, or add it first.")
    ),
    "not_text": Sentence(_("This must be text."), _("Send it as a string.")),
    "required": Sentence(_("This is needed."), _("Add it and send the request again.")),
    "too_long": Sentence(_("This is too long."), _("Use at most {most} characters.")),
    "too_many": Sentence(_("These are too many."), _("Name at most {most} at a time.")),
    "negative_time": Sentence(
        _("The time cannot be below zero."), _("Use 0 for the start of the video.")
    ),
    "end_before_start": Sentence(
        _("The end must come after the start."), _("Choose an end later than the start.")
    ),
    "past_the_end": Sentence(_("The video ends at {end}."), _("Choose a time within the video.")),
    "copy_impossible": Sentence(
        _("This video's format ({codec}) cannot be copied into an MP4."), _("Choose Exact instead.")
    ),
    "not_ready": Sentence(
        _("This video is not ready for edits."),
        _("Wait until it has been read, or upload it again."),
    ),
    "not_found": Sentence(
        _("There is nothing here under that address."),
        _("Check the link, or go back to the library."),
    ),
    "unknown_operation": Sentence(
        _("There is no such edit."), _("GET /api/operations lists the edits there are.")
    ),
    "unauthorised": Sentence(
        _("You are not signed in."),
        _("Sign in, or send 'Authorization: Bearer' with your API token."),
    ),
    "wrong_host": Sentence(
        _("This site does not answer to that name."),
        _("Open it at its own address; ALLOWED_HOSTS lists its names."),
    ),
    "bad_request": Sentence(
        _("The request cannot be read."), _("Send it again, or reload the page.")
    ),
    "forbidden": Sentence(
        _("This request did not come from a page of this site."),
        _("Reload the page; a program sends 'Authorization: Bearer' with its token."),
    ),
    "method_not_allowed": Sentence(
        _("This address does not take that kind of request."), _("Use {allowed}.")
    ),
    "wrong_content_type": Sentence(
        _("The request has the wrong content type."), _("Send {expected}.")
    ),
    "bad_json": Sentence(_("The request is not a JSON object."), _("Send one JSON object.")),
    "missing_field": Sentence(
        _("The upload has no file in the field 'video'."), _("Choose a file and send it again.")
    ),
    "too_large": Sentence(
        _("The upload is larger than the limit of {limit}."), _("Upload a smaller file.")
    ),
    "no_such_upload": Sentence(
        _("There is no such upload here."), _("Send the file again from its beginning.")
    ),
    "upload_expired": Sentence(
        _("This upload was not finished in time and is gone."),
        _("Send the file again from its beginning."),
    ),
    "upload_locked": Sentence(
        _("Another request is writing to this upload."), _("Wait a moment, then go on.")
    ),
    "upload_elsewhere": Sentence(
        _("This upload was begun at another machine of this site, which is not reached now."),
        _("Go on in a minute, or send the file again from its beginning."),
    ),
    "wrong_offset": Sentence(
        _("The upload goes on at byte {offset}, not there."),
        _("Ask for its offset by HEAD, then send from there."),
    ),
    "wrong_checksum": Sentence(_("These bytes were changed on their way."), _("Send them again.")),
    "unknown_checksum": Sentence(
        _("This checksum cannot be read."), _("Use sha1 or sha256, then its Base64.")
    ),
    "past_the_length": Sentence(
        _("More bytes were sent than the upload was declared to have."),
        _("Send at most {length} bytes in all."),
    ),
    "wrong_length": Sentence(
        _("The upload does not say how many bytes it will have."),
        _("Send the header Upload-Length with a whole number of bytes, or Upload-Defer-Length: 1."),
    ),
    "length_conflict": Sentence(
        _("The length of this upload is set to another number, or it is less than what arrived."),
        _("Ask for its length by HEAD, and leave Upload-Length out."),
    ),
    "wrong_metadata": Sentence(
        _("The header Upload-Metadata cannot be read."),
        _("Send pairs of a name and a value in Base64, separated by commas."),
    ),
    "wrong_tus_version": Sentence(
        _("This server speaks version {version} of the tus protocol."),
        _("Send the header Tus-Resumable: {version}."),
    ),
    "missing_subtitles": Sentence(
        _("The upload has no file in the field 'subtitles'."), _("Choose a file and send it again.")
    ),
    "too_many_subtitles": Sentence(
        _("This video has {limit} subtitle files already."), _("Delete one of them first.")
    ),
    "bad_upload": Sentence(
        _("The upload could not be read to its end."), _("Check the connection and send it again.")
    ),
    "not_cancellable": Sentence(
        _("This edit has already ended."), _("There is nothing to cancel.")
    ),
    "not_pausable": Sentence(
        _("This edit has already ended."), _("There is nothing to pause or to resume.")
    ),
    "staff_only": Sentence(
        _("Only the staff may do that."), _("Ask somebody who looks after this site.")
    ),
    "not_retryable": Sentence(
        _("Only an edit that failed or was cancelled can be tried again."),
        _("Start a new edit instead."),
    ),
    "not_repeatable": Sentence(
        _("This task made the video itself, and originals are never made anew."),
        _("Ask for a new sample instead."),
    ),
    "key_reused": Sentence(
        _("This Idempotency-Key belongs to another request."),
        _("Send a new key with a new request."),
    ),
    "too_many_subscriptions": Sentence(
        _("This connection watches too many videos."),
        _('Unsubscribe from some, or subscribe to "*" for all of them.'),
    ),
    "bad_message": Sentence(
        _("This message cannot be understood."),
        _('Send {{"type": "subscribe", "videoId": "..."}}.'),
    ),
}


def happened(code: str, blanks: Blanks) -> str:
    """What happened, in the language that is active."""
    return _fill(SENTENCES.get(code, SENTENCES["internal"]).happened, blanks)


def remedy(code: str, blanks: Blanks) -> str:
    """What to do, in the language that is active."""
    return _fill(SENTENCES.get(code, SENTENCES["internal"]).remedy, blanks)


def both(code: str, blanks: Blanks) -> dict[str, str]:
    """`error` and `remedy`, in the language that is active."""
    return {"error": happened(code, blanks), "remedy": remedy(code, blanks)}


def in_english(code: str, blanks: Blanks) -> dict[str, str]:
    """The pair as it goes over the wire."""
    with translation.override(None):
        return both(code, blanks)


def _fill(template: Promise | str, blanks: Blanks) -> str:
    return str(template).format_map(_Blank(blanks))


STEPS: dict[StepCode, Promise | str] = {
    StepCode.WAITING: _("Waiting"),
    StepCode.STARTING: _("Starting"),
    StepCode.FETCHING: _("Fetching"),
    StepCode.PROBING: _("Reading"),
    StepCode.ENCODING: _("Encoding"),
    StepCode.COPYING: _("Copying"),
    StepCode.FINISHING: _("Finishing"),
    StepCode.VERIFYING: _("Checking"),
    StepCode.STORING: _("Storing"),
}
