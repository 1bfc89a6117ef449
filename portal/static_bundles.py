"""One stylesheet and one script from many files, without a build tool (docs/decisions/static-bundles.md).

The sources stay apart in static/css and static/js, one file per layer and per enhanced element. Django's
staticfiles asks finders where a file is; the one below answers for the two joined files, so `collectstatic`,
WhiteNoise and the tests all see them like any other static file.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

SOURCES = Path(__file__).resolve().parent.parent / "static"

BUNDLES: dict[str, tuple[str, ...]] = {
    "crossroads.css": (
        "css/reset.css",
        "css/tokens.css",
        "css/base.css",
        "css/layout.css",
        "css/components/*.css",
        "css/utilities.css",
    ),
    # theme.js is not among them: it has to run before anything is painted and is asked for by itself.
    "crossroads.js": (
        "js/focus.js",
        "js/shortcuts.js",
        "js/menu.js",
        "js/theme-switch.js",
        "js/time-zone.js",
        "js/code-input.js",
        "js/columns.js",
        "js/answer-counter.js",
        "js/answer-keys.js",
        "js/number-keys.js",
        "js/time-left.js",
        "js/order.js",
        "js/copy-text.js",
        "js/palette.js",
        "js/unsent.js",
        "js/saving.js",
    ),
    # Comes when somebody saves a module on a device, or has saved one.
    "offline.js": ("js/offline/*.js",),
    # The admin's own pages for authors; learners load neither.
    "authoring.css": ("css/authoring/*.css",),
    "authoring.js": ("js/authoring/*.js",),
    # Every page of the admin.
    "admin.js": ("js/admin/*.js",),
}


COMMENTS = {".css": re.compile(r"/\*.*?\*/", re.DOTALL), ".js": re.compile(r"^\s*//.*$", re.MULTILINE)}
"""What readers of the sources need and browsers do not. A script's comment stands on a line of its own."""


def joined(name: str) -> str:
    """Return the text of a bundle: its sources in order, without comments and indentation.

    Scripts stand each in a block of their own.
    """
    files = [path for pattern in BUNDLES[name] for path in sorted(SOURCES.glob(pattern))]
    texts = [bare(path) for path in files]
    if name.endswith(".js"):
        texts = [f"{{\n{text}}}\n" for text in texts]
    return "\n".join(texts)


def bare(path: Path) -> str:
    """Return a source without its comments, its indentation and its empty lines."""
    text = COMMENTS[path.suffix].sub("", path.read_text(encoding="utf-8"))
    return "".join(f"{line.strip()}\n" for line in text.splitlines() if line.strip())


def write(name: str) -> Path:
    """Write a bundle beside STATIC_ROOT and return where; a file that is already right is left untouched."""
    folder = Path(settings.STATIC_ROOT).with_name("static_bundles")
    target = folder / name
    text = joined(name)
    if not target.is_file() or target.read_text(encoding="utf-8") != text:
        folder.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{name}.{id(text):x}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    return target


class BundleFinder(BaseFinder):
    """Finds the joined files, which it writes first."""

    def check(self, **kwargs: Any) -> Any:
        """There is nothing that a setting could get wrong."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return where a bundle is; an empty list (Django's word for "not here") for every other path."""
        if path not in BUNDLES:
            return []
        found = str(write(path))
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield every bundle with the storage it lies in, as `collectstatic` wants it."""
        for name in BUNDLES:
            yield name, FileSystemStorage(location=write(name).parent)
