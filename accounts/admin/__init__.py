"""People, the organisation, the audit log, invitations, leavers and the mail queue in the admin."""

from accounts.admin import audit_log, invitations, leavers, mails, organisation, people

__all__ = ["audit_log", "invitations", "leavers", "mails", "organisation", "people"]
