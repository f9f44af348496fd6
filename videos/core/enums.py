"""The words of tasks and operations that rows and messages name."""

from __future__ import annotations

import enum


class WorkClass(enum.StrEnum):
    """What an edit costs: each class has slots of its own, so a copy never waits for an encode."""

    CPU = "cpu"
    COPY = "copy"
    PROBE = "probe"


class Priority(enum.IntEnum):
    """Which tasks come first: what somebody waits for at a page, then the rest."""

    INTERACTIVE = 0
    ARRIVAL = -10  # made of every new video
    BATCH = -20  # asked for by commands and the admin


class Role(enum.StrEnum):
    """What an operation is for."""

    EDIT = "edit"  # a person asks for it and gets a file
    ORIGIN = "origin"  # makes the source of a new video
    PROBE = "probe"  # decides whether an arrived file is a video
    ARRIVAL = "arrival"  # runs by itself on every new video; may fail without hurting it

    @property
    def housekeeping(self) -> bool:
        """Whether nobody asked for it: it sends no `progress` and no `complete` event."""
        return self in (Role.PROBE, Role.ARRIVAL)

    @property
    def is_gate(self) -> bool:
        """Whether the video can be used only once it is complete."""
        return self in (Role.PROBE, Role.ORIGIN)


class StepCode(enum.StrEnum):
    """What a task is doing, as rows and messages name it."""

    WAITING = "waiting"
    STARTING = "starting"
    FETCHING = "fetching"
    PROBING = "probing"
    ENCODING = "encoding"
    COPYING = "copying"
    FINISHING = "finishing"
    VERIFYING = "verifying"
    STORING = "storing"
