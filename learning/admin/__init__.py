"""What staff do for learners in the admin."""

from learning.admin import accommodations, certificates, regrade, reminders

__all__ = ["accommodations", "certificates", "regrade", "reminders"]
