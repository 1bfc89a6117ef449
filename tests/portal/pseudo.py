"""A language that does not exist, made of the catalogue: Hebrew letters, a third longer, values set apart.

What a page shows in Latin letters while it speaks that language was never marked, or is missing from the
catalogue. `Latin` finds it.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from portal import catalogue

CODE = "he"
"""Django's code for it: a language from right to left."""

LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", "אבגדהוזחטיכלמנסעפצקרשתךםןף", strict=True))
KEPT = re.compile(r"(%%|%\(\w+\)(?:\.\d)?[sdrgf]|%[sdr]|\{\w*\})|(<[^>]*>|&\w+;)")
APART, END = "\u2068", "\u2069"


def translated(text: str) -> str:
    """Return a text in that language. Tags stay, values stay between marks that set their direction apart."""
    made = []
    for part in KEPT.split(text):
        if not part:
            continue
        if KEPT.fullmatch(part):
            value = part[0] in "%{" and part != "%%"
            made.append(f"{APART}{part}{END}" if value else part)
        else:
            longer = re.sub(r"([aeo])", r"\1\1", part)
            made.append("".join(LETTERS.get(letter.lower(), letter) for letter in longer))
    return "".join(made)


def write(folder: Path) -> None:
    """Write its compiled catalogue below a folder, where Django finds it."""
    words = catalogue.collected()
    for message in words:
        if message.id:
            texts = (message.id,) if isinstance(message.id, str) else message.id
            made = tuple(map(translated, texts))
            message.string = made if len(made) > 1 else made[0]
    target = folder / CODE / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    target.write_bytes(catalogue.compiled(words))


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Cities of the list of time zones are called as the tz database calls them.
UNSPOKEN = {"script", "style", "kbd", "code", "textarea", "path"}
TEXT_ALONE = {"title", "desc", "option"}
SPOKEN = {"aria-label", "alt", "title", "placeholder", "data-announce", "data-unsent", "data-copied"}
WORDLY = re.compile(
    rf"{APART}[^{END}]*{END}"  # a value: what it is made of is marked where it is made
    r"|\S+@\S+|https?://\S*|/\S+|\w+/[\w/+-]+"  # addresses, time zones
    r"|\b(?:Lea Lopes|Autumn)\b"  # people and cohorts of the world that the pages show
    r"|\b(?:Crossroads|PMs?|PDF|CSV|JSON|JWT|ZIP|PNG|SVG|UTC|GMT|kB|MB|QR|EUR|RACI|MIT)\b"
)


class Latin(HTMLParser):
    """Collects what a page says in Latin letters where it speaks its own language.

    Left out: elements with a language of their own (the texts of a course), code and keys. A title, an
    attribute and the like cannot have a language inside: in them the texts of such elements are left out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.said: list[tuple[str, str]] = []
        self.foreign: set[str] = set()

    def found(self) -> Iterator[str]:
        """Yield each text in Latin letters, behind the name of the attribute that has it."""
        foreign = sorted((text for text in self.foreign if len(text) > 2), key=len, reverse=True)
        for where, text in self.said:
            rest = WORDLY.sub("", text)
            for other in foreign if where else ():
                rest = rest.replace(other, "")
            if re.search(r"[A-Za-z]{2}", rest):
                yield f"{where}: {text}" if where else text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at what an element says by itself."""
        said = dict(attrs)
        silent = self._is_silent() or tag in UNSPOKEN or said.get("name") == "time_zone"
        if said.get("lang"):
            silent = said["lang"] != CODE
        if not silent:
            for name, value in said.items():
                if name in SPOKEN or (tag == "meta" and self._is_words(name, said)):
                    self._look(value or "", name)
        if tag not in VOID:
            self.open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and those in it that need no end."""
        while self.open and tag in [name for name, _ in self.open]:
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        """Look at a text."""
        if self._is_silent():
            self.foreign.add(" ".join(data.split()))
        else:
            at = self.open[-1][0] if self.open else ""
            self._look(data, at if at in TEXT_ALONE else "")

    def _is_silent(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def _is_words(self, name: str, said: dict[str, str | None]) -> bool:
        if said.get("name") == "offline":
            return name.startswith("data-")
        about = said.get("name") or said.get("property") or ""
        return name == "content" and about in ("description", "og:description", "og:image:alt")

    def _look(self, text: str, where: str) -> None:
        self.said.append((where, " ".join(text.split())))


def latin(page: str) -> Iterator[str]:
    """Yield what a page says in Latin letters."""
    reader = Latin()
    reader.feed(page)
    yield from reader.found()
