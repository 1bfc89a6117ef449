"""People, the organisation, the audit log, invitations and the mail queue in the admin."""

from accounts.admin import invitations, mails, people

__all__ = ["invitations", "mails", "people"]
