"""`/metrics` for Prometheus, read from the database: the same whichever process is asked.

What was counted in the last hour is a gauge, not a counter: rows go when people delete videos, and
a counter that falls would look like a restart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Max, Min
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from videos.core.enums import WorkClass
from videos.core.errors import AppError
from videos.http.error_responses import error_response
from videos.models import Attempt, Task, WorkerBeat

HOUR = timedelta(hours=1)
QUANTILES = (0.5, 0.95)


class TaskMetrics(Collector):
    """What the rows say at this moment."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every metric with its values."""
        yield _tasks()
        yield _queue_age()
        yield _lease_age()
        yield _workers()
        yield _attempts()
        yield _retries()
        yield _durations()
        yield _speed()


def _tasks() -> GaugeMetricFamily:
    metric = GaugeMetricFamily("vrewcraft_tasks", "Tasks.", labels=["status", "work_class"])
    rows = Task.objects.order_by().values_list("status", "work_class").annotate(Count("pk"))
    for status, work_class, count in rows:
        metric.add_metric([status, work_class], count)
    return metric


def _queue_age() -> GaugeMetricFamily:
    metric = GaugeMetricFamily(
        "vrewcraft_queue_age_seconds",
        "The longest wait of a task that a worker may claim now.",
        labels=["work_class"],
    )
    for work_class in WorkClass:
        waiting = Task.objects.waiting(work_class).order_by()
        # Not since it was asked for: it may have run, or been paused, in between.
        oldest = waiting.aggregate(at=Min("updated_at"))["at"]
        if oldest is not None:
            metric.add_metric([work_class], (timezone.now() - oldest).total_seconds())
    return metric


def _lease_age() -> GaugeMetricFamily:
    """Seconds since the lease that was renewed longest ago."""
    oldest = Task.objects.filter(status="processing").aggregate(at=Min("lease_until"))["at"]
    age = 0.0
    if oldest is not None:
        left = (oldest - timezone.now()).total_seconds()
        age = max(0.0, settings.VREWCRAFT_LEASE_SECONDS - left)
    name, help_text = "vrewcraft_lease_age_seconds", "Time since the oldest lease was renewed."
    return GaugeMetricFamily(name, help_text, value=age)


def _workers() -> GaugeMetricFamily:
    live = WorkerBeat.objects.live(settings.VREWCRAFT_LEASE_SECONDS).count()
    return GaugeMetricFamily("vrewcraft_workers", "Workers seen within a lease.", value=live)


def _attempts() -> GaugeMetricFamily:
    metric = GaugeMetricFamily(
        "vrewcraft_attempts_last_hour",
        "Attempts that ended in the last hour.",
        labels=["outcome", "error"],
    )
    ended = Attempt.objects.filter(ended_at__gt=Now() - HOUR).order_by()
    for outcome, code, count in ended.values_list("outcome", "error_code").annotate(Count("pk")):
        metric.add_metric([outcome, code], count)
    return metric


def _retries() -> GaugeMetricFamily:
    again = Attempt.objects.filter(ended_at__gt=Now() - HOUR, retry_seconds__isnull=False)
    name, help_text = "vrewcraft_retries_last_hour", "Failed attempts that were retried."
    return GaugeMetricFamily(name, help_text, value=again.count())


def _durations() -> GaugeMetricFamily:
    metric = GaugeMetricFamily(
        "vrewcraft_task_seconds_last_hour",
        "Time from claim to completion, of tasks completed in the last hour.",
        labels=["operation", "quantile"],
    )
    complete = Attempt.objects.filter(outcome="complete", ended_at__gt=Now() - HOUR)
    durations: defaultdict[str, list[float]] = defaultdict(list)
    for operation, began, ended in complete.values_list(
        "task__operation", "started_at", "ended_at"
    ):
        if ended is not None:
            durations[operation].append((ended - began).total_seconds())
    for operation, seconds in sorted(durations.items()):
        for quantile in QUANTILES:
            value = sorted(seconds)[round((len(seconds) - 1) * quantile)]
            metric.add_metric([operation, str(quantile)], value)
    return metric


def _speed() -> GaugeMetricFamily:
    metric = GaugeMetricFamily(
        "vrewcraft_ffmpeg_speed",
        "Seconds of video processed per second, as reported by ffmpeg; the fastest running task.",
        labels=["operation"],
    )
    running = Task.objects.filter(status="processing", speed__isnull=False).order_by()
    for operation, speed in running.values_list("operation").annotate(Max("speed")):
        metric.add_metric([operation], speed)
    return metric


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For the staff, by session or by token; in local mode every client is the owner."""
    if not request.user.is_authenticated:
        return error_response(AppError("unauthorised", 401))
    if not request.user.is_staff:
        return error_response(AppError("staff_only", 403))
    registry = CollectorRegistry(auto_describe=False)
    registry.register(TaskMetrics())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
