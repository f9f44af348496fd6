"""What holds for every operation: one contract, whoever adds the next."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from django.utils import translation

from tests import factories
from videos.core.enums import Role, StepCode, WorkClass
from videos.core.errors import AppError
from videos.operations import registry as operations
from videos.operations.base import Operation, Source, SubtitleSource
from videos.operations.forms import json_schema
from videos.operations.outputs import PEAKS, STORYBOARD, VideoPart
from videos.operations.registry import by_slug
from videos.worker.publish import verify_steps

# What operations are made of; every other file is one.
PARTS = {"__init__", "base", "cuts", "forms", "outputs", "registry", "streams", "structured"}
FOLDER = Path(operations.__file__).parent
# Text that a child of our own writes: its exit code is the check.
WHOLE_OR_NOT_AT_ALL = {VideoPart.PROBE, VideoPart.INDEX, STORYBOARD, PEAKS}
everyone = pytest.mark.parametrize("operation", by_slug().values(), ids=list(by_slug()))


def source(name: str = "in.mp4") -> Source:
    """A video with a subtitle file."""
    file = SubtitleSource("1", "in.srt", Path("/nowhere/in.srt"), "srt", "utf-8", "kor")
    return replace(factories.source(name=name), subtitles=(file,))


def example(operation: Operation) -> tuple[list[Source], dict[str, object]]:
    """Sources, and the params with which an operation's form comes filled in."""
    sources = [source() for _ in range(operation.sources)]
    form = operation.form(data=operation.form(sources=sources).initial, sources=sources)
    assert form.is_valid(), form.errors
    return sources, form.cleaned_data


def test_every_file_of_the_folder_is_an_operation_of_that_name() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - PARTS
    assert files == set(by_slug())


def test_people_can_ask_for_edits_only() -> None:
    offered = {operation.slug for operation in operations.edits()}
    assert {"burn_subtitles", "mux_subtitles", "thumbnails", "trim"} <= offered
    assert not {"index", "peaks", "poster", "probe", "sample", "storyboard"} & offered


def test_an_unknown_slug_is_refused() -> None:
    with pytest.raises(AppError, match="unknown_operation") as caught:
        operations.get("../trim")
    assert caught.value.status == 404


@everyone
def test_its_slug_fits_an_address_and_a_row(operation: Operation) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]{0,39}", operation.slug)


@everyone
@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_has_words_in_every_language(operation: Operation, language: str) -> None:
    with translation.override(language):
        words = operation.words
        assert all([str(operation.label), str(words.starting), str(words.working)])
        assert str(words.complete)


@everyone
def test_what_it_is_called_fits_its_row(operation: Operation) -> None:
    _sources, params = example(operation)
    assert 0 < len(operation.name(params)) <= 200
    assert len(operation.detail(params)) <= 100


@everyone
def test_its_params_survive_a_row_of_json(operation: Operation) -> None:
    _sources, params = example(operation)
    assert json.loads(json.dumps(params, allow_nan=False)) == params


@everyone
def test_its_schema_names_every_field(operation: Operation) -> None:
    schema = json_schema(operation.form)
    assert set(schema["properties"]) == set(operation.form.base_fields)
    json.dumps(schema)


@everyone
def test_its_cost_is_known_before_it_starts(operation: Operation) -> None:
    sources, params = example(operation)
    estimate = operation.estimate(sources, params)
    assert estimate.work_class in WorkClass
    assert 0 < estimate.seconds < 3600


@everyone
def test_its_plan_is_complete_before_it_starts(operation: Operation, tmp_path: Path) -> None:
    sources, params = example(operation)
    plan = operation.build(sources, params, tmp_path)
    assert plan.steps
    assert plan.artifacts
    for step in plan.steps:
        assert step.code in StepCode
        assert step.weight > 0
        assert all("\0" not in word for word in step.argv)


@everyone
def test_building_a_plan_writes_nothing(operation: Operation, tmp_path: Path) -> None:
    sources, params = example(operation)
    first = operation.build(sources, params, tmp_path)
    assert first == operation.build(sources, params, tmp_path)
    assert list(tmp_path.iterdir()) == []


@everyone
def test_it_writes_only_into_its_work_folder(operation: Operation, tmp_path: Path) -> None:
    sources, params = example(operation)
    plan = operation.build(sources, params, tmp_path)
    assert all(artifact.path.parent == tmp_path for artifact in plan.artifacts)
    assert len({artifact.path for artifact in plan.artifacts}) == len(plan.artifacts)


@everyone
def test_no_name_of_a_client_reaches_a_path_or_a_command(
    operation: Operation, tmp_path: Path
) -> None:
    name = "a'b\"c;$(x)%d:|.mp4"
    sources = [source(name) for _ in range(operation.sources)]
    plan = operation.build(sources, example(operation)[1], tmp_path)
    words = [word for step in plan.steps for word in step.argv]
    assert not any("$(x)" in word for word in words)
    assert not any("$(x)" in str(artifact.path) for artifact in plan.artifacts)


@everyone
def test_every_input_of_ffmpeg_is_guarded(operation: Operation, tmp_path: Path) -> None:
    sources, params = example(operation)
    for step in operation.build(sources, params, tmp_path).steps:
        argv = list(step.argv)
        inputs = [number for number, word in enumerate(argv) if word == "-i"]
        for start, end in pairwise([0, *inputs]):
            before = argv[start:end]
            assert "-format_whitelist" in before
            assert before[before.index("-protocol_whitelist") + 1] == "file"


@everyone
def test_every_file_that_is_published_is_checked_first(
    operation: Operation, tmp_path: Path
) -> None:
    sources, params = example(operation)
    for artifact in operation.build(sources, params, tmp_path).artifacts:
        if artifact.kind in WHOLE_OR_NOT_AT_ALL:
            continue
        assert artifact.expected is not None
        (step,) = verify_steps([artifact], tmp_path)
        assert step.code is StepCode.VERIFYING
        assert str(artifact.path) in step.argv


@everyone
def test_its_role_decides_how_loud_it_is(operation: Operation) -> None:
    quiet = operation.role in (Role.PROBE, Role.ARRIVAL)
    assert operation.role.housekeeping is quiet
    assert operation.needs_probe is (operation.role in (Role.EDIT, Role.ARRIVAL))


@pytest.mark.parametrize("role", [Role.PROBE, Role.ORIGIN])
def test_one_operation_makes_a_sample_and_one_reads_what_arrives(role: Role) -> None:
    assert len([item for item in by_slug().values() if item.role is role]) == 1
