"""The glossary: all live terms."""

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from courses import markdown
from courses.models import GlossaryTerm


@dataclass(frozen=True)
class Entry:
    """A term as the glossary shows it."""

    key: str
    name: str
    meaning_html: SafeString
    used_by: str
    """product, project or both."""

    version_id: int


def live_terms() -> list[Entry]:
    """Return all live terms by name. One query."""
    rows = GlossaryTerm.objects.filter(live_version__isnull=False).select_related("live_version")
    entries = [
        Entry(
            key=row.key,
            name=row.live_version.body["name"],
            meaning_html=mark_safe(markdown.inline(row.live_version.body["meaning"])),  # noqa: S308 - cleaned
            used_by=row.live_version.body["used_by"],
            version_id=row.live_version.pk,
        )
        for row in rows
        if row.live_version
    ]
    return sorted(entries, key=lambda entry: entry.name.lower())
