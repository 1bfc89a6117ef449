"""People, the organisation, the audit log, invitations, leavers and the mail queue in the admin."""

from accounts.admin import invitations, leavers, mails, people

__all__ = ["invitations", "leavers", "mails", "people"]
