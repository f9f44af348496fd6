"""The environment is made once, kept while the requirements stay, and mended when it broke."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts import venv


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """The programs that would have been started; a new environment gets its Python by magic."""
    programs: list[list[str]] = []
    python = tmp_path / "venv" / "bin" / "python"

    def run(argv: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        programs.append(argv)
        if "venv" in argv:
            python.parent.mkdir(parents=True)
            python.touch()
        return subprocess.CompletedProcess(argv, 0)

    monkeypatch.setattr("scripts.venv.subprocess.run", run)
    monkeypatch.setattr(sys, "argv", ["venv.py", str(tmp_path / "venv"), "run"])
    return programs


def test_the_first_run_makes_the_environment_and_installs_the_pins(
    started: list[list[str]],
) -> None:
    venv.main()
    assert started[0][1:3] == ["-m", "venv"]
    assert started[1][-2:] == ["-r", "requirements.txt"]


def test_a_second_run_starts_nothing(started: list[list[str]]) -> None:
    venv.main()
    started.clear()
    venv.main()
    assert started == []


def test_other_pins_are_installed_into_the_same_environment(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    venv.main()
    started.clear()
    monkeypatch.setattr(venv, "wanted", lambda kind: f"another {kind}")
    venv.main()
    assert [argv[2:3] for argv in started] == [["import pip"], ["pip"]]


def test_without_ensurepip_the_error_says_how_to_get_it(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.venv.importlib.util.find_spec", lambda *_: None)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        venv.main()
    assert started == []


def test_a_python_that_is_too_old_is_refused(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = SimpleNamespace(**{**vars(sys), "version_info": (3, 9, 2)})
    monkeypatch.setattr(venv, "sys", old)
    with pytest.raises(SystemExit, match=r"needs Python 3.11 or newer; .* is 3.9"):
        venv.main()
    assert started == []
