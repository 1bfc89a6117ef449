"""Ask whether the clock and the planning worker still live."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mailing import clock
from mailing.models import Heartbeat

OLDEST = timedelta(minutes=5)  # beat asks four times a minute; a planning run may take most of one


class Command(BaseCommand):
    """Ends with status 1 when no sign of life has come for five minutes; containers' health checks run it."""

    help = "Fail if beat and the planning worker have given no sign of life for five minutes."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare the newest heartbeat with the clock."""
        newest = Heartbeat.objects.order_by("-at").first()
        if newest is None:
            raise CommandError("No sign of life yet from beat and the planning worker.")
        age = clock.now() - newest.at
        if age > OLDEST:
            raise CommandError(f"The last sign of life is {age.total_seconds():.0f} seconds old.")
        self.stdout.write(f"The last sign of life is {age.total_seconds():.0f} seconds old.")
