"""What the templates show of rows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Prefetch
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests import factories
from videos.core import messages
from videos.media.probe.model import Kind, StreamInfo
from videos.models import Output, Task, Video
from videos.operations.outputs import POSTER
from videos.web.presenters.library import cards
from videos.web.presenters.video import detail
from vrewcraft.accounts.models import User


@pytest.fixture
def video(owner: User) -> Video:
    """A probed video."""
    return factories.ready(owner)


def with_poster(video: Video) -> Output:
    poster = factories.output(
        factories.task(video, operation="poster", housekeeping=True, priority=-10),
        kind=POSTER,
        name="poster.jpg",
    )
    poster.save()
    return poster


def test_a_card_shows_what_is_worked_on(video: Video) -> None:
    factories.task(video, operation="probe", params={}, housekeeping=True)
    (card,) = cards([video])
    assert card.active is not None
    assert card.active["operation"] == "probe"
    factories.task(video)
    (card,) = cards([video])
    assert card.active is not None
    assert card.active["operation"] == "trim"


def test_many_waiting_videos_need_no_more_queries_than_one(owner: User) -> None:
    found = []
    for _ in range(2):
        factories.task(factories.ready(owner))
        videos = Video.objects.prefetch_related(
            Prefetch("tasks", queryset=Task.objects.for_lists()), "outputs"
        )
        with CaptureQueriesContext(connection) as queries:
            assert all(card.active for card in cards(videos))
        found.append(len(queries))
    assert found[0] == found[1]


def test_a_card_without_work_shows_none(video: Video) -> None:
    (card,) = cards([video])
    assert card.active is None
    assert (card.duration_text, card.width, card.poster_url) == ("00:04", 64, None)


def test_a_card_and_a_page_show_the_poster(video: Video) -> None:
    poster = with_poster(video)
    assert cards([video])[0].poster_url == poster.url
    assert detail(video).poster_url == poster.url


def test_a_page_shows_names_as_people_write_them(video: Video) -> None:
    found = detail(video)
    assert (found.video_codec, found.audio_codec, found.container) == ("H.264", "AAC", "MP4")
    assert (found.duration, found.fps_text) == (4.0, "25")


def test_a_broken_frame_rate_is_shown_with_three_decimals(owner: User) -> None:
    stream = StreamInfo(0, Kind.VIDEO, codec="prores", fps_num=30_000, fps_den=1001)
    found = detail(factories.ready(owner, found=factories.probe(streams=(stream,))))
    assert (found.fps_text, found.video_codec, found.audio_codec) == ("29.97", "prores", "")


def test_a_page_before_the_probe_shows_no_invented_numbers(owner: User) -> None:
    found = detail(factories.arriving(owner))
    assert (found.state, found.duration_text, found.fps_text) == ("arriving", "", "")
    assert found.error is None


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_broken_video_says_why_in_the_language_of_the_page(owner: User, language: str) -> None:
    video = factories.arriving(owner)
    video.become_broken("no_video_track", {})
    with translation.override(language):
        assert detail(video).error == {
            "sentence": messages.message("no_video_track", {}),
            "remedy": messages.remedy("no_video_track", {}),
        }


def test_what_is_odd_about_a_file_is_said_and_what_needs_no_words_is_not(owner: User) -> None:
    found = factories.probe(warnings=("truncated", "vfr"))
    warnings = detail(factories.ready(owner, found=found)).warnings
    assert warnings == ["The end of this file is missing. The rest can be edited."]
