"""Celery as what wakes workers: imported only where VREWCRAFT_ENGINE=celery says so.

A message says "claim and run one task of this class" and is forgotten at once: which task that is
the database decides, and what happens to it the lease does. So a message may be lost, doubled or
late; whatever is lost the sweeper in worker.py sends again.
"""

from __future__ import annotations

import logging
import os
import time
from typing import Any

from celery import Celery
from django.conf import settings
from kombu import Queue
from kombu.exceptions import OperationalError

from videos.core.enums import WorkClass

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vrewcraft.settings")

logger = logging.getLogger(__name__)

BROKER_SECONDS = 1.0
"""How long a request may wait for a broker that does not answer."""
QUIET_SECONDS = 5.0
"""After that nobody waits for it again for so long."""
EXPIRES_SECONDS = 3600

app = Celery("vrewcraft", broker=settings.VREWCRAFT_BROKER_URL, set_as_current=False)
app.conf.update(
    imports=["vrewcraft.contrib.celery.worker"],
    task_queues=[Queue(str(work_class)) for work_class in WorkClass],
    task_ignore_result=True,
    # The database is the truth: a message that was taken is done with, whatever comes of the task.
    task_acks_late=False,
    # A hint that waits in a busy worker's memory is no use to an idle one.
    worker_prefetch_multiplier=1,
    worker_disable_prefetch=True,
    # Time limits would kill what the lease, the stall watch and the limits of each step look after.
    task_time_limit=None,
    task_soft_time_limit=None,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "socket_connect_timeout": BROKER_SECONDS,
        # redis-py 8 gives up an idle socket after 5 s, and a worker waits longer for messages.
        "socket_timeout": None,
        "socket_keepalive": True,
        "global_keyprefix": "vrewcraft.",
    },
    broker_connection_timeout=BROKER_SECONDS,
)


@app.task(name="vrewcraft.run_one")
def run_one(work_class: str) -> bool:
    """Claim the best waiting task of a class and run it; False where there is none."""
    from vrewcraft.contrib.celery import worker  # noqa: PLC0415 (models: once Django is ready)

    return worker.run_one(WorkClass(work_class))


class Hints:
    """Sends messages, and keeps silent for a while where the broker does not take them."""

    def __init__(self) -> None:
        self._quiet_until = 0.0

    def send(self, work_class: str) -> None:
        """Notify Celery that there is work of this class; never fails."""
        if time.monotonic() < self._quiet_until:
            return
        options: dict[str, Any] = {"queue": str(work_class), "expires": EXPIRES_SECONDS}
        try:
            run_one.apply_async((str(work_class),), retry=False, **options)
        except (OperationalError, OSError) as error:
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            logger.warning("the broker is not responding, workers poll the database: %s", error)


hints = Hints()
