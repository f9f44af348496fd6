"""A job as one line of a terminal. Pure."""

from __future__ import annotations

from unicodedata import east_asian_width

from progress.cli.state import Job

BAR = 24
SIGNS = {"complete": "done", "error": "failed", "cancelled": "cancelled"}


def line(job: Job, columns: int) -> str:
    """The bar with name and what is to be said of it, no wider than the terminal."""
    name = f"{job.name}  {job.video_name}".rstrip()
    return fitted(f"[{bar(job)}] {share(job):>9}  {name}{details(job)}", columns)


def bar(job: Job) -> str:
    """Filled by the share done; drawn differently where that is unknown."""
    if job.indeterminate and job.status == "processing":
        return "~" * BAR
    filled = int(BAR * job.percent / 100)
    return "#" * filled + "." * (BAR - filled)


def share(job: Job) -> str:
    """Whole percent, as pages show it, or how it ended."""
    if job.has_ended:
        return SIGNS[job.status]
    if job.status == "pending":
        return "waiting"
    return "..." if job.indeterminate else f"{int(job.percent)} %"


def details(job: Job) -> str:
    """What follows the name: time left, place in the queue, result."""
    if job.has_ended:
        return f"  {job.result}" if job.result else ""
    if job.status == "pending" and job.position is not None:
        return f"  (number {job.position} in the queue)"
    return f"  about {time_left(job.eta)} left" if job.eta is not None else ""


def time_left(seconds: float) -> str:
    """A span as people say it."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def fitted(text: str, columns: int) -> str:
    """Cut to so many columns; Hangul and the like take two. No control characters."""
    width, text_kept = 0, ""
    for sign in text:
        shown = sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}"
        width += 2 if east_asian_width(shown) in "WF" else 1
        if width > columns:
            break
        text_kept += shown
    return text_kept
