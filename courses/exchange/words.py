"""Texts of other programs as our Markdown, and ours as XHTML. Nothing is fetched, nothing is run. Pure."""

import re
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, SubElement

from markdown_it.token import Token

from courses.markdown_parser import parser
from courses.wording import gettext as _

PLAIN = parser().disable(["smartquotes", "replacements"])
"""Our Markdown, with quotation marks and dashes as they were typed."""

MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**", "code": "`", "tt": "`"}
BLOCKS = {
    *("p", "div", "li", "ul", "ol", "tr", "table", "blockquote", "pre", "br", "hr"),
    *map("h{}".format, "123456"),
}
SKIPPED = {"script", "style", "iframe", "object", "audio", "video", "svg", "template", "head", "title"}
SPECIAL = re.compile(r"([\\`*_\[\]<&!])")
LINK = re.compile(r"(?:https://|lesson:|page:)[^\s()<>]{1,500}")
SIDES = ("product", "project", "both")


class Words:
    """Collects elements and their text in the order in which they come, as Markdown on few lines."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.notes: list[str] = []
        self.open: list[tuple[str, str, str, int]] = []
        self.skipping = 0

    def opened(self, tag: str, attributes: dict[str, str | None]) -> None:
        """Take the beginning of an element."""
        if tag in SKIPPED:
            self.skipping += 1
            self._note(_("“%(tag)s” is left out") % {"tag": tag})
        elif self.skipping:
            return
        elif tag in BLOCKS:
            self.parts.append("\n")
        elif tag == "img":
            self.parts.append(f"(picture: {escaped(attributes.get('alt') or 'without words')})")
            self._note(_("a picture is left out: its words stand in its place"))
        elif tag == "math":
            self._note(_("a formula is kept as plain letters"))
        elif tag in MARKS:
            self.open.append((tag, MARKS[tag], MARKS[tag], len(self.parts)))
        elif tag == "span" and attributes.get("class") in SIDES:
            self.open.append((tag, "[", f"]{{.{attributes['class']}}}", len(self.parts)))
        elif tag == "a" and LINK.fullmatch(attributes.get("href") or ""):
            self.open.append((tag, "[", f"]({attributes['href']})", len(self.parts)))
        elif tag in ("span", "a"):
            self.open.append((tag, "", "", len(self.parts)))

    def closed(self, tag: str) -> None:
        """Take the end of an element; one that was never opened is nothing."""
        if tag in SKIPPED:
            self.skipping = max(0, self.skipping - 1)
        elif self.skipping:
            return
        elif tag in BLOCKS and tag != "br":
            self.parts.append("\n")
        elif self.open and self.open[-1][0] == tag:
            __, before, after, at = self.open.pop()
            inside = "".join(self.parts[at:])
            bare = inside.strip()
            lead, rest = inside[: len(inside) - len(inside.lstrip())], inside[len(inside.rstrip()) :]
            self.parts[at:] = [f"{lead}{before}{bare}{after}{rest}"] if bare else [inside]

    def text(self, text: str) -> None:
        """Take text between two tags."""
        if not self.skipping:
            spaced = re.sub(r"\s+", " ", text)
            in_code = any(before == "`" for _, before, _, _ in self.open)
            self.parts.append(spaced if in_code else escaped(spaced))

    def said(self) -> str:
        """Return the Markdown."""
        lines = (re.sub(r" +", " ", line).strip() for line in "".join(self.parts).split("\n"))
        return "\n".join(line for line in lines if line)

    def _note(self, words: str) -> None:
        if words not in self.notes:
            self.notes.append(words)


def escaped(text: str) -> str:
    """Return plain text so that Markdown leaves it as it is; without marks where nothing would be read."""
    if not SPECIAL.search(text):
        return text
    children = PLAIN.parseInline(text)[0].children or []
    if len(children) == 1 and children[0].type == "text" and children[0].content == text:
        return text
    return SPECIAL.sub(r"\\\1", text)


class _Html(HTMLParser):
    def __init__(self, words: Words) -> None:
        super().__init__(convert_charrefs=True)
        self.words = words

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words.opened(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        self.words.closed(tag)

    def handle_data(self, data: str) -> None:
        self.words.text(data)


def from_html(source: str) -> Words:
    """Read a piece of HTML, however badly it is written."""
    words = Words()
    reader = _Html(words)
    reader.feed(source)
    reader.close()
    return words


def from_elements(parent: Element, words: Words, *, without: set[Element] | None = None) -> Words:
    """Read what stands in an XML element, but for some elements in it (not their tails)."""
    waiting: list[tuple[str, Element]] = [("inside", parent)]
    while waiting:
        step, element = waiting.pop()
        tag = local_name(element)
        if step == "close":
            words.closed(tag)
        elif step == "tail":
            words.text(element.tail or "")
        elif step == "inside":
            words.text(element.text or "")
            for child in reversed(element):
                waiting += [("tail", child), ("open", child)]
        elif not without or element not in without:
            words.opened(tag, dict(element.attrib.items()))
            waiting += [("close", element), ("inside", element)]
    return words


def local_name(element: Element) -> str:
    """Return an element's name without its namespace; empty for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def to_elements(parent: Element, source: str) -> None:
    """Write our inline Markdown into an XML element; what XHTML has no mark for is written as plain words."""
    stack = [parent]
    for token in PLAIN.parseInline(source)[0].children or []:
        tag = "span" if token.type.startswith("span") else token.tag
        if token.nesting > 0:
            stack.append(SubElement(stack[-1], tag, _attributes(token)))
        elif token.nesting < 0:
            stack.pop()
        elif token.type in ("code_inline", "hardbreak", "softbreak"):
            SubElement(stack[-1], "code" if token.type == "code_inline" else "br").text = (
                token.content or None
            )
        else:
            _say(stack[-1], f"[[fact:{token.content}]]" if token.type == "fact" else token.content)


def _attributes(token: Token) -> dict[str, str]:
    known = {"span": ("class",), "a": ("href",)}.get("span" if token.type == "span_open" else token.tag, ())
    return {name: str(token.attrGet(name)) for name in known if token.attrGet(name) is not None}


def _say(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
