"""How near the bar and the time left of a run came to the truth, as figures and as a drawing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

POINTS = 200
ETA_AT = (0.25, 0.5, 0.75)
LONG_SECONDS = 3.0
Shown = Sequence[tuple[float, float]]
"""What a bar shows from which time on: (seconds since 1970, percent)."""
WIDTH, HEIGHT, MARGIN = 720, 420, 56
SPAN, RISE, BOTTOM = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN, HEIGHT - MARGIN
OURS, USUAL, TRUTH = "#3f4fd8", "#c2410c", "#8a8a84"
LEGEND = ((TRUTH, "the truth"), (USUAL, "percent of the input's length"), (OURS, "VrewCraft"))


class Message(NamedTuple):
    """When it came, and what it said."""

    at: float
    percent: float
    eta: float | None
    done: tuple[float | None, int | None]


@dataclass(frozen=True, slots=True)
class Run:
    """One task from its claim to its `complete`, as a socket received it."""

    title: str
    claimed: float
    completed: float
    messages: Sequence[Message]
    reports: Sequence[tuple[float, int]]
    """Of ffmpeg: when each was printed, and its media time in microseconds."""
    input_seconds: float

    @property
    def seconds(self) -> float:
        """From claim to `complete`."""
        return self.completed - self.claimed

    @property
    def is_long(self) -> bool:
        """Long enough for a bar to be looked at."""
        return self.seconds >= LONG_SECONDS

    @property
    def is_orderly(self) -> bool:
        """Whether the percent never fell, and 100 came last."""
        percents = [message.percent for message in self.messages]
        return percents[-1] == 100 and percents == sorted(percents)

    @property
    def bar(self) -> Shown:
        """What our bar showed."""
        return [(message.at, message.percent) for message in self.messages]

    @property
    def usual_bar(self) -> Shown:
        """What fluent-ffmpeg's formula would have shown: media time over the input's length."""
        share = 100 / 1e6 / self.input_seconds
        return [(at, min(100.0, max(0.0, media_time * share))) for at, media_time in self.reports]

    @property
    def silence(self) -> float:
        """The longest time without a message of anything new, seconds."""
        times, last = [self.claimed], None
        for message in self.messages:
            if (message.percent, message.done) != last:
                last = (message.percent, message.done)
                times.append(message.at)
        return max(b - a for a, b in pairwise([*times, self.completed]))

    @property
    def at_99(self) -> float:
        """Seconds at 99 % and more."""
        reached = (message.at for message in self.messages if message.percent >= 99)
        return self.completed - next(reached, self.completed)

    @property
    def eta_errors(self) -> list[float]:
        """Of the time left at 25, 50, 75 % of the run, where it was shown: shares of the run."""
        errors = []
        for now in (self.claimed + share * self.seconds for share in ETA_AT):
            before = [message for message in self.messages if message.at <= now]
            if before and before[-1].eta is not None:
                left = max(0.0, before[-1].eta - (now - before[-1].at))
                errors.append(abs(left - (self.completed - now)) / self.seconds)
        return errors

    @property
    def delays(self) -> list[float]:
        """Seconds from each report of ffmpeg to the first message that tells of it."""
        printed = {media_time: at for at, media_time in reversed(self.reports)}
        delays = []
        for message in self.messages:
            key = round((message.done[0] or 0.0) * 1e6)
            if key and key in printed:
                delays.append(message.at - printed.pop(key))
        return delays

    def bar_error(self, shown: Shown) -> float:
        """The mean distance of a bar from the share of the time that has passed, in points."""
        times, total = [at for at, _percent in shown], 0.0
        for share in ((n + 0.5) / POINTS for n in range(POINTS)):
            place = bisect_right(times, self.claimed + share * self.seconds)
            total += abs((shown[place - 1][1] if place else 0.0) - 100 * share)
        return total / POINTS


def drawing(run: Run) -> str:
    """Percent against elapsed time, ours and by the usual formula, as SVG."""
    grid, labels = [], []
    for percent in (0, 25, 50, 75, 100):
        x, y = MARGIN + percent / 100 * SPAN, BOTTOM - percent / 100 * RISE
        seconds = f"{percent / 100 * run.seconds:.0f} s"
        grid.append(f'<path d="M0 {percent}H100" stroke="#e4e4de" stroke-width="1"/>')
        labels.append(_label(MARGIN - 8, y + 5, f"{percent} %", "end"))
        labels.append(_label(x, BOTTOM + 22, seconds, "middle"))
    for number, (colour, text) in enumerate(LEGEND):
        labels.append(_label(MARGIN + SPAN, BOTTOM - 16 - 20 * number, text, "end", colour))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
        "<style>text { font: 14px system-ui, sans-serif }",
        "path { vector-effect: non-scaling-stroke }</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f"<title>{run.title}: percent against elapsed time</title>",
        f'<text x="{MARGIN}" y="28" font-weight="600">{run.title}</text>',
        *labels,
        # In percent of the run and of the bar, stretched to the picture.
        f'<svg x="{MARGIN}" y="{MARGIN}" width="{SPAN}" height="{RISE}" viewBox="0 0 100 100"',
        'preserveAspectRatio="none" overflow="visible" fill="none" stroke-width="2">',
        *grid,
        f'<path d="M0 100L100 0" stroke="{TRUTH}" stroke-dasharray="6 5"/>',
        f'<path d="{_steps(run, run.usual_bar)}" stroke="{USUAL}"/>',
        f'<path d="{_steps(run, run.bar)}" stroke="{OURS}"/>',
        "</svg></svg>\n",
    ]
    return "\n".join(lines)


def _steps(run: Run, shown: Shown) -> str:
    """A value is shown until the next one comes."""
    pairs = [(100 * (at - run.claimed) / run.seconds, 100 - percent) for at, percent in shown]
    return "M0 100" + "".join(f"H{x:.2f}V{y:.2f}" for x, y in pairs) + "H100"


def _label(x: float, y: float, text: str, anchor: str, colour: str = "#000000") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}">{text}</text>'
