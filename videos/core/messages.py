"""The messages of all error codes, and the names of a task's steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from videos.core.enums import StepCode

Values = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Sentence:
    """The message, and what to do about it; both may contain `{named}` placeholders."""

    message: Promise | str
    remedy: Promise | str


class _MissingIsEmpty(dict[str, str | int | float]):
    """Leaves a missing value empty rather than failing while reporting a failure."""

    def __missing__(self, key: str) -> str:
        return ""


SENTENCES: dict[str, Sentence] = {
    # The file
    "empty_file": Sentence(
        _("The file is empty."), _("Choose the file again; the received file has 0 bytes.")
    ),
    "not_a_video": Sentence(
        _("This file is not a readable video."),
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
    "no_times": Sentence(
        _("No picture of this file has a time."),
        _("Put it into an MP4 or MKV file with the program that made it, then upload that."),
    ),
    "cancelled": Sentence(
        _("This video was cancelled before it was ready."),
        _("Upload it again, or retry its task."),
    ),
    # The work
    "not_segments": Sentence(
        _("The segments are not a list of starts and ends."),
        _("Give 1 to 200 of them, such as 0:10 - 0:30, each on a line of its own."),
    ),
    "not_sounds": Sentence(
        _("The sound tracks are neither all, none nor a list of track numbers."),
        _("Choose all or none, or list the numbers of the tracks."),
    ),
    "not_chapters": Sentence(
        _("The chapters are not a list of times and titles."),
        _("Give at most 500 of them, such as 1:30 Questions, each on a line of its own."),
    ),
    "not_captions": Sentence(
        _("The subtitles are not a list of files with a way to show them."),
        _("Choose files of this video, and whether they are attached or burned in."),
    ),
    "one_file_burned": Sentence(
        _("Only one subtitle file can be burned in."),
        _("Choose one file, or attach them instead."),
    ),
    "fast_is_one_copy": Sentence(
        _("The Fast mode copies one segment and cannot burn subtitles in."),
        _("Use the Exact mode, or one segment without burned-in subtitles."),
    ),
    "no_plan": Sentence(
        _("This edit has no plan to show."),
        _("Ask for the plan of an export of a video that is ready."),
    ),
    "bad_media": Sentence(
        _("The video could not be processed: {detail}"),
        _("The file may be damaged. Try another cut, or upload the file again."),
    ),
    "bad_output": Sentence(
        _("The result did not pass verification: {detail}"),
        _("The result was not saved. Try again, or use the Exact mode."),
    ),
    "crashed": Sentence(
        _("ffmpeg exited unexpectedly."),
        _("Press Retry. If it happens again, contact your administrator."),
    ),
    "out_of_memory": Sentence(
        _("The machine ran out of memory during the edit."),
        _("Close other programs and press Retry."),
    ),
    "timed_out": Sentence(
        _("The edit took longer than allowed."), _("Press Retry, or try a shorter cut.")
    ),
    "cpu_limit": Sentence(
        _("The edit used more processor time than allowed ({seconds} s)."),
        _("Press Retry, or try a shorter cut."),
    ),
    "stalled": Sentence(
        _("The edit made no progress for too long."),
        _("Press Retry. If it happens again, there may be a problem with the machine or the file."),
    ),
    "memory_limit": Sentence(
        _("The edit needed more memory than allowed ({limit} MiB)."),
        _("Try a smaller picture, or raise VREWCRAFT_FFMPEG_MEMORY_BYTES."),
    ),
    "output_limit": Sentence(
        _("The result is larger than allowed ({limit} MiB)."), _("Try a shorter cut.")
    ),
    "no_room": Sentence(
        _("The disk has {free} MiB free, and this edit needs {needed} MiB."),
        _("Delete what you do not need, then press Retry."),
    ),
    "disk_full": Sentence(
        _("The disk is full."), _("Delete what you do not need, then try again.")
    ),
    "quota_full": Sentence(
        _("Your storage is full: {used} of {quota} used, {wanted} more needed."),
        _("Delete videos or results that you do not need, then try again."),
    ),
    "storage_down": Sentence(
        _("The storage is not responding."),
        _("Try again in a minute. If the problem persists, contact your administrator."),
    ),
    "file_missing": Sentence(
        _("A file of this video is missing from the library."),
        _("Upload the video again, or ask your administrator to restore the file from a backup."),
    ),
    "ffmpeg_missing": Sentence(
        _("ffmpeg was not found."),
        _("Install the requirements again, or set VREWCRAFT_FFMPEG to its path."),
    ),
    "lost": Sentence(
        _("The worker stopped {count} times before the edit was finished."),
        _("Press Retry. If it happens again, the file may be the cause."),
    ),
    "internal": Sentence(
        _("Something went wrong on our side."),
        _("Press Retry. See the server log for details."),
    ),
    # Subtitles
    "subtitles_too_large": Sentence(
        _("The subtitle file is larger than {limit} MiB."),
        _("Split the file, or remove embedded images and drawings."),
    ),
    "not_subtitles": Sentence(
        _("This file is not in a supported subtitle format."),
        _("Use SRT, WebVTT, ASS or SMI."),
    ),
    "unknown_encoding": Sentence(
        _("The text encoding of this file could not be detected."),
        _("Choose the encoding, or save the file as UTF-8."),
    ),
    "wrong_encoding": Sentence(
        _("The text of this file is not encoded in {encoding}."), _("Choose another encoding.")
    ),
    "no_cues": Sentence(
        _("This file has no subtitles to show."),
        _("Check that it has times and text, then add it again."),
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
        _("The subtitle file was deleted before the edit started."), _("Add it again, then retry.")
    ),
    # The request
    "does_not_apply": Sentence(
        _("This edit is not available for this video."), _("Choose another edit or another video.")
    ),
    "invalid": Sentence(_("Some values are not valid."), _("Correct the fields listed.")),
    "unknown_field": Sentence(_("Unknown field."), _("Remove it; refer to a file by its videoId.")),
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
        _("Exactly one of these fields is required."), _("Fill in one and leave the others out.")
    ),
    "not_a_choice": Sentence(_("This is not a valid choice."), _("Use one of: {choices}.")),
    "not_a_list": Sentence(_("This must be a list of strings."), _("Send a list of strings.")),
    "not_a_colour": Sentence(
        _("This is not a valid colour."), _("Write it as #rrggbb, such as #ffffff for white.")
    ),
    "unknown_subtitles": Sentence(
        _("The video has no such subtitle file."), _("Choose one of its files, or add it first.")
    ),
    "not_text": Sentence(_("This must be text."), _("Send it as a string.")),
    "required": Sentence(
        _("This field is required."), _("Enter a value and send the request again.")
    ),
    "too_long": Sentence(_("This is too long."), _("Use at most {most} characters.")),
    "too_many": Sentence(_("Too many items."), _("Use at most {most} at a time.")),
    "negative_time": Sentence(
        _("The time cannot be negative."), _("Use 0 for the start of the video.")
    ),
    "end_before_start": Sentence(
        _("The end must come after the start."), _("Choose an end later than the start.")
    ),
    "past_the_end": Sentence(_("The video ends at {end}."), _("Choose a time within the video.")),
    "copy_impossible": Sentence(
        _("This video's format ({codec}) cannot be copied into an MP4."), _("Choose Exact instead.")
    ),
    "not_ready": Sentence(
        _("This video is not ready for editing."),
        _("Wait until it has been processed, or upload it again."),
    ),
    "not_found": Sentence(
        _("Nothing was found at this address."),
        _("Check the link, or go back to the library."),
    ),
    "unknown_operation": Sentence(
        _("Unknown edit."), _("GET /api/operations lists the available edits.")
    ),
    "unauthorised": Sentence(
        _("You are not signed in."),
        _("Sign in, or send 'Authorization: Bearer' with your API token."),
    ),
    "wrong_host": Sentence(
        _("This host name is not allowed."),
        _("Use one of the host names in ALLOWED_HOSTS."),
    ),
    "bad_request": Sentence(
        _("The request could not be read."), _("Send it again, or reload the page.")
    ),
    "forbidden": Sentence(
        _("This request did not come from a page of this site."),
        _("Reload the page; API clients send 'Authorization: Bearer' with their token."),
    ),
    "method_not_allowed": Sentence(
        _("This request method is not allowed here."), _("Use {allowed}.")
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
        _("This upload does not exist."), _("Send the file again from the beginning.")
    ),
    "upload_expired": Sentence(
        _("This upload has expired."),
        _("Send the file again from the beginning."),
    ),
    "upload_locked": Sentence(
        _("Another request is writing to this upload."), _("Wait a moment, then continue.")
    ),
    "upload_elsewhere": Sentence(
        _("This upload was started on another server, which cannot be reached now."),
        _("Continue in a minute, or send the file again from the beginning."),
    ),
    "wrong_offset": Sentence(
        _("The upload continues at byte {offset}."),
        _("Get the offset with HEAD, then continue from there."),
    ),
    "wrong_checksum": Sentence(
        _("The checksum does not match the received data."), _("Send the data again.")
    ),
    "unknown_checksum": Sentence(
        _("The checksum is not valid."), _("Use sha1 or sha256, then the checksum in Base64.")
    ),
    "past_the_length": Sentence(
        _("More bytes were sent than declared."),
        _("Send at most {length} bytes in total."),
    ),
    "wrong_length": Sentence(
        _("The length of the upload is missing."),
        _("Send the header Upload-Length with a whole number of bytes, or Upload-Defer-Length: 1."),
    ),
    "length_conflict": Sentence(
        _("The length of this upload is already set, or it is less than the bytes received."),
        _("Get the length with HEAD, and leave Upload-Length out."),
    ),
    "wrong_metadata": Sentence(
        _("The header Upload-Metadata is not valid."),
        _("Send pairs of a name and a value in Base64, separated by commas."),
    ),
    "wrong_tus_version": Sentence(
        _("This server supports version {version} of the tus protocol."),
        _("Send the header Tus-Resumable: {version}."),
    ),
    "missing_subtitles": Sentence(
        _("The upload has no file in the field 'subtitles'."), _("Choose a file and send it again.")
    ),
    "too_many_subtitles": Sentence(
        _("This video has {limit} subtitle files already."), _("Delete one of them first.")
    ),
    "bad_upload": Sentence(
        _("The upload was interrupted."), _("Check the connection and send it again.")
    ),
    "not_cancellable": Sentence(
        _("This edit has already ended."), _("There is nothing to cancel.")
    ),
    "not_pausable": Sentence(
        _("This edit has already ended."), _("There is nothing to pause or resume.")
    ),
    "staff_only": Sentence(_("Only staff can do this."), _("Ask your administrator.")),
    "not_retryable": Sentence(
        _("Only a failed or cancelled edit can be retried."),
        _("Start a new edit instead."),
    ),
    "not_repeatable": Sentence(
        _("This task created the video itself; originals cannot be created again."),
        _("Create a new sample instead."),
    ),
    "key_reused": Sentence(
        _("This Idempotency-Key was used for another request."),
        _("Send a new key with a new request."),
    ),
    "too_many_subscriptions": Sentence(
        _("This connection has too many subscriptions."),
        _('Unsubscribe from some, or subscribe to "*" for all of them.'),
    ),
    "bad_message": Sentence(
        _("This message is not valid."),
        _('Send {{"type": "subscribe", "videoId": "..."}}.'),
    ),
}


def message(code: str, values: Values) -> str:
    """What happened, in the active language."""
    return _fill(SENTENCES.get(code, SENTENCES["internal"]).message, values)


def remedy(code: str, values: Values) -> str:
    """What to do, in the active language."""
    return _fill(SENTENCES.get(code, SENTENCES["internal"]).remedy, values)


def message_and_remedy(code: str, values: Values) -> dict[str, str]:
    """`error` and `remedy`, in the active language."""
    return {"error": message(code, values), "remedy": remedy(code, values)}


def in_english(code: str, values: Values) -> dict[str, str]:
    """The pair as it goes over the wire."""
    with translation.override(None):
        return message_and_remedy(code, values)


def _fill(template: Promise | str, values: Values) -> str:
    return str(template).format_map(_MissingIsEmpty(values))


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
