"""The admin: everything can be looked at, tasks can be acted on, nothing can be edited."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.utils import quote
from django.test import Client

from tests import factories
from videos.models import Attempt, Output, QueuePause, Task, Upload, Video, task_state
from videos.models.queue_pause import EVERYBODY
from videos.services.tasks import control
from vrewcraft.accounts.models import User

TABLES = ("video", "upload", "task", "attempt", "output")
WORKERS = "/admin/videos/workerbeat/"
FAILURE = task_state.Failure("bad_media", {"detail": "no frame"})


@pytest.fixture
def video(owner: User) -> Video:
    return factories.ready(owner)


@pytest.fixture
def failed(video: Video) -> Task:
    """A task that failed, with what its attempt said."""
    task = factories.task(video)
    claim = factories.claim(task)
    Attempt.objects.filter(task=task).update(
        commands=[["ffmpeg", "-i", "a file.mp4"]],
        ffmpeg_version="n9.0.2",
        exit_code=69,
        stderr_tail="<no frame>",
    )
    task_state.fail(claim, FAILURE)
    task.refresh_from_db()
    return task


def act(client: Client, action: str, *tasks: Task) -> str:
    answer = client.post(
        "/admin/videos/task/",
        {"action": action, "_selected_action": [str(task.pk) for task in tasks]},
        follow=True,
    )
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_a_list_that_can_be_searched(
    client: Client, failed: Task, table: str
) -> None:
    Upload.objects.create(video=failed.video, method="import", received=1)
    Output.objects.bulk_create([factories.output(failed)])
    page = client.get(f"/admin/videos/{table}/", {"q": "clip"})
    assert page.status_code == 200
    assert 'class="results"' in page.content.decode()


def test_a_task_shows_status_error_and_what_each_attempt_ran(client: Client, failed: Task) -> None:
    page = client.get(f"/admin/videos/task/{failed.pk}/change/").content.decode()
    for shown in (
        "The video could not be processed: no frame",
        "ffmpeg -i &#x27;a file.mp4&#x27;",
        "n9.0.2",
        "69",
        "&lt;no frame&gt;",
        factories.WORKER,
    ):
        assert shown in page


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_added_by_hand(client: Client, table: str) -> None:
    assert client.get(f"/admin/videos/{table}/add/").status_code == 403


def test_a_status_cannot_be_edited(client: Client, failed: Task) -> None:
    answer = client.post(f"/admin/videos/task/{failed.pk}/change/", {"status": "complete"})
    assert answer.status_code == 403
    failed.refresh_from_db()
    assert failed.status == "error"


def test_nothing_is_deleted_beside_its_files(client: Client, failed: Task) -> None:
    assert client.get(f"/admin/videos/task/{failed.pk}/delete/").status_code == 403


def test_retry_puts_a_failed_task_back_into_the_queue(client: Client, failed: Task) -> None:
    assert "Done for 1 task." in act(client, "retry", failed)
    failed.refresh_from_db()
    assert (failed.status, failed.failures) == ("pending", 0)


def test_cancel_ends_a_waiting_task_and_says_what_it_could_not_cancel(
    client: Client, video: Video, failed: Task
) -> None:
    waiting = factories.task(video)
    page = act(client, "cancel", waiting, failed)
    assert "Done for 1 task." in page
    assert "This edit has already ended." in page
    waiting.refresh_from_db()
    assert waiting.status == "cancelled"


def test_rerun_makes_a_new_task_and_leaves_the_old_one(client: Client, failed: Task) -> None:
    act(client, "rerun", failed)
    new = Task.objects.exclude(pk=failed.pk).get()
    failed.refresh_from_db()
    assert (new.status, new.params, failed.status) == ("pending", failed.params, "error")


def test_the_actions_on_tasks_begin_with_cancel(client: Client, failed: Task) -> None:
    page = client.get("/admin/videos/task/").content.decode()
    offered = re.findall(r'<option value="(\w+)">', page)
    assert offered == ["cancel", "pause", "resume", "retry", "rerun"]


def test_pause_and_resume_stop_a_task_and_let_it_go_on(client: Client, video: Video) -> None:
    task = factories.task(video)
    for action, paused in (("pause", True), ("resume", False)):
        assert "Done for 1 task." in act(client, action, task)
        task.refresh_from_db()
        assert (task.status, task.paused) == ("pending", paused)


def test_resumed_tasks_keep_their_order(client: Client, video: Video) -> None:
    tasks = [factories.task(video, turn=turn, paused=True) for turn in range(3)]
    act(client, "resume", *reversed(tasks))
    assert list(Task.objects.in_line()) == tasks


class TestQueues:
    """Paused queues: everybody's and a person's, for the staff, as by page and API."""

    QUEUES = "/admin/videos/queuepause/"

    @pytest.fixture
    def staff(self, db: None) -> Client:
        """Somebody of the staff without any of Django's permissions."""
        browser = Client()
        browser.force_login(factories.person("staff", is_staff=True))
        return browser

    def test_everybodys_is_paused_without_an_owner(self, staff: Client) -> None:
        assert "all users" in staff.get(f"{self.QUEUES}add/").content.decode()
        for _ in range(2):
            page = staff.post(f"{self.QUEUES}add/", {"owner": ""}, follow=True)
            assert page.status_code == 200
        assert QueuePause.objects.names() == {EVERYBODY}

    def test_a_users_queue_is_paused_and_open_pages_are_notified(
        self, staff: Client, stranger: User
    ) -> None:
        task = factories.task(factories.ready(stranger))
        factories.claim(task)
        task.refresh_from_db()
        staff.post(f"{self.QUEUES}add/", {"owner": str(stranger.pk)})
        assert QueuePause.objects.get().owner == stranger
        assert Task.objects.get().seq > task.seq

    def test_what_is_paused_already_is_said(self, staff: Client, stranger: User) -> None:
        control.pause_queue_of(stranger.pk)
        page = staff.post(f"{self.QUEUES}add/", {"owner": str(stranger.pk)})
        assert "already exists" in page.content.decode()

    def test_chosen_queues_go_on(self, staff: Client, stranger: User) -> None:
        for owner in (None, stranger.pk):
            control.pause_queue_of(owner)
        data = {"action": "resume", "_selected_action": [EVERYBODY]}
        assert staff.post(self.QUEUES, data).status_code == 302
        assert QueuePause.objects.names() == {str(stranger.pk)}

    def test_they_are_for_the_staff(self, db: None) -> None:
        control.pause_queue_of(None)
        browser = Client()
        browser.force_login(factories.person("ann"))
        data = {"action": "resume", "_selected_action": [EVERYBODY]}
        for address in (self.QUEUES, f"{self.QUEUES}add/"):
            assert browser.post(address, data).url.startswith("/admin/login/")  # type: ignore[attr-defined]
        assert QueuePause.objects.names() == {EVERYBODY}

    def test_a_row_is_neither_changed_nor_deleted(self, client: Client, owner: User) -> None:
        control.pause_queue_of(owner.pk)
        row = f"{self.QUEUES}{quote(str(owner.pk))}/"
        assert client.get(f"{row}change/").status_code == 200
        assert client.post(f"{row}change/", {"owner": ""}).status_code == 403
        assert client.get(f"{row}delete/").status_code == 403


def test_workers_are_listed_with_the_age_of_their_heartbeat(client: Client, owner: User) -> None:
    factories.worker_beat("studio/1/1", seconds_ago=7)
    factories.worker_beat("attic/1/1", seconds_ago=3600)
    page = client.get(WORKERS, {"q": "1", "o": "3"}).content.decode()
    assert "7 s" in page
    assert "3600 s" in page
    assert page.index("studio/1/1") < page.index("attic/1/1")
    assert page.count('alt="True"') == page.count('alt="False"') == 1


def test_a_worker_is_read_only(client: Client, owner: User) -> None:
    worker = factories.worker_beat()
    address = f"{WORKERS}{quote(worker.pk)}/"
    assert "cpu" in client.get(f"{address}change/").content.decode()
    assert client.post(f"{address}change/", {"pid": 5}).status_code == 403
    assert client.get(f"{address}delete/").status_code == 403
    assert client.get(f"{WORKERS}add/").status_code == 403
