"""What staff do for learners in the admin."""

from learning.admin import (
    accommodations,
    analytics,
    certificates,
    cohorts,
    learners,
    people,
    regrade,
    reminders,
    reports,
)

__all__ = [
    "accommodations",
    "analytics",
    "certificates",
    "cohorts",
    "learners",
    "people",
    "regrade",
    "reminders",
    "reports",
]
