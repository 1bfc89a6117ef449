"""Tables of who: people and what staff did (`people`), the lists by which they come and go (`comings`)."""

from accounts.models.comings import Invitation, InvitationWave, Leaver, LeaverList
from accounts.models.people import AuditLog, DataExport, LookIn, Organisation, User, UserManager, UserQuerySet

__all__ = [
    "AuditLog",
    "DataExport",
    "Invitation",
    "InvitationWave",
    "Leaver",
    "LeaverList",
    "LookIn",
    "Organisation",
    "User",
    "UserManager",
    "UserQuerySet",
]
