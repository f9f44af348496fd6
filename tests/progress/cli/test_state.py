"""What a program that follows tasks knows, and how a terminal shows it."""

from __future__ import annotations

from typing import Any

import pytest

from progress.cli import render
from progress.cli.state import Board, Job


def state(task_id: str = "t1", **changes: Any) -> dict[str, Any]:
    usual = {
        "id": task_id,
        "videoId": "v1",
        "name": "Trim 00:10-00:30",
        "videoName": "talk.mp4",
        "status": "pending",
        "progress": 0,
        "etaSeconds": None,
        "indeterminate": False,
        "queuePosition": 1,
        "housekeeping": False,
        "outputs": [],
        "error": None,
        "seq": 1,
    }
    return {**usual, **changes}


def said(kind: str, video_id: str = "v1", **data: Any) -> dict[str, Any]:
    return {"type": kind, "videoId": video_id, "data": data}


def progress(seq: int, percent: float, **changes: Any) -> dict[str, Any]:
    usual = {"taskId": "t1", "operation": "trim", "etaSeconds": 3.0, "indeterminate": False}
    return said("progress", **{**usual, "seq": seq, "percent": percent, **changes})


def snapshot(*tasks: dict[str, Any], upload: Any = None, video_id: str = "v1") -> dict[str, Any]:
    return said("subscribed", video_id, tasks=list(tasks), upload=upload, video=None)


def board(*messages: dict[str, Any]) -> Board:
    made = Board()
    for message in messages:
        made.apply(message)
    return made


def test_a_task_is_followed_from_its_wait_to_its_result() -> None:
    made = board(snapshot(state()), progress(2, 40.5))
    job = made.jobs["t1"]
    assert (job.name, job.status, job.percent) == ("Trim 00:10-00:30", "processing", 40.5)
    made.apply(said("complete", taskId="t1", outputUrl="/outputs/1", seq=4))
    assert (made.jobs["t1"].status, made.jobs["t1"].result) == ("complete", "/outputs/1")
    assert made.under_way == []


def test_what_is_not_newer_changes_nothing() -> None:
    made = board(snapshot(state(seq=5)), progress(9, 90))
    assert made.apply(progress(9, 10)) is None
    assert made.apply(progress(3, 10)) is None
    assert made.jobs["t1"].percent == 90


def test_a_snapshot_replaces_what_was_known_even_with_lower_numbers() -> None:
    made = board(snapshot(state()), progress(9, 90), snapshot(state(seq=2, progress=10)))
    assert (made.jobs["t1"].seq, made.jobs["t1"].percent) == (2, 10)
    assert board(snapshot(state()), snapshot()).jobs == {}


def test_what_had_ended_before_is_not_followed_what_ends_meanwhile_is() -> None:
    ended = state(status="complete", outputs=[{"url": "/outputs/1"}], seq=7)
    assert board(snapshot(ended)).jobs == {}
    assert board(snapshot(state()), snapshot(ended)).jobs["t1"].result == "/outputs/1"


def test_all_videos_come_in_one_snapshot() -> None:
    reported = {"v1": {"tasks": [state()], "upload": None}, "v2": {"tasks": [], "upload": None}}
    made = board(said("subscribed", "*", videos=reported))
    assert list(made.jobs) == ["t1"]
    assert board(snapshot(state()), snapshot(video_id="v2")).jobs.keys() == {"t1"}


def test_an_upload_is_a_job_too_and_housekeeping_is_none() -> None:
    upload = {**progress(1, 30)["data"], "taskId": None}
    made = board(snapshot(state(housekeeping=True), upload=upload))
    assert list(made.jobs) == ["upload.v1"]
    made.apply(said("progress", **{**upload, "percent": 100, "seq": 2}))
    assert made.under_way == []
    made.apply(said("task", **state(task_id="t9", housekeeping=True)))
    assert "t9" not in made.jobs


def test_messages_of_other_kinds_are_passed_over() -> None:
    made = board(said("video", id="v1"), said("degraded", degraded=True), said("new kind", x=1))
    assert made.jobs == {}


@pytest.mark.parametrize(
    ("job", "shown"),
    [
        (Job("t", "v", "Trim", position=2), "waiting  Trim  (number 2 in the queue)"),
        (
            Job("t", "v", "Trim", "a.mp4", "processing", 41.9, 75.0),
            "41 %  Trim  a.mp4  about 1 min",
        ),
        (Job("t", "v", "Trim", status="complete", percent=100, result="/o"), "done  Trim  /o"),
        (Job("t", "v", "Trim", status="error", result="No."), "failed  Trim  No."),
        (Job("t", "v", "Join", status="processing", indeterminate=True), "...  Join"),
    ],
)
def test_a_line_says_how_a_job_is(job: Job, shown: str) -> None:
    assert shown in render.line(job, 200)


def test_a_bar_is_filled_as_far_as_the_job_is() -> None:
    assert render.bar(Job("t", "v", status="processing", percent=50)) == "#" * 12 + "." * 12
    assert "#" not in render.bar(Job("t", "v", status="processing", indeterminate=True))


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "1 s"), (59, "59 s"), (90, "1 min 30 s")])
def test_time_left_is_shown_in_common_units(seconds: float, text: str) -> None:
    assert render.time_left(seconds) == text
    assert render.time_left(7200 + 60) == "2 h 1 min"


def test_a_line_fits_the_terminal_and_can_do_it_no_harm() -> None:
    assert render.fitted("수업 영상", 5) == "수업 "
    assert render.fitted("a\x1b[2Jb", 20) == "a\N{REPLACEMENT CHARACTER}[2Jb"


def test_places_in_the_queue_move_though_the_tasks_do_not_change() -> None:
    made = board(
        snapshot(state(queuePosition=3), state("t2", status="processing", queuePosition=None))
    )
    places = {"t1": {"queuePosition": 1}, "t2": {"queuePosition": None}, "t9": {"queuePosition": 2}}
    made.apply(said("queue", places=places))
    assert (made.jobs["t1"].position, made.jobs["t2"].position) == (1, None)
    assert set(made.jobs) == {"t1", "t2"}
