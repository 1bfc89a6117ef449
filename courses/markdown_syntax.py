"""Read the Markdown of lessons: what it names, its headings, and what is wrong with it, line by line. Pure.

Besides CommonMark: `::: name arguments` directives, `[[fact:key]]`, `[word]{.product}` spans, `lesson:key#id`
links, `![words](media:key)` and `## Heading {#id}`. What stands in a figure is YAML, read by
`courses.figures`. The manual is docs/authoring.md.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from markdown_it.token import Token

from courses import figures
from courses.markdown_directives import steps_faults, table_faults
from courses.markdown_parser import LESSONS, closing, directive, picture, picture_key, plain_text
from courses.wording import gettext as _
from courses.yaml_records import KEY

DIRECTIVES = ("callout", "check", "compare", "figure", "steps", "table", "takeaways")
SIDES = ("product", "project", "both")
PAGES = {
    "fit": "/fit/",
    "already": "/fit/already/",
    "plan-product": "/fit/plan/product/",
    "plan-project": "/fit/plan/project/",
    "plan-both": "/fit/plan/both/",
    "drill": "/drill/",
    "adverts": "/drill/adverts/",
    "review": "/review/",
}
"""The portal's own pages that a lesson may lead to, as `page:fit`."""

TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
RESERVED_IDS = re.compile(
    r"main|messages|announcements|finish|report|lesson-(?:note|bookmark|changes).*"
    r"|keep-title|terms-title|sources-title|theme-switch"
    r"|(?:fact|figure|term|check|question|item|id)-.*"
)


@dataclass(frozen=True)
class Problem:
    """What is wrong, and in which line (from 1; 0: no line in particular) of the text that was read."""

    line: int
    message: str

    def __str__(self) -> str:
        if not self.line:
            return self.message
        return _("line %(line)s: %(message)s") % {"line": self.line, "message": self.message}


@dataclass(frozen=True)
class Reference:
    """Something outside the text that the text names."""

    kind: Literal["fact", "check", "term", "lesson", "heading", "media"]
    key: str
    line: int
    heading: str = ""
    """Of a lesson reference: the heading in it, or empty."""


@dataclass(frozen=True)
class Heading:
    """A heading and the id by which links and passages name it."""

    id: str
    text: str
    line: int


@dataclass
class Document:
    """A text that was read: its tokens, and what was found in it."""

    tokens: list[Token]
    problems: list[Problem] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)

    def report(self, line: int, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(line, message))

    def report_all(self, found: Iterable[tuple[int, str]]) -> None:
        """Note problems, each a line and a message."""
        self.problems += [Problem(line, message) for line, message in found]


def slug(text: str) -> str:
    """Return the id that a heading has when its author gives it none: its letters and digits with hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))


def read(source: str) -> Document:
    """Read a lesson's text. Nothing is raised: what is wrong is in the document's problems."""
    document = Document(LESSONS.parse(source))
    lines = source.split("\n")
    for index, token in enumerate(document.tokens):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "container_directive_open":
            _read_directive(document, index, line, lines)
        elif token.type == "figure":
            _read_figure(document, token, line, lines)
        elif token.type == "heading_open":
            _read_heading(document, token, document.tokens[index + 1], line)
        elif token.type == "table_open" and not _inside_table_directive(document.tokens, index):
            document.report(line, _("a table stands inside ::: table or ::: compare"))
        elif token.type == "inline":
            _read_inline(document, token, line)
            if any(child.type == "image" for child in token.children or []):
                _read_place(document, index, line)
    _check_heading_ids(document)
    document.problems.sort(key=lambda problem: problem.line)
    return document


@lru_cache(maxsize=64)
def kept(source: str) -> Document:
    """Return a text as `read` does, once for all who only look: whoever changes tokens reads it anew."""
    return read(source)


def read_inline(source: str) -> Document:
    """Read one line of text, such as a prompt or an option: emphasis, code and coloured words only."""
    document = Document(LESSONS.parseInline(source))
    for token in document.tokens:
        _read_inline(document, token, 1)
    for reference in document.references:
        said = _("%(kind)s %(key)r can be named in a lesson's text only")
        document.report(1, said % {"kind": reference.kind, "key": reference.key})
    return document


def _inside_table_directive(tokens: list[Token], index: int) -> bool:
    if not index or tokens[index - 1].type != "container_directive_open":
        return False
    return directive(tokens[index - 1])[0] in ("table", "compare")


def _read_directive(document: Document, index: int, line: int, lines: list[str]) -> None:
    token = document.tokens[index]
    name, arguments = directive(token)
    inside = document.tokens[index + 1 : closing(document.tokens, index)]
    _check_closed(document, token, name, lines)
    if name not in DIRECTIVES:
        said = _("unknown directive %(name)r; known are %(directives)s")
        document.report(line, said % {"name": name, "directives": ", ".join(DIRECTIVES)})
    elif name == "check":
        _read_check(document, token, arguments, inside, line)
    elif name in ("table", "compare"):
        document.report_all(table_faults(name, arguments, inside, line))
    elif arguments:
        said = _("%(name)s takes no arguments, but has %(arguments)r")
        document.report(line, said % {"name": name, "arguments": arguments})
    elif name == "steps":
        document.report_all(steps_faults(inside, line))
    elif not inside:
        document.report(line, _("%s is empty") % name)


def _check_closed(document: Document, token: Token, name: str, lines: list[str]) -> None:
    begin, end = token.map or [0, 0]
    if end >= len(lines) or not lines[end].strip().startswith(":::"):
        document.report(begin + 1, _("the directive %r is not closed by a line of colons") % name)


def _read_figure(document: Document, token: Token, line: int, lines: list[str]) -> None:
    """Read the figure's data; the figure goes to `meta` of the token, nothing after a fault."""
    _check_closed(document, token, "figure", lines)
    found = figures.read(token.info, token.content, line=line + 1)
    token.meta["figure"] = found.figure
    if token.level:
        document.report(line, _("a figure stands alone, inside nothing else"))
    document.report_all(found.problems)
    document.references += [Reference("fact", key, at) for key, at in found.facts]


def _read_check(document: Document, token: Token, key: str, inside: list[Token], line: int) -> None:
    if not KEY.fullmatch(key):
        document.report(line, _("check names one question by its key, as in ::: check ends-by-march"))
    elif inside or token.level:
        document.report(line, _("check %r stands alone: nothing inside it, and inside nothing else") % key)
    else:
        document.references.append(Reference("check", key, line))


def _read_heading(document: Document, token: Token, inline: Token, line: int) -> None:
    text = plain_text(inline)
    identifier = str(token.attrGet("id") or slug(text))
    token.attrSet("id", identifier)
    if token.tag == "h1":
        document.report(line, _("the title is the only heading of the first level; begin with ##"))
    if not KEY.fullmatch(identifier):
        document.report(line, _("the heading id %r may hold a-z, 0-9 and single hyphens only") % identifier)
    elif RESERVED_IDS.fullmatch(identifier):
        document.report(line, _("the heading id %r is taken by the page; give another: {#id}") % identifier)
        token.attrs.pop("id")
    document.headings.append(Heading(identifier, text, line))


def _check_heading_ids(document: Document) -> None:
    seen: set[str] = set()
    for heading in document.headings:
        if heading.id in seen:
            document.report(heading.line, _("two headings have the id %r; give another: {#id}") % heading.id)
        seen.add(heading.id)
    for reference in document.references:
        if reference.kind == "heading" and reference.key not in seen:
            document.report(reference.line, _("no heading has the id %r") % reference.key)


def lines_of(token: Token, line: int) -> Iterator[tuple[int, int, Token]]:
    """Yield the index, line and token of each child of an inline token."""
    for index, child in enumerate(token.children or []):
        yield index, line, child
        line += child.type in ("softbreak", "hardbreak")


def term_key(children: list[Token], index: int) -> tuple[str, str]:
    """Return key and words of the term whose span opens at this index."""
    words = ""
    for child in children[index + 1 :]:
        if child.type == "span_close":
            break
        words += child.content
    return str(children[index].attrGet("key") or slug(words)), words


def _read_inline(document: Document, token: Token, first_line: int) -> None:
    for index, line, child in lines_of(token, first_line):
        if child.type == "fact":
            document.references.append(Reference("fact", child.content, line))
        elif child.type == "span_open":
            _read_span(document, token.children or [], index, line)
        elif child.type == "link_open":
            _read_link(document, str(child.attrGet("href") or ""), line)
        elif child.type == "image":
            _read_picture(document, picture_key(child), line)
        elif child.type == "text" and "[[" in child.content:
            document.report(line, _("double square brackets name a fact, as in [[fact:product-salary]]"))
        elif child.type == "text" and TAG.search(child.content):
            document.report(line, _("HTML is not read, it would be shown as text"))
        elif child.type == "text" and "](" in child.content:
            said = _("a link that leads nowhere: it is lesson:key#heading, page:name, #heading or https://…")
            document.report(line, said)


def _read_picture(document: Document, key: str, line: int) -> None:
    if KEY.fullmatch(key):
        document.references.append(Reference("media", key, line))
    else:
        said = _("a picture is uploaded first, and named by its key, as in %s")
        document.report(line, said % "![What it shows](media:team-at-board)")


def _read_place(document: Document, index: int, line: int) -> None:
    """Insist that pictures stand between other things: they have a caption and may have two lines of it."""
    if picture(document.tokens, index - 1) is None:
        said = _("a picture stands alone in its paragraph, with an empty line before and after")
        document.report(line, said)


def _read_span(document: Document, children: list[Token], index: int, line: int) -> None:
    span = children[index]
    name = str(span.attrGet("class") or "")
    if name == "term":
        document.references.append(Reference("term", term_key(children, index)[0], line))
    elif name not in SIDES or span.attrGet("key") is not None:
        document.report(line, _("unknown mark %r; known are .product, .project, .both and .term") % name)
    for unknown in span.meta.get("insecure_attrs", {}):
        document.report(line, _("unknown attribute %r") % unknown)


def _read_link(document: Document, target: str, line: int) -> None:
    scheme, __, rest = target.partition(":")
    if target.startswith("#"):
        document.references.append(Reference("heading", target[1:], line))
    elif scheme == "lesson":
        key, __, heading = rest.partition("#")
        document.references.append(Reference("lesson", key, line, heading))
    elif scheme == "page":
        if rest not in PAGES:
            said = _("unknown page %(name)r; known are %(pages)s")
            document.report(line, said % {"name": rest, "pages": ", ".join(PAGES)})
    elif not target.startswith("https://"):
        said = _("the link %r is neither lesson:key#heading, page:name, #heading nor https://…")
        document.report(line, said % target)
