"""What every arrangement of web and workers promises, on real servers: done once, or a reason."""

from __future__ import annotations

import time

import pytest

from tests.engines.conftest import Deployment
from tests.servers.live import Listener, wait_for

pytestmark = [pytest.mark.functional, pytest.mark.slow, pytest.mark.timeout(180)]

HINTS = "from videos.services.tasks import notify; [notify.wake('copy') for _ in range(20)]"


def test_a_requested_task_runs_once(deployment: Deployment) -> None:
    with Listener(deployment.arrangement.server, deployment.video) as listener:
        task = deployment.trim()
        listener.wait("complete", taskId=task)
        time.sleep(1)
        ends = [item.type for item in listener.of_task(task) if item.type in ("complete", "error")]
    assert ends == ["complete"]
    assert deployment.outcomes(task) == ["complete"]
    assert len(deployment.program.task(task)["outputs"]) == 1


def test_the_next_worker_runs_the_task_of_a_killed_one(deployment: Deployment) -> None:
    task = deployment.running()
    deployment.arrangement.kill_workers()
    wait_for(lambda: not deployment.arrangement.ffmpegs(), 10, "the end of ffmpeg")
    deployment.arrangement.release()
    deployment.arrangement.start_workers()
    deployment.wait(task, status="complete")
    assert deployment.outcomes(task) == ["lost", "complete"]
    assert len(deployment.program.task(task)["outputs"]) == 1


def test_a_worker_that_is_stopped_releases_its_task(deployment: Deployment) -> None:
    task = deployment.running()
    deployment.arrangement.stop_workers()
    assert deployment.arrangement.ffmpegs() == {}
    deployment.arrangement.release()
    deployment.arrangement.start_workers()
    deployment.wait(task, status="complete")
    assert deployment.outcomes(task) == ["shutdown", "complete"]


def test_a_worker_that_sleeps_past_its_lease_writes_nothing_any_more(
    deployment: Deployment,
) -> None:
    task = deployment.running()
    served_here = deployment.arrangement.name == "threads"
    with deployment.arrangement.suspended():
        other = deployment.arrangement.another_worker()
        time.sleep(3)
        deployment.arrangement.release()
        if not served_here:
            deployment.wait(task, status="complete")
        else:
            time.sleep(3)
    deployment.wait(task, status="complete")
    time.sleep(1)
    assert deployment.outcomes(task) == ["lost", "complete"]
    assert len(deployment.program.task(task)["outputs"]) == 1
    other.stop()


def test_a_cancel_ends_a_running_task_and_its_ffmpeg(deployment: Deployment) -> None:
    task = deployment.running()
    deployment.program.http.post(f"/api/tasks/{task}/cancel").raise_for_status()
    deployment.wait(task, status="cancelled")
    wait_for(lambda: not deployment.arrangement.ffmpegs(), 5, "the end of ffmpeg")
    assert deployment.outcomes(task) == ["cancelled"]


def test_a_paused_task_makes_no_progress_until_it_is_resumed(deployment: Deployment) -> None:
    task = deployment.running()
    deployment.pause(task)
    deployment.arrangement.release()
    time.sleep(3)
    assert deployment.program.task(task)["status"] == "processing"
    deployment.resume(task)
    deployment.wait(task, status="complete", paused=False)
    assert deployment.outcomes(task) == ["complete"]


def test_a_task_stays_paused_when_its_worker_stops(deployment: Deployment) -> None:
    task = deployment.running()
    deployment.pause(task)
    deployment.arrangement.stop_workers()
    deployment.arrangement.release()
    deployment.arrangement.start_workers()
    deployment.wait(task, status="pending", paused=True)
    time.sleep(2)
    assert deployment.program.task(task)["status"] == "pending"
    deployment.resume(task)
    deployment.wait(task, status="complete")
    assert deployment.outcomes(task) == ["shutdown", "complete"]


def test_a_paused_task_releases_its_slot(deployment: Deployment) -> None:
    paused = deployment.running()
    deployment.pause(paused)
    deployment.arrangement.release()
    other = deployment.trim("exact")
    deployment.wait(other, status="complete")
    assert deployment.program.task(paused)["status"] == "processing"
    deployment.resume(paused)
    deployment.wait(paused, status="complete", paused=False)
    for task in (paused, other):
        assert deployment.outcomes(task) == ["complete"]
        assert len(deployment.frames(task)) > 100  # all from 0.1 to 6 s, or all of the film


def test_a_paused_task_that_released_its_slot_can_be_cancelled(deployment: Deployment) -> None:
    paused = deployment.running()
    deployment.pause(paused)
    deployment.arrangement.release()
    deployment.wait(deployment.trim("exact"), status="complete")
    deployment.program.http.post(f"/api/tasks/{paused}/cancel").raise_for_status()
    deployment.wait(paused, status="cancelled")
    wait_for(lambda: not deployment.arrangement.ffmpegs(), 5, "the end of ffmpeg")
    assert deployment.outcomes(paused) == ["cancelled"]


def test_a_worker_that_is_stopped_releases_paused_and_running_tasks(
    deployment: Deployment,
) -> None:
    paused = deployment.running()
    deployment.pause(paused)
    other = deployment.trim("exact")
    deployment.wait(other, status="processing")
    deployment.arrangement.stop_workers()
    assert deployment.arrangement.ffmpegs() == {}
    deployment.arrangement.release()
    deployment.arrangement.start_workers()
    deployment.resume(paused)
    for task in (paused, other):
        deployment.wait(task, status="complete")
        assert deployment.outcomes(task) == ["shutdown", "complete"]


def test_a_paused_queue_stops_running_and_waiting_tasks(deployment: Deployment) -> None:
    running = deployment.running()
    deployment.program.http.post("/api/queue/pause").raise_for_status()
    waiting = deployment.trim()
    wait_for(lambda: set(deployment.arrangement.ffmpegs().values()) == {"T"}, 5, "a stopped ffmpeg")
    deployment.arrangement.release()
    time.sleep(2)
    states = [deployment.program.task(task) for task in (running, waiting)]
    assert [(each["status"], each["queuePaused"]) for each in states] == [
        ("processing", True),
        ("pending", True),
    ]
    deployment.program.http.post("/api/queue/resume").raise_for_status()
    for task in (running, waiting):
        deployment.wait(task, status="complete", queuePaused=False)


def test_a_copy_does_not_wait_behind_an_encode(deployment: Deployment) -> None:
    encode = deployment.running("exact")
    copy = deployment.trim("fast")
    deployment.wait(copy, status="processing")
    assert deployment.program.task(encode)["status"] == "processing"
    deployment.arrangement.release()
    for task in (encode, copy):
        deployment.wait(task, status="complete")


def test_hints_that_come_too_often_do_no_harm(deployment: Deployment) -> None:
    task = deployment.trim()
    deployment.arrangement.server.manage("shell", "-v", "0", "-c", HINTS).check_returncode()
    deployment.wait(task, status="complete")
    assert deployment.outcomes(task) == ["complete"]


def test_a_hint_that_is_lost_costs_a_moment_only(deployment: Deployment) -> None:
    deployment.wait(deployment.trim_unheard(), status="complete")


def test_a_lost_hint_costs_no_more_beside_a_running_task(deployment: Deployment) -> None:
    running = deployment.running("fast")
    unheard = deployment.trim_unheard()
    deployment.wait(unheard, status="processing")
    assert deployment.program.task(running)["status"] == "processing"
    deployment.arrangement.release()
    for task in (running, unheard):
        deployment.wait(task, status="complete")


def test_a_worker_is_seen_while_it_lives(deployment: Deployment) -> None:
    assert deployment.program.http.get("/readyz").status_code == 200
    if deployment.arrangement.name == "threads":
        return
    deployment.arrangement.stop_workers()
    wait_for(lambda: deployment.program.http.get("/readyz").status_code == 503, 10, "a red light")
