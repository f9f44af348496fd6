"""Settings as a whole, each in a process of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.app import ROOT, clean_environment
from vrewcraft import __version__

SHOW = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "vrewcraft.settings"
from django.conf import settings
print(settings.DEBUG, settings.VREWCRAFT_MODE, settings.DATABASES["default"]["ENGINE"])
"""
TEAM = {"VREWCRAFT_MODE": "team", "SECRET_KEY": "x" * 40, "ALLOWED_HOSTS": "a.example"}


def start(data_dir: Path, **env: str) -> subprocess.CompletedProcess[str]:
    given = {**clean_environment(), "VREWCRAFT_DATA_DIR": str(data_dir), **env}
    return subprocess.run(
        [sys.executable, "-c", SHOW], cwd=ROOT, env=given, capture_output=True, text=True
    )


def test_nothing_need_be_set_on_a_laptop(tmp_path: Path) -> None:
    said = start(tmp_path).stdout
    assert said == "False local django.db.backends.sqlite3\n"


def test_a_fleet_is_reached_by_the_environment_alone(tmp_path: Path) -> None:
    said = start(tmp_path, **TEAM, DATABASE_URL="postgres://u@h/db").stdout
    assert said == "False team django.db.backends.postgresql\n"


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({**TEAM, "DEBUG": "yes"}, "DEBUG cannot be on in team mode"),
        ({**TEAM, "ALLOWED_HOSTS": "*"}, "must list your host names"),
        ({**TEAM, "SECRET_KEY": ""}, "SECRET_KEY must be at least 32 random characters"),
        ({"HOST": "0.0.0.0"}, "to the network"),
        ({"PORT": "http"}, "PORT='http' must be a whole number"),
        ({"VREWCRAFT_UPLOAD_LIMIT": "0"}, "VREWCRAFT_UPLOAD_LIMIT"),
        (
            {"VREWCRAFT_SERVER": "gunicorn"},
            "VREWCRAFT_SERVER='gunicorn' must be 'daphne' or 'uvicorn'",
        ),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT='xml' must be 'text' or 'json'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_unsafe_or_unreadable_stops_the_start(
    tmp_path: Path, env: dict[str, str], sentence: str
) -> None:
    done = start(tmp_path, **env)
    assert done.returncode != 0
    assert sentence in done.stderr


def test_the_version_is_the_newest_in_the_changelog() -> None:
    releases = re.findall(r"^## \[(\d.*?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert releases[0] == __version__


def test_logs_are_json_where_asked_for(tmp_path: Path) -> None:
    script = SHOW + "import django, logging\ndjango.setup()\nlogging.getLogger('videos').info('hi')"
    given = {**clean_environment(), "VREWCRAFT_DATA_DIR": str(tmp_path), "LOG_FORMAT": "json"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=given, capture_output=True, text=True
    )
    line = json.loads(done.stderr)
    assert (line["logger"], line["message"]) == ("videos", "hi")
