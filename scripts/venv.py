"""Make the virtual environment and install the pinned requirements, unless that is done.

Run as `python3 scripts/venv.py .venv run|dev`, by the Python that the environment is to use. What
was installed is remembered in the environment by a hash of the requirement files, so a second run
starts no pip. Only the standard library is used: nothing is installed yet.
"""

import hashlib
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
# What each kind installs, in order: the words for pip, and the file that they name.
STEPS: dict[str, list[list[str]]] = {
    "run": [["-r", "requirements.txt"]],
    "dev": [["-r", "requirements-dev.txt"], ["--no-deps", "-r", "requirements-clips.txt"]],
}
FILES = {
    "run": ["requirements.txt"],
    "dev": [
        *("requirements.txt", "requirements-celery.txt"),
        *("requirements-dev.txt", "requirements-clips.txt"),
    ],
}


def wanted(kind: str) -> str:
    """A hash of all that decides what an environment of this kind holds."""
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in FILES[kind])
    return hashlib.sha256(text.encode()).hexdigest()


def works(folder: Path) -> bool:
    """Whether the environment is whole: its Python may have gone with an upgrade of the system."""
    python = folder / "bin" / "python"
    if not python.exists():
        return False
    probe = subprocess.run([str(python), "-c", "import pip"], capture_output=True, check=False)
    return probe.returncode == 0


def make(folder: Path) -> None:
    """Make an empty environment, in place of a broken one."""
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:2])
        sys.exit(
            f"VrewCraft needs Python 3.11 or newer; {sys.executable} is {found}. "
            "Name a newer one: make run PYTHON=python3.12"
        )
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(
            f"{sys.executable} cannot make virtual environments: its ensurepip is missing. "
            "On Debian and Ubuntu: sudo apt install python3-venv. Then run the same command again."
        )
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)


def install(folder: Path, kind: str) -> None:
    """Install the pinned requirements of one kind and remember that."""
    print(f"Installing what requirements.txt pins into {folder} ...", file=sys.stderr)
    started = time.monotonic()
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    for words in STEPS[kind]:
        done = subprocess.run([*pip, "install", "-qq", *words], cwd=ROOT, check=False)
        if done.returncode != 0:
            sys.exit(
                "pip could not install the requirements (its own words stand above). "
                "Check the network and the free disk space, then run the same command again."
            )
    for part in ("run", kind):
        stamp(folder, part).write_text(wanted(part), encoding="utf-8")
    print(f"Installed in {time.monotonic() - started:.0f} s.", file=sys.stderr)


def stamp(folder: Path, kind: str) -> Path:
    """Where the environment remembers what was installed."""
    return folder / f".installed-{kind}"


def main() -> None:
    """Do what is missing."""
    folder, kind = Path(sys.argv[1]), sys.argv[2]
    noted = stamp(folder, kind)
    fresh = noted.exists() and noted.read_text(encoding="utf-8") == wanted(kind)
    if fresh and (folder / "bin" / "python").exists():
        return
    if not works(folder):
        make(folder)
    install(folder, kind)


if __name__ == "__main__":
    main()
