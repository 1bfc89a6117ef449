"""What staff do for learners in the admin."""

from learning.admin import accommodations, analytics, certificates, regrade, reminders

__all__ = ["accommodations", "analytics", "certificates", "regrade", "reminders"]
