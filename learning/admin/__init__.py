"""What staff do for learners in the admin."""

from learning.admin import accommodations, regrade, reminders

__all__ = ["accommodations", "regrade", "reminders"]
