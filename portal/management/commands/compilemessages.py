"""`manage.py compilemessages`: make what Django reads from the catalogues, without GNU gettext."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import catalogue
from portal.ui_language import SOURCE


class Command(BaseCommand):
    help = "Make the .mo file beside each translated .po file."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write each .mo file and name it. English needs none: its words stand in the code."""
        for path in catalogue.sources():
            if path.parent.parent.name == SOURCE:
                continue
            try:
                language = catalogue.read(path)
            except catalogue.NoBabelError as problem:
                raise CommandError(str(problem)) from None
            if wrong := list(catalogue.faults(language)):
                raise CommandError("\n".join([str(path.relative_to(catalogue.ROOT)), *wrong]))
            made = catalogue.compiled(language)
            path.with_suffix(".mo").write_bytes(made)
            self.stdout.write(str(path.with_suffix(".mo").relative_to(catalogue.ROOT)))
