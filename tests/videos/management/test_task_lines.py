"""A task's line in a terminal."""

from __future__ import annotations

from typing import Any

import pytest

from videos.management.task_lines import rough_time, task_line


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "5 s"),
        (7, "5 s"),
        (8, "10 s"),
        (57, "55 s"),
        (58, "1 min"),
        (150, "2 min"),
        (3590, "1 h 0 min"),
        (7380, "2 h 3 min"),
    ],
)
def test_times_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert rough_time(seconds) == said


def state(**changes: Any) -> dict[str, Any]:
    return {
        "status": "processing",
        "message": "Trimming video...",
        "progress": 50.9,
        "etaSeconds": None,
        "queuePosition": None,
        "startsInSeconds": None,
        "indeterminate": False,
        "doneSeconds": None,
        "stalled": False,
        **changes,
    }


def test_a_running_task_shows_its_bar_and_what_is_left() -> None:
    line = task_line(state(etaSeconds=61.0))
    assert line == f"[{'#' * 15}{'.' * 15}]  50 %  Trimming video..., about 1 min left"


def test_a_waiting_task_shows_its_place_and_when_it_begins() -> None:
    waiting = state(status="pending", message="", progress=0, queuePosition=3)
    assert task_line(waiting).endswith("  0 %  Pending, #3")
    waiting["startsInSeconds"] = 118.0
    assert task_line(waiting).endswith("Pending, starts in about 2 min (#3)")


def test_what_is_done_is_said_where_the_whole_is_unknown() -> None:
    assert task_line(state(indeterminate=True, doneSeconds=12.4)).endswith(", 12 s done")


def test_a_stalled_task_says_so() -> None:
    assert task_line(state(stalled=True, etaSeconds=5.0)).endswith(", no progress")
