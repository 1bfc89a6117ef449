"""Commands on content folders, and changes to their files, as a test makes them."""

from io import StringIO
from pathlib import Path

from django.core.management import call_command


def run(command: str, *arguments: object, **options: object) -> str:
    """Run a command and return what it says."""
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=out, **options)
    return out.getvalue()


def change(file: Path, old: str, new: str) -> None:
    """Replace words in a file that holds them."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
