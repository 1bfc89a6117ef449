"""Make the HTML of mails from their MJML sources; `make mails` runs it after a source has changed."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

TEMPLATES = Path(settings.BASE_DIR) / "templates"
PARTS = ("head.mjml",)
"""Sources that are only included by others, in templates/emails/."""


class Command(BaseCommand):
    help = "Make the HTML of mails from the .mjml files beside them (needs the development dependencies)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write every compiled file and name it."""
        for source in sources():
            target = source.with_suffix(".html")
            target.write_text(compiled(source), encoding="utf-8")
            self.stdout.write(str(target.relative_to(TEMPLATES)))


def sources() -> list[Path]:
    """Return the MJML files that become a template of their own, by path."""
    return sorted(path for path in TEMPLATES.rglob("*.mjml") if path.name not in PARTS)


def compiled(source: Path) -> str:
    """Return the template made from one source. Raises ValueError if MJML has something to say against it.

    Without fonts: MJML's own output would link to a font of another host.
    """
    import mrml  # for development only, so not where the portal runs

    parts = {name: (TEMPLATES / "emails" / name).read_text(encoding="utf-8") for name in PARTS}
    made = mrml.to_html(
        source.read_text(encoding="utf-8"),
        parser_options=mrml.ParserOptions(include_loader=mrml.memory_loader(parts)),
        render_options=mrml.RenderOptions(disable_comments=True, fonts={}),
    )
    if made.warnings:
        raise ValueError(f"{source.name}: {[warning.kind for warning in made.warnings]}")
    html = made.content.replace("<br />", "<br>")  # as Django writes them
    return f"{{# Made from {source.name} by `make mails`: change it there. #}}{html}\n"
