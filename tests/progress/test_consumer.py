"""The WebSocket at /ws/, driven through the real ASGI application."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.db.models.functions import Now

from progress import hub, protocol
from progress.consumer import MAX_SUBSCRIPTIONS
from tests import factories, media
from tests.progress.conftest import Open
from tests.progress.sockets import HOST, Socket, in_a_thread, in_another_process
from videos.core.enums import StepCode
from videos.models import Task, Video, progress_write, task_state
from videos.models.task_queue import Claim, LostClaimError
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.slow  # many of them wait to see that nothing comes

# One of another process is found by looking twice a second; the rest is for a busy machine.
FOUND_SECONDS = 10

make_task = sync_to_async(factories.task)
make_claim = sync_to_async(factories.claim)


def advance(claim: Claim, fraction: float) -> None:
    progress_write.advance(claim, progress_write.Advance(fraction, StepCode.COPYING))


def finish(claim: Claim, task: Task) -> None:
    task_state.complete(claim, [factories.output(task)])


def changed_elsewhere(task: Task) -> str:
    """A program that claims the task and completes it."""
    return (
        "import django; django.setup()\n"
        "from tests import factories\n"
        "from videos.models import Task, task_state\n"
        f"task = Task.objects.get(pk='{task.pk}')\n"
        "task_state.complete(factories.claim(task), [factories.output(task)])\n"
    )


# Who may open a socket


@pytest.mark.parametrize(
    ("headers", "welcome"),
    [
        ({"host": HOST}, False),
        ({"host": HOST, "origin": "http://evil.example"}, False),
        ({"host": HOST, "origin": f"http://{HOST}.evil.example"}, False),
        ({"host": HOST, "origin": "null"}, False),
        ({"host": "evil.example", "origin": "http://evil.example"}, False),
        ({"host": f"{HOST}:8000", "origin": f"http://{HOST}:9000"}, False),
        ({"host": f"{HOST}:8000", "origin": f"http://{HOST}:8000"}, True),
        ({"host": HOST, "authorization": "Bearer wrong"}, False),
        ({"host": HOST, "origin": f"http://{HOST}", "authorization": "Bearer wrong"}, False),
    ],
)
async def test_a_page_of_this_site_is_let_in_and_nobody_else(
    owner: User, headers: dict[str, str], welcome: bool
) -> None:
    socket = Socket(headers)
    assert await socket.opens() is welcome
    if welcome:
        await socket.communicator.disconnect()


async def test_a_program_with_a_token_needs_no_origin(secret: str) -> None:
    socket = Socket({"host": HOST, "authorization": f"Bearer {secret}"})
    assert await socket.opens()
    await socket.communicator.disconnect()


async def test_in_team_mode_a_page_needs_a_session(owner: User, settings: Any) -> None:
    settings.VREWCRAFT_MODE = "team"
    assert not await Socket({"host": HOST, "origin": f"http://{HOST}"}).opens()


# Subscribing


async def test_subscribing_answers_with_what_the_video_has(open_socket: Open, video: Video) -> None:
    task = await make_task(video)
    socket = await open_socket()
    answer = await socket.subscribe(video.pk)
    assert (answer["type"], answer["videoId"]) == ("subscribed", str(video.pk))
    assert answer["data"]["upload"] is None
    assert [item["id"] for item in answer["data"]["tasks"]] == [str(task.pk)]


async def test_a_snapshot_holds_what_ended_meanwhile(open_socket: Open, video: Video) -> None:
    task = await make_task(video)
    await asyncio.to_thread(in_a_thread, partial(task_state.cancel, task))
    answer = await (await open_socket()).subscribe(video.pk)
    assert answer["data"]["tasks"][0]["status"] == "cancelled"


async def test_an_unknown_id_and_another_users_are_answered_alike(open_socket: Open) -> None:
    stranger = await sync_to_async(factories.person)("stranger")
    theirs = await sync_to_async(factories.ready)(stranger)
    socket = await open_socket()
    answers = [await socket.subscribe(each) for each in (theirs.pk, uuid4(), "no-id")]
    assert [answer["type"] for answer in answers] == ["error"] * 3
    assert answers[0]["videoId"] == str(theirs.pk)
    assert answers[0]["data"] == answers[1]["data"] == answers[2]["data"]
    assert answers[0]["data"]["code"] == "not_found"


async def test_a_strangers_events_do_not_arrive(open_socket: Open) -> None:
    stranger = await sync_to_async(factories.person)("stranger")
    theirs = await sync_to_async(factories.ready)(stranger)
    socket = await open_socket()
    await socket.subscribe(theirs.pk)
    await socket.subscribe("*")
    await make_task(theirs)
    assert await socket.quiet(1.2)


@pytest.mark.parametrize(
    "text",
    [
        " ",
        "no json",
        "[]",
        "null",
        "[" * 10_000,
        '{"a":' * 3_000,
        "1" * 10_000,
        "1e999999",
        '{"type":"subscribe","videoId":-1e999}',
        '{"type":"subscribe","videoId":"\\ud800"}',
        '{"type":"subscribe","videoId":"\\u0000"}',
        '{"type":"subscribe","videoId":"' + "x" * 65 + '"}',
        '{"type":{"type":"subscribe"},"videoId":"*"}',
        '{"type":"subscribe"}',
        '{"type":"subscribe","videoId":7}',
        '{"type":"subscribe","videoId":""}',
        '{"type":"dance","videoId":"*"}',
    ],
)
async def test_a_message_that_cannot_be_parsed_is_answered(open_socket: Open, text: str) -> None:
    socket = await open_socket()
    await socket.communicator.send_to(text_data=text)
    answer = await socket.hear()
    assert (answer["type"], answer["videoId"]) == ("error", None)
    assert answer["data"]["code"] == "bad_message"
    assert (await socket.subscribe("*"))["type"] == "subscribed"


@pytest.mark.parametrize("data", ["x" * 16_385, "한" * 6_000, b"x" * 16_385])
async def test_a_message_that_is_too_large_closes_the_socket(
    open_socket: Open, data: str | bytes
) -> None:
    socket = await open_socket()
    if isinstance(data, bytes):
        await socket.communicator.send_to(bytes_data=data)
    else:
        await socket.communicator.send_to(text_data=data)
    assert await socket.closed() == 1009


async def test_more_messages_than_a_page_could_need_close_the_socket(open_socket: Open) -> None:
    socket = await open_socket()
    for _ in range(int(protocol.AT_ONCE) + 30):
        await socket.say(type="dance")
    assert await socket.closed() == 4029


async def test_bytes_are_no_message(open_socket: Open) -> None:
    socket = await open_socket()
    await socket.communicator.send_to(bytes_data=b"\x00\xff")
    assert (await socket.hear())["data"]["code"] == "bad_message"


async def test_everything_is_a_snapshot_by_video(open_socket: Open, video: Video) -> None:
    task = await make_task(video)
    answer = await (await open_socket()).subscribe("*")
    assert answer["videoId"] == "*"
    state_of_video = answer["data"]["videos"][str(video.pk)]
    assert [item["id"] for item in state_of_video["tasks"]] == [str(task.pk)]


async def test_a_snapshot_of_everything_includes_a_video_that_was_deleted_meanwhile(
    open_socket: Open, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "POLL_SECONDS", 3600)
    socket = await open_socket()
    assert (await socket.subscribe(video.pk))["data"]["video"]["deleted"] is False
    gone = Video.objects.filter(pk=video.pk)
    await gone.aupdate(deleted_at=Now(), updated_at=Now(), seq=video.seq + 1)
    reported = (await socket.subscribe("*"))["data"]["videos"][str(video.pk)]
    assert (reported["video"]["deleted"], reported["tasks"], reported["upload"]) == (True, [], None)


async def test_everything_brings_the_events_of_every_video(open_socket: Open, video: Video) -> None:
    task = await make_task(video)
    socket = await open_socket()
    await socket.subscribe("*")
    claim = await make_claim(task)
    await asyncio.to_thread(in_a_thread, partial(advance, claim, 0.5))
    received = [await socket.hear(), await socket.hear()]
    assert [item["videoId"] for item in received] == [str(video.pk)] * 2


async def test_both_subscriptions_bring_an_event_once(open_socket: Open, video: Video) -> None:
    task = await make_task(video)
    socket = await open_socket()
    await socket.subscribe("*")
    await socket.subscribe(video.pk)
    await asyncio.to_thread(in_a_thread, partial(task_state.cancel, task))
    assert (await socket.hear())["data"]["status"] == "cancelled"
    assert await socket.quiet(1.2)


async def test_after_unsubscribing_all_is_quiet(open_socket: Open, video: Video) -> None:
    task = await make_task(video)
    socket = await open_socket()
    await socket.subscribe(video.pk)
    await socket.say(type="unsubscribe", videoId=str(video.pk))
    await socket.say(type="unsubscribe", videoId=str(uuid4()))
    assert await socket.quiet()
    await asyncio.to_thread(in_a_thread, partial(task_state.cancel, task))
    assert await socket.quiet(1.2)
    answer = await socket.subscribe(video.pk)
    assert answer["data"]["tasks"][0]["status"] == "cancelled"


async def test_one_socket_follows_a_bounded_number_of_videos(
    open_socket: Open, owner: User
) -> None:
    socket = await open_socket()
    for _ in range(MAX_SUBSCRIPTIONS):
        one = await sync_to_async(factories.ready)(owner)
        assert (await socket.subscribe(one.pk))["type"] == "subscribed"
    assert (await socket.subscribe("*"))["data"]["code"] == "too_many_subscriptions"
    assert (await socket.subscribe(one.pk))["type"] == "subscribed"


async def test_an_id_in_another_spelling_is_subscribed_all_the_same(
    open_socket: Open, video: Video
) -> None:
    task = await make_task(video)
    socket = await open_socket()
    assert (await socket.subscribe(str(video.pk).upper()))["type"] == "subscribed"
    await make_claim(task)
    assert (await socket.hear())["type"] == "progress"


# Events


async def test_a_change_in_another_thread_is_pushed_and_not_polled(
    open_socket: Open, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "POLL_SECONDS", 3600)
    task = await make_task(video)
    socket = await open_socket()
    await socket.subscribe(video.pk)
    claim = await make_claim(task)
    assert (await socket.hear())["data"]["percent"] == 0
    await asyncio.to_thread(in_a_thread, partial(advance, claim, 0.5))
    assert (await socket.hear())["data"]["percent"] == 50


async def test_what_was_rolled_back_is_never_sent(open_socket: Open, video: Video) -> None:
    task = await make_task(video)
    socket = await open_socket()
    await socket.subscribe(video.pk)
    claim = await make_claim(task)
    await socket.hear()
    stale = Claim(claim.task_id, claim.attempt + 1, claim.worker)
    with pytest.raises(LostClaimError):
        await asyncio.to_thread(advance, stale, 0.5)
    assert await socket.quiet(1.2)


async def test_the_last_two_messages_are_100_percent_and_complete(
    open_socket: Open, video: Video
) -> None:
    task = await make_task(video)
    socket = await open_socket()
    await socket.subscribe(video.pk)
    claim = await make_claim(task)
    await asyncio.to_thread(in_a_thread, partial(finish, claim, task))
    received = [await socket.hear() for _ in range(3)]
    assert [item["type"] for item in received] == ["progress", "progress", "complete"]
    assert [item["data"]["seq"] for item in received] == [2, 3, 4]
    assert await socket.quiet(1.2)


async def test_two_sockets_get_the_same_events(open_socket: Open, video: Video) -> None:
    task = await make_task(video)
    first, second = await open_socket(), await open_socket()
    for socket in (first, second):
        await socket.subscribe(video.pk)
    await asyncio.to_thread(in_a_thread, partial(task_state.cancel, task))
    assert await first.hear() == await second.hear()


async def test_a_change_of_another_process_is_found(open_socket: Open, video: Video) -> None:
    task = await make_task(video)
    socket = await open_socket()
    await socket.subscribe(video.pk)
    began = await in_another_process("-c", changed_elsewhere(task))
    kinds = [(await socket.hear())["type"] for _ in range(2)]
    assert kinds[-1] == "complete" or (await socket.hear())["type"] == "complete"
    assert time.monotonic() - began < FOUND_SECONDS


@pytest.mark.slow
async def test_a_worker_process_is_followed_to_the_end(open_socket: Open, owner: User) -> None:
    clip = media.numbered()
    video = await sync_to_async(factories.stored)(owner, clip, media.probed(clip))
    task = await make_task(video)
    socket = await open_socket()
    await socket.subscribe(video.pk)
    await in_another_process("manage.py", "work", "--once")
    percents: list[float] = []
    while True:
        received = await socket.hear()
        if received["type"] == "complete":
            break
        if received["type"] == "progress":  # the places in the queue may be sent between
            percents.append(received["data"]["percent"])
    assert received["data"]["taskId"] == str(task.pk)
    assert percents == sorted(percents)
    assert percents[-1] == 100
    output = await task.outputs.aget()
    kept = Path(django_settings.VREWCRAFT_DATA_DIR, "library", output.key)
    assert await asyncio.to_thread(kept.is_file)
