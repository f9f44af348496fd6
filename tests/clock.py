"""Time that a test moves."""


class Clock:
    """Stands in for `time.monotonic`."""

    now = 100.0

    def __call__(self) -> float:
        return self.now
