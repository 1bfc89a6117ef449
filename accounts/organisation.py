"""Who runs this portal: the one row that stands in footers, mails and the legal pages."""

from django.core.cache import caches

from accounts.models import Organisation

KEPT_SECONDS = 60
KEY = "organisation"


def current() -> Organisation:
    """Return the organisation, made with its defaults if it is missing.

    Each process keeps it for a minute, so a change in the admin is everywhere after a minute at the latest.
    """
    kept: Organisation | None = caches["versions"].get(KEY)
    if kept is None:
        kept, _ = Organisation.objects.get_or_create(singleton=True)
        caches["versions"].set(KEY, kept, KEPT_SECONDS)
    return kept


def forget() -> None:
    """Drop what this process keeps, so that whoever changed the organisation sees it at once."""
    caches["versions"].delete(KEY)
