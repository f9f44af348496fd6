"""A drawing of one run: percent against elapsed time, ours and by the formula of others."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bench.heard import Run

WIDTH, HEIGHT, MARGIN = 720, 420, 56
OURS, OTHERS, TRUTH = "#3f4fd8", "#c2410c", "#8a8a84"


def svg(run: Run) -> str:
    """The picture as text."""
    ours = [(run.claimed, 0.0), *((moment.at, moment.percent) for moment in run.moments)]
    lines = [
        _line([(run.claimed, 0.0), (run.completed, 100.0)], run, TRUTH, "6 5"),
        _steps(list(run.said), run, OTHERS),
        _steps(ours, run, OURS),
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
            "<style>text { font: 14px system-ui, sans-serif; }</style>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            f"<title>{escape(run.title)}: percent against elapsed time</title>",
            *_axes(run),
            *lines,
            *_legend(),
            "</svg>",
            "",
        ]
    )


def _place(at: float, percent: float, run: Run) -> tuple[float, float]:
    x = MARGIN + (at - run.claimed) / run.seconds * (WIDTH - 2 * MARGIN)
    return round(x, 1), round(HEIGHT - MARGIN - percent / 100 * (HEIGHT - 2 * MARGIN), 1)


def _line(points: Sequence[tuple[float, float]], run: Run, colour: str, dash: str = "") -> str:
    places = " ".join("{},{}".format(*_place(at, percent, run)) for at, percent in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'


def _steps(points: Sequence[tuple[float, float]], run: Run, colour: str) -> str:
    """A value is shown until the next one comes."""
    stairs: list[tuple[float, float]] = []
    for at, percent in points:
        if stairs:
            stairs.append((at, stairs[-1][1]))
        stairs.append((at, percent))
    return _line([*stairs, (run.completed, stairs[-1][1])] if stairs else [], run, colour)


def _axes(run: Run) -> list[str]:
    drawn = []
    for percent in (0, 25, 50, 75, 100):
        x, y = _place(run.claimed, percent, run)
        right = WIDTH - MARGIN
        drawn.append(f'<path d="M{x} {y}H{right}" stroke="#e4e4de"/>')
        drawn.append(f'<text x="{x - 8}" y="{y + 5}" text-anchor="end">{percent} %</text>')
        at, bottom = run.claimed + percent / 100 * run.seconds, HEIGHT - MARGIN + 22
        label = f"{percent / 100 * run.seconds:.0f} s"
        drawn.append(
            f'<text x="{_place(at, 0, run)[0]}" y="{bottom}" text-anchor="middle">{label}</text>'
        )
    drawn.append(f'<text x="{MARGIN}" y="28" font-weight="600">{escape(run.title)}</text>')
    return drawn


def _legend() -> list[str]:
    rows = ((OURS, "VrewCraft"), (OTHERS, "percent of the input's length"), (TRUTH, "the truth"))
    return [
        f'<text x="{WIDTH - MARGIN}" y="{HEIGHT - MARGIN - 16 - 20 * n}" text-anchor="end" '
        f'fill="{colour}">{label}</text>'
        for n, (colour, label) in enumerate(reversed(rows))
    ]
