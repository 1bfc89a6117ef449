"""What staff do for learners in the admin."""

from learning.admin import accommodations, regrade

__all__ = ["accommodations", "regrade"]
