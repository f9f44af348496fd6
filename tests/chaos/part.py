"""One part of the run in a process of its own, with Django on a database and folder of its own.

`python -m tests.chaos.part MODULE NUMBER...` starts Django as the environment says, then calls the
function `run` of a module of this folder, which may import models. `run_part` starts that.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

from tests.chaos.arrangements import SHORT_AND_PATIENT
from tests.chaos.figures import Findings
from tests.servers.app import ROOT, clean_environment

DONE = "findings: "
PART_SECONDS = 900


class PartFailed(Exception):
    """A part of the run did not come to its end; the message holds what it said."""


def run_part(module: str, data_dir: Path, database: str, *numbers: int) -> Findings:
    """Run a module of this folder, and read what it found. Raises PartFailed."""
    env = {
        **clean_environment(),
        **SHORT_AND_PATIENT,
        "VREWCRAFT_DATA_DIR": str(data_dir),
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "vrewcraft.settings",
        "LOG_LEVEL": "CRITICAL",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.part", module, *map(str, numbers)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=PART_SECONDS,
        check=False,
    )
    before, _, line = done.stdout.rpartition(DONE)
    if done.returncode or not line:
        said = f"{before}{done.stderr[-4000:]}"
        raise PartFailed(f"{module} {numbers} ended with {done.returncode}\n{said}")
    return Findings.from_json(line)


def main(module: str, *numbers: str) -> None:
    """Start Django, make the tables, do the part, tell what it found."""
    import django

    django.setup()
    from django.core.management import call_command

    Path(os.environ["VREWCRAFT_DATA_DIR"]).mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    part = importlib.import_module(f"tests.chaos.{module}")
    findings: Findings = part.run(*map(int, numbers))
    print(DONE + findings.to_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
