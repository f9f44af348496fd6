"""Cancel, pause, resume, retry by API, page, command and admin: the same check, the same words."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from tests import factories
from videos.models import QueuePause, Task, Video, task_state
from videos.services.tasks import control
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.django_db
ENDED = "This edit has already ended."


@pytest.fixture
def video(owner: User) -> Video:
    return factories.ready(owner)


@pytest.fixture
def task(video: Video) -> Task:
    return factories.task(video)


@pytest.fixture
def ended(video: Video) -> Task:
    task = factories.task(video)
    task_state.complete(factories.claim(task), [factories.output(task)])
    return task


def post(client: Client, url: str, data: dict[str, Any] | None = None) -> Any:
    return client.post(url, data or {}, content_type="application/json")


def now(task: Task) -> tuple[str, bool]:
    task.refresh_from_db()
    return task.status, task.paused


def key_beside(page: str, action: str) -> str:
    """The key that a page's form sends to an address ending so."""
    found = re.search(rf'<form[^>]*{action}".*?name="key" value="([^"]+)"', page, re.DOTALL)
    assert found, page
    return found[1]


class TestApi:
    """JSON."""

    def test_a_task_is_paused_and_resumed(self, client: Client, task: Task) -> None:
        answer = post(client, f"/api/tasks/{task.pk}/pause")
        assert (answer.status_code, answer.json()["paused"]) == (202, True)
        answer = post(client, f"/api/tasks/{task.pk}/resume")
        assert (answer.json()["paused"], answer.json()["queuePosition"]) == (False, 1)

    def test_what_has_ended_is_refused_in_a_sentence(self, client: Client, ended: Task) -> None:
        answer = post(client, f"/api/tasks/{ended.pk}/pause")
        assert (answer.status_code, answer.json()["error"]) == (409, ENDED)

    def test_a_strangers_task_is_not_there(self, client: Client, stranger: User) -> None:
        task = factories.task(factories.ready(stranger))
        for verb in control.TaskAction:
            assert post(client, f"/api/tasks/{task.pk}/{verb}").status_code == 404
        answer = post(client, "/api/tasks", {"action": "cancel", "taskIds": [str(task.pk)]})
        assert [each["code"] for each in answer.json()["refused"]] == ["not_found"]
        assert now(task) == ("pending", False)

    def test_many_are_done_and_the_others_named(
        self, client: Client, task: Task, ended: Task
    ) -> None:
        ids = [str(task.pk), str(ended.pk), str(uuid4())]
        answer = post(client, "/api/tasks", {"action": "cancel", "taskIds": ids}).json()
        assert answer["done"] == ids[:1]
        codes = [each["code"] for each in answer["refused"]]
        assert codes == ["not_cancellable", "not_found"]
        assert now(task)[0] == "cancelled"

    @pytest.mark.parametrize(
        ("data", "field"),
        [
            ({"action": "explode", "taskIds": []}, "action"),
            ({"action": "cancel", "taskIds": "all"}, "taskIds"),
            ({"action": "cancel", "taskIds": ["x"] * 1001}, "taskIds"),
            ({"action": "cancel", "taskIds": [], "more": 1}, "more"),
        ],
    )
    def test_a_request_that_makes_no_sense_names_the_field(
        self, client: Client, data: dict[str, Any], field: str
    ) -> None:
        answer = post(client, "/api/tasks", data)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])

    def test_a_queue_is_paused_and_resumed(self, client: Client, task: Task) -> None:
        assert post(client, "/api/queue/pause").json()["paused"] is True
        assert client.get(f"/api/tasks/{task.pk}").json()["queuePaused"] is True
        assert post(client, "/api/queue/resume").json()["paused"] is False
        assert not QueuePause.objects.exists()

    def test_everybodys_is_for_the_staff(self, client: Client, owner: User) -> None:
        answer = post(client, "/api/queue/pause", {"everybody": True})
        assert answer.json()["everybodyPaused"] is True
        User.objects.filter(pk=owner.pk).update(is_staff=False, is_superuser=False)
        answer = post(client, "/api/queue/resume", {"everybody": True})
        assert (answer.status_code, answer.json()["code"]) == (403, "staff_only")


class TestPage:
    """Forms that work without scripts."""

    def test_an_action_on_selected_jobs_applies_to_all_and_the_page_says_how_it_went(
        self, client: Client, task: Task, ended: Task
    ) -> None:
        data = {"verb": "pause", "task": [str(task.pk), str(ended.pk)]}
        page = client.post("/tasks/many/", data, follow=True).content.decode()
        assert now(task) == ("pending", True)
        assert "Done for 1 task." in page
        assert f"Not for 1 task: {ENDED}" in page

    def test_no_choice_is_said(self, client: Client) -> None:
        page = client.post("/tasks/many/", {"verb": "cancel"}, follow=True).content.decode()
        assert "Choose some jobs first." in page

    def test_a_long_list_comes_in_pages(self, client: Client, video: Video) -> None:
        for _ in range(51):
            factories.task(video)
        first = client.get("/jobs/").content.decode()
        second = client.get("/jobs/?page=2").content.decode()
        assert [page.count('<task-card class="task"\n') for page in (first, second)] == [51, 2]

    def test_all_edits_are_paused_by_a_button(self, client: Client) -> None:
        page = client.post("/queue/pause/", follow=True).content.decode()
        assert "Resume all" in page
        assert "Pause all" in client.post("/queue/resume/", follow=True).content.decode()

    def test_what_was_made_is_made_again_on_request(self, client: Client, ended: Task) -> None:
        client.post(f"/tasks/{ended.pk}/again/")
        assert Task.objects.filter(status="pending").count() == 1

    def test_its_form_pressed_twice_makes_it_again_once(self, client: Client, ended: Task) -> None:
        page = client.get(f"/videos/{ended.video_id}/?made={ended.pk}").content.decode()
        for _ in range(2):
            client.post(f"/tasks/{ended.pk}/again/", {"key": key_beside(page, "/again/")})
        assert Task.objects.filter(status="pending").count() == 1

    def test_the_sample_pressed_twice_is_one_video(self, client: Client) -> None:
        page = client.get("/").content.decode()
        answers = [client.post("/sample/", {"key": key_beside(page, "/sample/")}) for _ in range(2)]
        assert {answer["Location"] for answer in answers} == {f"/videos/{Video.objects.get().pk}/"}

    def test_a_second_click_makes_no_second_task(self, client: Client, video: Video) -> None:
        data = {"startTime": "1", "endTime": "2", "mode": "fast", "key": "one click"}
        for _ in range(2):
            client.post(f"/videos/{video.pk}/edit/trim/", data)
        assert Task.objects.count() == 1
        for _ in range(2):
            client.post(f"/videos/{video.pk}/edit/trim/", {**data, "endTime": "3"})
        assert Task.objects.count() == 2

    def test_a_second_click_is_answered_although_the_first_can_be_asked_for_no_more(
        self, client: Client, video: Video
    ) -> None:
        data = {"startTime": "1", "endTime": "4", "mode": "exact", "key": "one click"}
        client.post(f"/videos/{video.pk}/edit/trim/", data)
        video.become_ready(factories.probe(duration_us=2_000_000))
        assert client.post(f"/videos/{video.pk}/edit/trim/", data).status_code == 303
        other = client.post(f"/videos/{video.pk}/edit/trim/", {**data, "key": "another"})
        assert other.status_code == 422
        assert Task.objects.count() == 1


class TestCommand:
    """`manage.py tasks`."""

    def test_resumed_tasks_keep_their_order(self, video: Video) -> None:
        tasks = [factories.task(video, turn=turn, paused=True) for turn in range(3)]
        call_command("tasks", "resume", "--status", "pending")
        assert list(Task.objects.in_line()) == tasks

    def test_named_tasks_are_paused(self, task: Task) -> None:
        call_command("tasks", "pause", str(task.pk))
        assert now(task) == ("pending", True)

    def test_chosen_ones_are_cancelled(self, task: Task, ended: Task) -> None:
        call_command("tasks", "cancel", "--status", "pending")
        assert (now(task)[0], now(ended)[0]) == ("cancelled", "complete")

    def test_what_cannot_be_done_is_an_error(self, ended: Task) -> None:
        with pytest.raises(CommandError, match=ENDED):
            call_command("tasks", "cancel", str(ended.pk))
        with pytest.raises(CommandError, match="no such task"):
            call_command("tasks", "cancel", str(uuid4()))
        with pytest.raises(CommandError, match="Choose tasks by id"):
            call_command("tasks", "cancel")

    def test_a_queue_is_paused_for_one_or_for_everybody(self, owner: User) -> None:
        call_command("tasks", "pause-queue", "--owner", owner.username)
        call_command("tasks", "pause-queue")
        assert QueuePause.objects.names() == {str(owner.pk), "*"}
        call_command("tasks", "resume-queue")
        assert QueuePause.objects.names() == {str(owner.pk)}
