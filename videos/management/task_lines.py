"""How a task looks in a terminal: one line, its times as people say them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BAR = 30
STEP, MINUTE, HOUR_MINUTES = 5, 60, 60


def rough_time(seconds: float) -> str:
    """A stretch of time in steps of five seconds, then of minutes; never 0, as work goes on."""
    whole = max(STEP, STEP * round(seconds / STEP))
    if whole < MINUTE:
        return f"{whole} s"
    minutes = round(whole / MINUTE)
    if minutes < HOUR_MINUTES:
        return f"{minutes} min"
    return f"{minutes // HOUR_MINUTES} h {minutes % HOUR_MINUTES} min"


def bar(percent: float) -> str:
    """A bar, and the whole percent that was reached."""
    filled = int(percent * BAR / 100)
    return f"[{'#' * filled}{'.' * (BAR - filled)}] {int(percent):3d} %"


def task_line(state: Mapping[str, Any]) -> str:
    """How far a task is, what it does, and what is left, from its state as the wire has it."""
    words = state["message"] or str(state["status"]).capitalize()
    parts = [words, *filter(None, [_waiting(state), _left(state)])]
    return f"{bar(state['progress'])}  {', '.join(parts)}"


def _waiting(state: Mapping[str, Any]) -> str:
    """Where it stands in the queue."""
    if state["queuePosition"] is None:
        return ""
    place, starts_in = f"#{state['queuePosition']}", state["startsInSeconds"]
    return place if starts_in is None else f"starts in about {rough_time(starts_in)} ({place})"


def _left(state: Mapping[str, Any]) -> str:
    """What is left where that is known, else what is done."""
    if state["stalled"]:
        return "no progress"
    if state["etaSeconds"] is not None:
        return f"about {rough_time(state['etaSeconds'])} left"
    if state["indeterminate"] and state["doneSeconds"]:
        return f"{state['doneSeconds']:.0f} s done"
    return ""
