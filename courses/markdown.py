"""Turn Markdown into safe HTML: parsed without HTML, then cleaned by an allow-list. Pure.

A lesson becomes segments: HTML, and between them the places of facts, checks, terms and figures, which are
filled in from live versions each time a page is shown. An author's text cannot reach beyond what `LESSON`
lists: no script, no style, no attribute that htmx reads, no address but https and the portal's own.
"""

import re
import secrets
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Literal

import nh3
from markdown_it.token import Token

from courses.figures import Figure
from courses.markdown_directives import CAPTION, header
from courses.markdown_parser import LESSONS, closing, directive, picture, picture_key
from courses.markdown_syntax import PAGES, SIDES, Document, read, read_inline, term_key
from courses.wording import gettext as _
from courses.yaml_records import KEY

Kind = Literal["html", "fact", "note", "check", "term", "figure", "picture"]


@dataclass(frozen=True)
class Segment:
    """A piece of a lesson: safe HTML, or the place of a fact or its note, check, term, figure, picture."""

    kind: Kind
    html: str = ""
    """Of `html`: the markup. Of `term`: the words in the text, escaped. Of `picture`: those in its place."""

    key: str = ""
    """Of a figure: its number in the lesson."""

    figure: Figure | None = None
    caption: str = ""
    """Of a picture; as it was written, and not escaped."""


INLINE = nh3.Cleaner(
    tags={"em", "strong", "code", "span"},
    attributes={},
    allowed_classes={"span": {f"{side}-word" for side in SIDES}},
    link_rel=None,
)
LESSON = nh3.Cleaner(
    tags={
        *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "h2", "h3", "h4"),
        *("a", "span", "div", "table", "caption", "thead", "tbody", "tr", "th", "td"),
    },
    attributes={
        "a": {"href"},
        "h2": {"id"},
        "h3": {"id"},
        "h4": {"id"},
        "ol": {"start", "role"},
        "th": {"scope"},
        "td": {"data-side"},
    },
    allowed_classes={
        "span": {f"{side}-word" for side in SIDES},
        "div": {"callout", "takeaways", "columns", "compare", "steps"},
    },
    url_schemes={"https"},
    link_rel="noopener noreferrer",
)


OPENINGS = {
    "callout": '<div class="callout">',
    "compare": '<div class="columns compare">',
    "steps": '<div class="steps">',
    "table": '<div class="columns">',
    "takeaways": '<div class="takeaways">',
}


class Slots:
    """Marks for what is filled in later. No author can write one: they carry a secret of this rendering."""

    def __init__(self) -> None:
        self.secret = secrets.token_hex(8)
        self.segments: list[Segment] = []

    def put(
        self, kind: Kind, key: str, words: str = "", figure: Figure | None = None, caption: str = ""
    ) -> Token:
        """Return a token that marks this place."""
        self.segments.append(Segment(kind, escape(words), key, figure, caption))
        return _text(f"\ue000{self.secret}:{len(self.segments) - 1}\ue001")

    def split(self, html: str) -> list[Segment]:
        """Return the HTML cut at the marks."""
        pieces = re.split(f"\ue000{self.secret}:([0-9]+)\ue001", html)
        segments: list[Segment] = []
        for at, piece in enumerate(pieces):
            if at % 2:
                segments.append(self.segments[int(piece)])
            elif piece.strip() or (at and piece):
                segments.append(Segment("html", piece))
        return segments


def render(source: str, *, lesson_url: Callable[[str], str]) -> list[Segment]:
    """Return a lesson's text as segments. `lesson_url` gives the address of a lesson by its key.

    Faulty text never fails and never harms: what is not understood is left out.
    """
    document = read(source)
    slots = Slots()
    tokens = _fill_blocks(document, slots)
    for token in tokens:
        if token.type == "inline":
            token.children = _inline(token.children or [], slots, lesson_url)
    html = LESSONS.renderer.render(tokens, LESSONS.options, {})
    return slots.split(LESSON.clean(html))


@lru_cache(maxsize=4096)
def inline(source: str) -> str:
    """Return one line of text, such as a prompt or an option, as safe HTML."""
    tokens = read_inline(source).tokens
    for token in tokens:
        token.children = _inline(token.children or [], None, None)
    return INLINE.clean(LESSONS.renderer.render(tokens, LESSONS.options, {}))


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _html(content: str) -> Token:
    """Return a token of our own markup; authors cannot make one, the rules for HTML are off."""
    return Token("html_block", "", 0, content=content)


def _fill_blocks(document: Document, slots: Slots) -> list[Token]:
    """Replace directives by markup and marks; put each fact's note after the block that first names it."""
    tokens = document.tokens
    filled: list[Token] = []
    noted: set[str] = set()
    waiting: list[str] = []
    sides: list[str] = []
    resume = 0
    for index, token in enumerate(tokens):
        if index < resume:
            continue
        if token.type == "container_directive_open":
            name, arguments = directive(token)
            end = closing(tokens, index)
            sides = header(tokens[index:end]) if name == "compare" else []
            if name == "check":
                resume = end + 1
                filled.extend([] if token.level else [slots.put("check", arguments)])
            else:
                filled.append(_html(_opening(name)))
        elif token.type == "container_directive_close":
            filled.append(_html("</div>\n"))
        elif token.type == "figure":
            filled.extend(_figure(token, slots))
        elif (image := picture(tokens, index)) and picture_key(image):
            resume = index + 3
            filled.append(_picture(image, slots))
        elif token.type == "table_open":
            filled.extend([token, *_caption(tokens[index - 1])])
        else:
            filled.append(copy(token))
        _mark_next(tokens, index, sides)
        waiting.extend(key for key in _new_facts(token, noted))
        if token.level == 0 and token.nesting <= 0:
            filled.extend(slots.put("note", key) for key in waiting)
            waiting = []
    return filled


def _opening(name: str) -> str:
    """Return the markup that a directive begins with."""
    opening, words = OPENINGS.get(name, "<div>"), _("Key takeaways")
    return f"{opening}<h2>{escape(words)}</h2>\n" if name == "takeaways" else opening


def _new_facts(token: Token, noted: set[str]) -> list[str]:
    """Return the facts that the token is the first to name, and remember them."""
    named = [child.content for child in token.children or [] if child.type == "fact"]
    if figure := token.meta.get("figure"):
        named += figure.facts
    new = [key for key in dict.fromkeys(named) if key not in noted]
    noted.update(new)
    return new


def _figure(token: Token, slots: Slots) -> list[Token]:
    """Return the mark of a figure, which stands between other blocks; nothing if it has a fault."""
    figure = token.meta["figure"]
    if figure is None or token.level:
        return []
    count = sum(segment.kind == "figure" for segment in slots.segments)
    return [slots.put("figure", str(count + 1), figure=figure)]


def _picture(image: Token, slots: Slots) -> Token:
    """Return the mark of a picture in the place of its paragraph."""
    words = "".join(child.content for child in image.children or [])
    return slots.put("picture", picture_key(image), words, caption=str(image.attrGet("title") or ""))


def _mark_next(tokens: list[Token], index: int, sides: list[str]) -> None:
    """Give what follows a token the attributes that its place asks for."""
    token = tokens[index]
    if token.type == "tr_open":
        _mark_row(tokens, index, sides)
    elif token.type == "container_directive_open" and directive(token)[0] == "steps":
        # Its numbers come from the stylesheet; without a role some screen readers would call it no list.
        tokens[index + 1].attrSet("role", "list")


def _caption(before: Token) -> list[Token]:
    match = CAPTION.fullmatch(directive(before)[1]) if before.type == "container_directive_open" else None
    return [_html(f"<caption>{escape(match[1])}</caption>")] if match else []


def _mark_row(tokens: list[Token], index: int, sides: list[str]) -> None:
    """Say which cells are heads, of a column or of the row; in comparisons, on which side a cell is."""
    cells = zip(tokens[index + 1 :: 3], tokens[index + 2 :: 3], tokens[index + 3 :: 3], strict=False)
    for column, (opening, inline_token, end) in enumerate(cells):
        if opening.type not in ("th_open", "td_open"):
            break
        opening.attrs = {}
        if opening.type == "th_open" and not inline_token.content:
            opening.tag = end.tag = "td"
        elif opening.type == "th_open":
            opening.attrSet("scope", "col")
        elif column == 0:
            opening.tag = end.tag = "th"
            opening.attrSet("scope", "row")
        elif column < len(sides):
            opening.attrSet("data-side", sides[column])


def _inline(
    children: list[Token], slots: Slots | None, lesson_url: Callable[[str], str] | None
) -> list[Token]:
    """Replace facts and terms by marks, sides by classes, links by addresses."""
    filled: list[Token] = []
    skipping = False
    for index, original in enumerate(children):
        child = copy(original)
        if skipping:
            skipping = child.type != "span_close"
        elif child.type == "span_open" and child.attrGet("class") == "term" and slots:
            filled.append(slots.put("term", *term_key(children, index)))
            skipping = True
        elif child.type == "span_open":
            side = child.attrGet("class")
            child.attrs = {"class": f"{side}-word"} if side in SIDES else {}
            filled.append(child)
        elif child.type == "fact":
            filled.extend([slots.put("fact", child.content)] if slots else [])
        elif child.type == "image":  # not where one may stand: its words are what is left of it
            filled.append(_text(child.content))
        elif child.type == "link_open":
            child.attrs = _address(str(child.attrGet("href") or ""), lesson_url)
            filled.append(child)
        else:
            filled.append(child)
    return filled


def _address(target: str, lesson_url: Callable[[str], str] | None) -> dict[str, str | int | float]:
    """Return the link's attributes; none, so that only its words stay, where we send no reader."""
    if target.startswith("lesson:"):
        key, mark, heading = target.removeprefix("lesson:").partition("#")
        return {"href": lesson_url(key) + mark + heading} if lesson_url and KEY.fullmatch(key) else {}
    if target.startswith("page:"):
        page = PAGES.get(target.removeprefix("page:"))
        return {"href": page} if page else {}
    return {"href": target} if target.startswith(("https://", "#")) else {}
