"""From a work folder to the library: checked, whole, once, or not at all."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from tests import factories
from videos.core.enums import StepCode
from videos.media.ffmpeg.errors import BadMedia, BadOutput, NoVideoTrack, error_to_json
from videos.media.jobs.child import write_json
from videos.media.probe.model import Kind, Probe, StreamInfo
from videos.media.verify import Expected
from videos.models import Output, Task, Video, task_state
from videos.models.task_queue import Claim, LostClaimError
from videos.operations.base import Artifact
from videos.operations.outputs import IMAGE, RENDITION, OutputKind, VideoPart
from videos.services.library.unreferenced import remove_unreferenced
from videos.storage import inbox, keys, publishing
from videos.storage.registry import store
from videos.worker.publish import Finding, publish, verify_steps
from vrewcraft.accounts.models import User

PROMISE = Expected(video=1, audio=1, duration_us=4_000_000)


@pytest.fixture
def task(owner: User, data_dir: Path) -> Task:
    """A pending trim."""
    return factories.task(factories.ready(owner))


def artifact(
    folder: Path, kind: OutputKind | VideoPart = RENDITION, name: str = "made.mp4"
) -> Artifact:
    path = folder / name
    path.write_bytes(b"film")
    return Artifact(path, "clip_trimmed.mp4", kind, "video/mp4", PROMISE)


def finding(folder: Path, kind: OutputKind | VideoPart = RENDITION) -> Finding:
    return Finding(artifact(folder, kind), factories.probe())


def published(claim: Claim, task: Task, *found: Finding) -> Output:
    publish(claim, task, found)
    return Output.objects.get()


def kept(data_dir: Path) -> list[str]:
    library = data_dir / "library"
    return [str(path.relative_to(library)) for path in library.rglob("*") if path.is_file()]


class TestChecking:
    """A finished file is believed only once it has been read back."""

    def test_the_check_is_a_step_that_leaves_its_result_in_the_work_folder(
        self, tmp_path: Path
    ) -> None:
        (step,) = verify_steps([artifact(tmp_path)], tmp_path)
        assert step.code is StepCode.VERIFYING
        assert step.failure == tmp_path / "made.mp4.check.json"

    def test_pictures_and_archives_are_checked_together(self, tmp_path: Path) -> None:
        film = artifact(tmp_path)
        stills = [
            Artifact(tmp_path / name, name, IMAGE, "image/png", Expected(image=True))
            for name in ("a.png", "b.png")
        ]
        steps = verify_steps([stills[0], film, stills[1]], tmp_path)
        assert [step.expected_frames for step in steps] == [None, 2]
        probe = factories.probe(streams=(StreamInfo(0, Kind.PICTURE),))
        write_json(tmp_path / "stills.check.json", {"a.png": probe.to_json()})
        assert Finding.of(stills[0], tmp_path).probe == probe
        with pytest.raises(BadMedia):
            Finding.of(stills[1], tmp_path)

    def test_what_was_promised_passes(self, tmp_path: Path) -> None:
        write_json(tmp_path / "made.mp4.check.json", factories.probe().to_json())
        found = Finding.of(artifact(tmp_path), tmp_path)
        assert found.probe == factories.probe()

    def test_what_is_shorter_than_promised_does_not(self, tmp_path: Path) -> None:
        short = factories.probe(duration_us=2_000_000)
        write_json(tmp_path / "made.mp4.check.json", short.to_json())
        with pytest.raises(BadOutput):
            Finding.of(artifact(tmp_path), tmp_path)

    def test_a_check_that_left_no_result_is_a_failure(self, tmp_path: Path) -> None:
        with pytest.raises(BadMedia):
            Finding.of(artifact(tmp_path), tmp_path)

    def test_what_a_probe_refuses_is_refused(self, tmp_path: Path) -> None:
        made = artifact(tmp_path, VideoPart.PROBE)
        write_json(made.path, error_to_json(NoVideoTrack()))
        with pytest.raises(NoVideoTrack):
            Finding.of(made, tmp_path)


class TestPublishing:
    """Files first, then everything that follows from them in one transaction."""

    def test_a_rendition_becomes_an_output(self, task: Task, tmp_path: Path) -> None:
        output = published(factories.claim(task), task, finding(tmp_path))
        assert (output.name, output.kind, output.bytes) == ("clip_trimmed.mp4", "rendition", 4)
        assert output.duration_us == 4_000_000
        assert kept(tmp_path) == [output.key] == [f"outputs/{task.pk}/1/made.mp4"]
        assert Task.objects.get().status == "complete"

    def test_a_source_becomes_the_video_which_is_ready_then(
        self, owner: User, data_dir: Path
    ) -> None:
        task = factories.task(factories.arriving(owner), operation="sample", params={})
        publish(factories.claim(task), task, [finding(data_dir, VideoPart.SOURCE)])
        task.video.refresh_from_db()
        assert (task.video.state, task.video.bytes) == ("ready", 4)
        assert kept(data_dir) == [task.video.source_key]
        assert Output.objects.count() == 0

    def test_a_probe_stays_in_the_database(self, owner: User, data_dir: Path) -> None:
        task = factories.task(factories.arriving(owner), operation="probe", params={})
        publish(factories.claim(task), task, [finding(data_dir, VideoPart.PROBE)])
        task.video.refresh_from_db()
        assert task.video.media == Probe.from_json(factories.probe().to_json())
        assert kept(data_dir) == []
        assert task.video.tasks.filter(operation="poster").exists()

    def test_a_worker_that_lost_its_task_publishes_nothing(
        self, task: Task, tmp_path: Path
    ) -> None:
        lost = factories.claim(task)
        task_state.reap(also_workers=[factories.WORKER])
        with pytest.raises(LostClaimError):
            publish(lost, task, [finding(tmp_path)])
        assert kept(tmp_path) == []
        assert Output.objects.count() == 0

    def test_it_leaves_the_file_of_the_next_attempt_alone(self, task: Task, tmp_path: Path) -> None:
        lost = factories.claim(task)
        task_state.reap(also_workers=[factories.WORKER])
        output = published(factories.claim(task), task, finding(tmp_path))
        with pytest.raises(LostClaimError):
            publish(lost, task, [finding(tmp_path)])
        assert kept(tmp_path) == [output.key]

    def test_where_a_file_cannot_be_moved_the_others_are_taken_back(
        self, task: Task, tmp_path: Path
    ) -> None:
        claim = factories.claim(task)
        first = finding(tmp_path)
        gone = Finding(artifact(tmp_path, name="gone.mp4"), factories.probe())
        gone.artifact.path.unlink()
        with pytest.raises(FileNotFoundError):
            publish(claim, task, [first, gone])
        assert kept(tmp_path) == []
        assert Task.objects.get().status == "processing"

    def test_a_later_attempt_removes_what_killed_ones_left_and_no_source_of_another_task(
        self, task: Task, tmp_path: Path
    ) -> None:
        made_by_its_first_attempt = keys.source_key(task.video_id, ".mp4", 1)
        for key in (made_by_its_first_attempt, keys.output_key(task.pk, 1, "made.mp4")):
            (tmp_path / "left").write_bytes(b"x")
            publishing.publish(tmp_path / "left", key)
        Task.objects.filter(pk=task.pk).update(attempt=1)
        output = published(factories.claim(task), task, finding(tmp_path))
        assert sorted(kept(tmp_path)) == sorted([output.key, made_by_its_first_attempt])

    def test_outputs_of_two_attempts_have_keys_of_their_own(self, task: Task) -> None:
        made = {keys.output_key(task.pk, number, "made.mp4") for number in (1, 2)}
        assert len(made) == 2


def test_a_file_that_a_row_names_is_never_withdrawn(clip: Video) -> None:
    orphan = keys.output_key(uuid4(), 1, "trimmed.mp4")
    copy = inbox.folder() / "copy.part"
    copy.write_bytes(b"x")
    publishing.publish(copy, orphan)
    remove_unreferenced([clip.source_key, orphan])
    assert store().local_path(clip.source_key).exists()
    assert not store().local_path(orphan).exists()
