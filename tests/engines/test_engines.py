"""What every arrangement of web and workers promises, on real servers: done once, or a reason."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.engines.conftest import House
from tests.servers.live import Listener, wait_for

pytestmark = [pytest.mark.functional, pytest.mark.slow, pytest.mark.timeout(180)]

HINTS = "from videos.services.tasks import notify; [notify.wake('copy') for _ in range(20)]"


def test_a_requested_task_runs_once(house: House) -> None:
    with Listener(house.arrangement.server, house.video) as listener:
        task = house.trim()
        listener.wait("complete", taskId=task)
        time.sleep(1)
        ends = [item.type for item in listener.of_task(task) if item.type in ("complete", "error")]
    assert ends == ["complete"]
    assert house.outcomes(task) == ["complete"]
    assert len(house.program.task(task)["outputs"]) == 1


def test_the_next_worker_runs_the_task_of_a_killed_one(house: House) -> None:
    task = house.running()
    house.arrangement.kill_workers()
    wait_for(lambda: not house.arrangement.ffmpegs(), 10, "the end of ffmpeg")
    house.arrangement.release()
    house.arrangement.start_workers()
    house.wait(task, status="complete")
    assert house.outcomes(task) == ["lost", "complete"]
    assert len(house.program.task(task)["outputs"]) == 1


def test_a_worker_that_is_stopped_releases_its_task(house: House) -> None:
    task = house.running()
    house.arrangement.stop_workers()
    assert house.arrangement.ffmpegs() == {}
    house.arrangement.release()
    house.arrangement.start_workers()
    house.wait(task, status="complete")
    assert house.outcomes(task) == ["shutdown", "complete"]


def test_a_worker_that_sleeps_past_its_lease_writes_nothing_any_more(house: House) -> None:
    task = house.running()
    sleeping = house.arrangement.worker_pids()
    served_here = house.arrangement.name == "threads"
    for pid in sleeping:
        os.kill(pid, signal.SIGSTOP)
    other = house.arrangement.another_worker()
    try:
        time.sleep(3)
        house.arrangement.release()
        if not served_here:
            house.wait(task, status="complete")
        else:
            time.sleep(3)
    finally:
        for pid in sleeping:
            os.kill(pid, signal.SIGCONT)
    house.wait(task, status="complete")
    time.sleep(1)
    assert house.outcomes(task) == ["lost", "complete"]
    assert len(house.program.task(task)["outputs"]) == 1
    other.stop()


def test_a_cancel_ends_a_running_task_and_its_ffmpeg(house: House) -> None:
    task = house.running()
    house.program.http.post(f"/api/tasks/{task}/cancel").raise_for_status()
    house.wait(task, status="cancelled")
    wait_for(lambda: not house.arrangement.ffmpegs(), 5, "the end of ffmpeg")
    assert house.outcomes(task) == ["cancelled"]


def test_a_paused_task_makes_no_progress_until_it_is_resumed(house: House) -> None:
    task = house.running()
    house.pause(task)
    house.arrangement.release()
    time.sleep(3)
    assert house.program.task(task)["status"] == "processing"
    house.resume(task)
    house.wait(task, status="complete", paused=False)
    assert house.outcomes(task) == ["complete"]


def test_a_task_stays_paused_when_its_worker_stops(house: House) -> None:
    task = house.running()
    house.pause(task)
    house.arrangement.stop_workers()
    house.arrangement.release()
    house.arrangement.start_workers()
    house.wait(task, status="pending", paused=True)
    time.sleep(2)
    assert house.program.task(task)["status"] == "pending"
    house.resume(task)
    house.wait(task, status="complete")
    assert house.outcomes(task) == ["shutdown", "complete"]


def test_a_paused_task_releases_its_slot(house: House) -> None:
    paused = house.running()
    house.pause(paused)
    house.arrangement.release()
    other = house.trim("exact")
    house.wait(other, status="complete")
    assert house.program.task(paused)["status"] == "processing"
    house.resume(paused)
    house.wait(paused, status="complete", paused=False)
    for task in (paused, other):
        assert house.outcomes(task) == ["complete"]
        assert house.frames(task)[:50] == list(range(50))


def test_a_paused_task_that_released_its_slot_can_be_cancelled(house: House) -> None:
    paused = house.running()
    house.pause(paused)
    house.arrangement.release()
    house.wait(house.trim("exact"), status="complete")
    house.program.http.post(f"/api/tasks/{paused}/cancel").raise_for_status()
    house.wait(paused, status="cancelled")
    wait_for(lambda: not house.arrangement.ffmpegs(), 5, "the end of ffmpeg")
    assert house.outcomes(paused) == ["cancelled"]


def test_a_worker_that_is_stopped_releases_paused_and_running_tasks(
    house: House,
) -> None:
    paused = house.running()
    house.pause(paused)
    other = house.trim("exact")
    house.wait(other, status="processing")
    house.arrangement.stop_workers()
    assert house.arrangement.ffmpegs() == {}
    house.arrangement.release()
    house.arrangement.start_workers()
    house.resume(paused)
    for task in (paused, other):
        house.wait(task, status="complete")
        assert house.outcomes(task) == ["shutdown", "complete"]


def test_a_paused_queue_stops_running_and_waiting_tasks(house: House) -> None:
    running = house.running()
    house.program.http.post("/api/queue/pause").raise_for_status()
    waiting = house.trim()
    wait_for(lambda: set(house.arrangement.ffmpegs().values()) == {"T"}, 5, "a stopped ffmpeg")
    house.arrangement.release()
    time.sleep(2)
    states = [house.program.task(task) for task in (running, waiting)]
    assert [(each["status"], each["queuePaused"]) for each in states] == [
        ("processing", True),
        ("pending", True),
    ]
    house.program.http.post("/api/queue/resume").raise_for_status()
    for task in (running, waiting):
        house.wait(task, status="complete", queuePaused=False)


def test_a_copy_does_not_wait_behind_an_encode(house: House) -> None:
    encode = house.running("exact")
    copy = house.trim("fast")
    house.wait(copy, status="processing")
    assert house.program.task(encode)["status"] == "processing"
    house.arrangement.release()
    for task in (encode, copy):
        house.wait(task, status="complete")


def test_hints_that_come_too_often_do_no_harm(house: House) -> None:
    task = house.trim()
    house.arrangement.server.manage("shell", "-v", "0", "-c", HINTS).check_returncode()
    house.wait(task, status="complete")
    assert house.outcomes(task) == ["complete"]


def test_a_hint_that_is_lost_costs_a_moment_only(house: House) -> None:
    house.wait(house.trim_unheard(), status="complete")


def test_a_lost_hint_costs_no_more_beside_a_running_task(house: House) -> None:
    running = house.running("fast")
    unheard = house.trim_unheard()
    house.wait(unheard, status="processing")
    assert house.program.task(running)["status"] == "processing"
    house.arrangement.release()
    for task in (running, unheard):
        house.wait(task, status="complete")


def test_a_worker_is_seen_while_it_lives(house: House) -> None:
    assert house.program.http.get("/readyz").status_code == 200
    if house.arrangement.name == "threads":
        return
    house.arrangement.stop_workers()
    wait_for(lambda: house.program.http.get("/readyz").status_code == 503, 10, "a red light")
