"""What an operator's monitoring reads at /metrics, in Prometheus' text format. No label names a person.

Requests are counted by the processes of this host, in files that they share; the rest is asked of PostgreSQL
at each reading, so every host tells the same of mails and beat.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Min, Sum
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mailing.models import Heartbeat, OutboxMail

DAY = timedelta(days=1)
FORMAT = "text/plain; version=0.0.4; charset=utf-8"
KEPT_SECONDS = 24 * 3600
"""How long the counts of an ended process are kept."""

requests = Counter("crossroads_requests", "Answers, by room, method and kind.", ["room", "method", "status"])
seconds = Histogram(
    "crossroads_request_seconds",
    "How long answers took.",
    ["room"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


def observe(*, room: str, method: str, status: int, duration: float) -> None:
    """Count one answer of a room (a namespace of addresses) that took `duration` seconds."""
    method = method if method in ("GET", "POST") else "other"
    requests.labels(room, method, f"{status // 100}xx").inc()
    seconds.labels(room).observe(duration)


def page(*, now: datetime) -> bytes:
    """Return all figures as of `now`."""
    registry = CollectorRegistry()
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder:
        forget_the_dead(Path(folder), now=now)
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library's
    else:
        registry.register(requests)
        registry.register(seconds)
    registry.register(_State(now))
    return generate_latest(registry)


def forget_the_dead(folder: Path, *, now: datetime) -> None:
    """Delete what processes that ended wrote more than KEPT_SECONDS ago."""
    for path in folder.glob("*.db"):
        pid = path.stem.rpartition("_")[2]
        if not Path("/proc", pid).exists() and now.timestamp() - path.stat().st_mtime > KEPT_SECONDS:
            path.unlink(missing_ok=True)


class _State(Collector):
    """The gauges that PostgreSQL and the disk answer, in four queries."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        """Yield each family."""
        yield from self._waiting()
        yield from self._mails()
        beat = Heartbeat.objects.order_by("-at").values_list("at", flat=True).first()
        age = (self.now - beat).total_seconds() if beat else float("inf")
        yield _gauge("reminder_beat_age_seconds", "Since beat and planning last gave a sign of life.", age)
        free = shutil.disk_usage(settings.DATA_DIR).free
        yield _gauge("crossroads_disk_free_bytes", "Free space where DATA_DIR is.", free)

    def _waiting(self) -> Iterator[Metric]:
        waiting = OutboxMail.objects.filter(state=OutboxMail.State.PENDING).aggregate(
            oldest=Min("next_try_at"), count=Count("pk")
        )
        oldest = (self.now - waiting["oldest"]).total_seconds() if waiting["oldest"] else 0
        text = "How long the oldest mail that is due has waited."
        yield _gauge("reminder_oldest_due_seconds", text, max(oldest, 0))
        yield _gauge("crossroads_mails_waiting", "Mails that are not sent yet.", waiting["count"])

    def _mails(self) -> Iterator[Metric]:
        """Every mail planned within a day is in exactly one state: the states add up to what was planned."""
        planned = OutboxMail.objects.filter(created_at__gt=self.now - DAY, created_at__lte=self.now)
        rows = dict(planned.values_list("state").annotate(Count("pk")).order_by())
        mails = GaugeMetricFamily("crossroads_mails_day", "Mails of the last 24 hours.", labels=["state"])
        for state in OutboxMail.State.values:
            mails.add_metric([state], rows.get(state, 0))
        yield mails
        yield _gauge("crossroads_mails_planned_day", "All of them.", sum(rows.values()))
        ambiguous = planned.aggregate(sum=Sum("ambiguous"))["sum"] or 0
        yield _gauge("crossroads_mails_ambiguous_day", "Handed over without an answer.", ambiguous)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)
