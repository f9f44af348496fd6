"""A drawing of one run: percent against elapsed time, ours and by the usual formula."""

from __future__ import annotations

from html import escape

from bench.truth.accuracy import Run, Shown

WIDTH, HEIGHT, MARGIN = 720, 420, 56
RIGHT, BOTTOM = WIDTH - MARGIN, HEIGHT - MARGIN
OURS, USUAL, TRUTH = "#3f4fd8", "#c2410c", "#8a8a84"
LEGEND = ((TRUTH, "the truth"), (USUAL, "percent of the input's length"), (OURS, "VrewCraft"))


def svg(run: Run) -> str:
    """The picture as text."""
    start, end = (run.claimed, 0.0), run.completed
    title = escape(run.title)
    legend = enumerate(LEGEND)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
            "<style>text { font: 14px system-ui, sans-serif; }</style>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            f"<title>{title}: percent against elapsed time</title>",
            *(line for percent in (0, 25, 50, 75, 100) for line in _grid(run, percent)),
            f'<text x="{MARGIN}" y="28" font-weight="600">{title}</text>',
            _line([start, (end, 100.0)], run, TRUTH, ' stroke-dasharray="6 5"'),
            _line(_steps(run.usual_bar, end), run, USUAL),
            _line(_steps([start, *run.bar], end), run, OURS),
            *(
                _label(RIGHT, BOTTOM - 16 - 20 * n, text, "end", colour)
                for n, (colour, text) in legend
            ),
            "</svg>",
            "",
        ]
    )


def _place(at: float, percent: float, run: Run) -> tuple[float, float]:
    x = MARGIN + (at - run.claimed) / run.seconds * (RIGHT - MARGIN)
    return round(x, 1), round(BOTTOM - percent / 100 * (BOTTOM - MARGIN), 1)


def _line(points: Shown, run: Run, colour: str, more: str = "") -> str:
    places = " ".join("{},{}".format(*_place(at, percent, run)) for at, percent in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"{more}/>'


def _steps(shown: Shown, end: float) -> Shown:
    """A value is shown until the next one comes."""
    times = [*(at for at, _percent in shown[1:]), end]
    pairs = zip(shown, times, strict=False)
    return [point for (at, percent), then in pairs for point in ((at, percent), (then, percent))]


def _grid(run: Run, percent: int) -> list[str]:
    seconds = percent / 100 * run.seconds
    x, y = _place(run.claimed, percent, run)
    return [
        f'<path d="M{x} {y}H{RIGHT}" stroke="#e4e4de"/>',
        _label(x - 8, y + 5, f"{percent} %", "end"),
        _label(_place(run.claimed + seconds, 0, run)[0], BOTTOM + 22, f"{seconds:.0f} s", "middle"),
    ]


def _label(x: float, y: float, text: str, anchor: str, colour: str = "#000000") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}">{text}</text>'
