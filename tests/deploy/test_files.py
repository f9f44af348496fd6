"""What ships the product is well-formed, pinned, without root, and names settings that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import crossplane
import pytest
from crossplane.analyzer import DIRECTIVES

from tests.deploy.compose import COMPOSE, FOLDER, OURS, ROOT, SERVICES
from tests.docs.test_docs import commands, variables

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
# Django's and Python's own, and what only the container needs.
NOT_OURS = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "XDG_CACHE_HOME"}


def example() -> dict[str, str]:
    """The variables that deploy/env.example shows."""
    lines = (DEPLOY / "env.example").read_text().splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def dockerfile() -> list[list[str]]:
    """Its instructions, as words."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def copied() -> Iterator[str]:
    """What the Dockerfile takes from the repository."""
    for word, *rest in dockerfile():
        if word == "COPY" and not rest[0].startswith("--"):
            yield from (name.rstrip("/") for name in rest[:-1])


@pytest.fixture(scope="module")
def server() -> dict[str, Any]:
    """Directives and locations of the one server."""
    found = crossplane.parse(
        str(DEPLOY / "nginx.conf"), single=True, check_ctx=True, check_args=True
    )
    assert found["status"] == "ok", found["errors"]
    assert set(directives(found["config"][0]["parsed"])) <= DIRECTIVES.keys()
    http = next(each for each in found["config"][0]["parsed"] if each["directive"] == "http")
    upstreams = {
        each["args"][0]: each["block"][0]["args"][0]
        for each in http["block"]
        if each["directive"] == "upstream"
    }
    (block,) = [each["block"] for each in http["block"] if each["directive"] == "server"]
    locations = {
        each["args"][0]: {one["directive"]: one["args"] for one in each["block"]}
        for each in block
        if each["directive"] == "location"
    }
    return {"upstreams": upstreams, "locations": locations, "block": block}


class TestCompose:
    """A whole site."""

    def test_it_has_all_that_a_team_needs(self) -> None:
        assert {"nginx", "web", "worker", "postgres", "valkey", "s3"} <= SERVICES.keys()

    @pytest.mark.parametrize("name", OURS)
    def test_every_variable_is_a_setting(self, name: str) -> None:
        assert OURS[name]["environment"].keys() <= variables()

    @pytest.mark.parametrize("name", OURS)
    def test_it_runs_as_a_team_and_without_rights(self, name: str) -> None:
        service = OURS[name]
        assert service["environment"]["VREWCRAFT_MODE"] == "team"
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert "privileged" not in service

    @pytest.mark.parametrize("name", sorted(SERVICES.keys() - OURS.keys()))
    def test_images_of_others_are_pinned_by_tag(self, name: str) -> None:
        assert re.fullmatch(r"[a-z/]+:\d+\.\d+(\.\d+)?", SERVICES[name]["image"])

    def test_every_blank_is_in_the_example_or_has_a_default(self) -> None:
        values = re.findall(r"\$\{([A-Z_0-9]+)([^}]*)\}", (ROOT / "compose.yaml").read_text())
        needed = {name for name, rest in values if not rest.startswith(":-")}
        assert needed <= example().keys()
        assert example().keys() <= {name for name, _ in values}

    def test_secrets_are_never_filled_in(self) -> None:
        secrets = ("SECRET_KEY", "POSTGRES_PASSWORD", "AWS_SECRET_ACCESS_KEY")
        assert {example()[name] for name in secrets} == {""}

    @pytest.mark.parametrize("name", SERVICES)
    def test_what_it_waits_for_and_mounts_is_there(self, name: str) -> None:
        service = SERVICES[name]
        for other, how in service.get("depends_on", {}).items():
            asked = how["condition"]
            assert ("healthcheck" in SERVICES[other]) or asked != "service_healthy", other
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).is_file()
            elif not source.startswith("/"):
                assert source in COMPOSE["volumes"]

    @pytest.mark.parametrize("name", OURS)
    def test_its_commands_exist(self, name: str) -> None:
        called = re.findall(r"manage\.py ([a-z_]+)", " ".join(OURS[name]["command"]))
        assert called
        assert set(called) - {"migrate"} <= set(commands())

    def test_only_nginx_is_reached_from_outside(self) -> None:
        assert [name for name, each in SERVICES.items() if "ports" in each] == ["nginx"]


class TestFolder:
    """compose.folder.yaml on top of it."""

    def test_all_services_that_read_the_library_have_the_same_folder(self) -> None:
        assert "s3" not in FOLDER
        for name in ("web", "worker"):
            assert FOLDER[name]["environment"]["VREWCRAFT_STORAGE"] == "local"
            assert FOLDER[name]["volumes"] == ["web-data:/data"]
        assert "web-data:/data:ro" in FOLDER["nginx"]["volumes"]

    def test_nginx_sends_its_files(self) -> None:
        assert FOLDER["web"]["environment"]["VREWCRAFT_SENDFILE"] == "nginx"

    @pytest.mark.parametrize("name", FOLDER)
    def test_nothing_waits_for_what_is_not_there(self, name: str) -> None:
        assert FOLDER[name].get("depends_on", {}).keys() <= FOLDER.keys()

    @pytest.mark.parametrize("name", sorted(OURS))
    def test_every_variable_is_a_setting(self, name: str) -> None:
        assert FOLDER[name]["environment"].keys() <= variables()


class TestImage:
    """Dockerfile and .dockerignore."""

    def test_it_is_made_in_two_stages_from_a_pinned_image(self) -> None:
        bases = [rest[0] for word, *rest in dockerfile() if word == "FROM"]
        assert len(bases) == 2
        assert all(re.fullmatch(r"python:3\.11\.\d+-slim-bookworm", base) for base in bases)

    def test_it_does_not_run_as_root(self) -> None:
        words = [line[0] for line in dockerfile()]
        last = [rest for word, *rest in dockerfile() if word == "USER"][-1]
        assert last == ["vrewcraft"]
        assert words.index("CMD") > words.index("USER")

    def test_everything_that_is_copied_exists_and_is_let_through(self) -> None:
        ignore = (ROOT / ".dockerignore").read_text().split("\n")
        passed = {line[1:].strip("/") for line in ignore if line.startswith("!")}
        for name in copied():
            assert (ROOT / name).exists(), name
            assert name in passed
        assert set(copied()) == passed

    def test_all_packages_of_the_product_are_in_it(self) -> None:
        settings = (ROOT / "vrewcraft" / "settings.py").read_text()
        ours = {"vrewcraft", "videos", "progress"}
        assert all(f'"{name}' in settings for name in ours)
        assert ours | {"manage.py", "templates", "static", "locale"} <= set(copied())

    def test_its_variables_are_settings(self) -> None:
        words = [word for first, *rest in dockerfile() if first == "ENV" for word in rest]
        names = {word.partition("=")[0] for word in words} - NOT_OURS
        assert {name for name in names if not name.startswith("PIP_")} <= variables()


class TestNginx:
    """nginx.conf."""

    def test_it_is_well_formed_and_finds_the_services(self, server: dict[str, Any]) -> None:
        assert server["upstreams"] == {"web": "web:8000", "s3": "s3:8333"}
        assert server["upstreams"].keys() <= SERVICES.keys()

    def test_it_listens_where_compose_publishes(self, server: dict[str, Any]) -> None:
        listens = [each["args"] for each in server["block"] if each["directive"] == "listen"]
        assert listens == [["8080"]]
        assert SERVICES["nginx"]["ports"][0].endswith(":8080")

    def test_files_of_the_library_are_sent_by_it_and_only_on_internal_redirects(
        self, server: dict[str, Any]
    ) -> None:
        location = server["locations"]["/_library/"]
        assert "internal" in location
        assert location["alias"] == ["/data/library/"]
        assert "web-data:/data:ro" in SERVICES["nginx"]["volumes"]

    def test_of_the_bucket_only_reading_is_let_through(self, server: dict[str, Any]) -> None:
        name = OURS["web"]["environment"]["AWS_STORAGE_BUCKET_NAME"]
        assert server["locations"][f"/{name}/"]["limit_except"] == ["GET"]


class TestUnits:
    """For those who run it without containers."""

    @pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
    def test_its_command_exists_and_runs_without_root(self, unit: Path) -> None:
        lines = unit.read_text().splitlines()
        if unit.suffix == ".timer":
            assert f"{unit.stem}.service" in [path.name for path in UNITS]
            return
        (start,) = [line for line in lines if line.startswith("ExecStart=")]
        assert start.split()[2] in commands()
        assert "User=vrewcraft" in lines
        assert "NoNewPrivileges=yes" in lines

    def test_every_line_is_a_section_or_a_setting(self) -> None:
        for unit in UNITS:
            for line in unit.read_text().splitlines():
                assert not line or line[0] in "#[" or re.match(r"[A-Z][A-Za-z]+=\S", line), line

    @pytest.mark.skipif(
        shutil.which("systemd-analyze") is None, reason="there is no systemd to ask"
    )
    def test_systemd_takes_them(self, tmp_path: Path) -> None:
        for unit in UNITS:
            here = unit.read_text().replace("/srv/vrewcraft/.venv/bin/python", "/bin/sh")
            (tmp_path / unit.name.replace("@.", "@1.")).write_text(here)
        done = subprocess.run(
            ["systemd-analyze", "verify", *map(str, tmp_path.iterdir())],
            capture_output=True,
            text=True,
            check=False,
        )
        ours = [line for line in done.stderr.splitlines() if "vrewcraft" in line]
        assert (done.returncode, ours) == (0, []), done.stderr

    def test_the_timer_checks_the_library(self) -> None:
        assert any(fnmatch(path.name, "*-check.timer") for path in UNITS)


def directives(block: list[dict[str, Any]]) -> Iterator[str]:
    """The names of all directives; what stands in a map is no directive."""
    for each in block:
        yield each["directive"]
        if each["directive"] != "map":
            yield from directives(each.get("block", []))
