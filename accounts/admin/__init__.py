"""People, the organisation, the audit log and invitations in the admin."""

from accounts.admin import invitations, people

__all__ = ["invitations", "people"]
