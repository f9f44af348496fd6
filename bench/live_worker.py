"""Publishes as a worker process does: `python -m bench.live_worker RATE SECONDS`."""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vrewcraft.settings")

import django

django.setup()

from bench.live_load import Order, be_punctual, carry_out  # noqa: E402 (Django is set up before)
from bench.live_site import change, videos  # noqa: E402
from progress.publisher import Publisher  # noqa: E402


def main() -> None:
    """To the first video."""
    rate, seconds = map(float, sys.argv[1:])
    be_punctual()
    publisher = Publisher()
    owner = videos()[0]
    carry_out(
        Order(rate, seconds, videos=1, first=0),
        videos()[1:],
        lambda due: publisher.publish(change(due, owner)),
    )
    time.sleep(1)


if __name__ == "__main__":
    main()
