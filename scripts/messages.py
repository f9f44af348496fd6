"""Texts for translation: `python scripts/messages.py collect|check`; both need gettext.

`collect` brings the .po files up to date with the sources and compiles them. `check` changes
nothing and fails where a text has no sure translation, or a .mo is not what its .po compiles to.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
DOMAINS = {"django": [], "djangojs": ["--ignore=static/vendor/*"]}
COMMON = ["--no-wrap", "--no-location", "--ignore=node_modules", "--ignore=tests/*"]


def manage(*words: str) -> None:
    """Run a management command quietly; its failure is ours."""
    argv = [sys.executable, "manage.py", *words, "-v", "0"]
    if code := subprocess.run(argv, cwd=ROOT, check=False).returncode:
        sys.exit(code)


def languages() -> list[str]:
    """The languages that texts are translated into; the sources are English."""
    return sorted(folder.name for folder in LOCALE.iterdir() if folder.is_dir())


def collect() -> None:
    """Update and compile every .po file."""
    for domain, ignored in DOMAINS.items():
        manage("makemessages", "--all", "-d", domain, *COMMON, *ignored)
    manage("compilemessages", "--ignore=.venv")


def check() -> None:
    """Compare the .po files with the sources, and the .mo files with the .po files."""
    if shutil.which("msgcmp") is None:
        print("translations NOT checked: gettext is not installed")
        return
    found: list[str] = []
    for domain, ignored in DOMAINS.items():
        others = [f"--exclude={language}" for language in languages()]
        manage("makemessages", *others, "-d", domain, "--keep-pot", *COMMON, *ignored)
        template = LOCALE / f"{domain}.pot"
        for language in languages():
            source = LOCALE / language / "LC_MESSAGES" / f"{domain}.po"
            if language != "en":
                found += complaints("msgcmp", str(source), str(template))
            found += stale(source)
        template.unlink(missing_ok=True)
    if found:
        sys.exit("\n".join([*found, "`make messages` collects and compiles; commit .po and .mo."]))


def stale(source: Path) -> list[str]:
    """Say so where the committed .mo differs from what the .po compiles to."""
    with tempfile.TemporaryDirectory() as folder:
        compiled = Path(folder, "compiled.mo")
        faults = complaints("msgfmt", "--check-format", "-o", str(compiled), str(source))
        committed = source.with_suffix(".mo")
        if faults or (committed.exists() and committed.read_bytes() == compiled.read_bytes()):
            return faults
    return [f"{committed.relative_to(ROOT)} is not what its .po compiles to"]


def complaints(*argv: str) -> list[str]:
    """What a gettext program says when it fails; nothing when it succeeds."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return [done.stderr.strip()] if done.returncode else []


if __name__ == "__main__":
    {"collect": collect, "check": check}[sys.argv[1]]()
