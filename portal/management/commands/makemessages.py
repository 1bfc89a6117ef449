"""`manage.py makemessages`: write every marked word into the catalogues, without GNU gettext."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import catalogue
from portal.ui_language import SOURCE


class Command(BaseCommand):
    help = "Write the catalogue of all words, and bring those of the languages up to date with it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write each .po file and say how much of it is translated."""
        try:
            words = catalogue.collected()
        except catalogue.NoBabelError as problem:
            raise CommandError(str(problem)) from None
        source = catalogue.FOLDER / SOURCE / "LC_MESSAGES" / "django.po"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_bytes(catalogue.written(words))
        self.stdout.write(f"{source.relative_to(catalogue.ROOT)}: {len(words)} words and sentences")
        for path in catalogue.sources():
            if path == source:
                continue
            language = catalogue.read(path)
            language.update(words)
            path.write_bytes(catalogue.written(language))
            done = sum(1 for message in language if message.id and message.string and not message.fuzzy)
            self.stdout.write(f"{path.relative_to(catalogue.ROOT)}: {done} of {len(language)} translated")
