"""Make the front-end files of others anew, as static/vendor/vendor.toml lists them: `make vendor`.

Each package is taken from the npm registry and held against its integrity; what is made of it is
the same on every machine (tests/scripts/test_vendor.py re-hashes it).
"""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
LISTED = VENDOR / "vendor.toml"
MODULE = """// {package} {version}, {licence}: static/vendor/vendor.toml says where it comes from.
const module = {{ exports: {{}} }};
const exports = module.exports;
{code}
export const {{ {exports} }} = module.exports;
"""


def main() -> None:
    """Write every listed file."""
    for package in packages():
        with tempfile.TemporaryDirectory() as folder:
            archive = fetch(package, Path(folder))
            for file in package["files"]:
                target = VENDOR / file["path"]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(made(package, file, archive))
                print(f"{hashlib.sha256(target.read_bytes()).hexdigest()}  {file['path']}")


def packages() -> list[dict[str, Any]]:
    """What vendor.toml lists."""
    listed: list[dict[str, Any]] = tomllib.loads(LISTED.read_text())["package"]
    return listed


def fetch(package: dict[str, Any], folder: Path) -> Path:
    """The package's archive; it must have the integrity that is listed."""
    sys.path.insert(0, str(ROOT))
    from scripts.js import node, npm

    program = node()
    env = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    wanted = f"{package['name']}@{package['version']}"
    words = [*npm(program), "pack", "--silent", "--ignore-scripts", wanted]
    subprocess.run(words, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("*.tgz")
    algorithm, _, expected = package["integrity"].partition("-")
    digest = hashlib.new(algorithm, archive.read_bytes()).digest()
    if base64.b64encode(digest).decode() != expected:
        sys.exit(f"{wanted} is not the package that vendor.toml lists")
    return archive


def made(package: dict[str, Any], file: dict[str, Any], archive: Path) -> bytes:
    """A file as it is, or as an ES module without a global name where `exports` are listed."""
    with tarfile.open(archive) as opened:
        member = opened.extractfile(f"package/{file['source']}")
        if member is None:
            sys.exit(f"{package['name']} has no file {file['source']}")
        content = member.read()
    if "exports" not in file:
        return content
    lines = content.decode().splitlines()
    code = "\n".join(line for line in lines if not line.startswith("//# sourceMappingURL="))
    return MODULE.format(
        package=package["name"],
        version=package["version"],
        licence=package["licence"],
        code=code,
        exports=", ".join(file["exports"]),
    ).encode()


if __name__ == "__main__":
    main()
