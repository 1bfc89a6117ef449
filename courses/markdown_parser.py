"""Cut the Markdown of lessons into tokens: CommonMark, and what lessons have besides. Pure.

A figure's lines are one token, taken as they stand; all other directives are containers.
"""

import re
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.container import container_plugin

FACT = re.compile(r"\[\[fact:([a-z0-9-]+)\]\]")
HEADING_ID = re.compile(r"\s*\{#([^}]*)\}\s*$")
FIGURE = re.compile(r":{3,}\s*figure(?:\s+(.*))?")
COLONS = re.compile(r":{3,}")


def _fact_rule(state: StateInline, silent: bool) -> bool:
    match = FACT.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        state.push("fact", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _figure_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take a figure's lines as they stand, so that nothing in them is read as Markdown."""
    opening = FIGURE.fullmatch(_line(state, start))
    if not opening:
        return False
    if silent:
        return True
    closing_line = next((n for n in range(start + 1, end) if COLONS.fullmatch(_line(state, n))), end)
    token = state.push("figure", "", 0)
    token.info = (opening[1] or "").strip()
    token.content = state.getLines(start + 1, closing_line, state.blkIndent, False)
    token.map = [start, closing_line]
    state.line = min(closing_line + 1, end)
    return True


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].strip()


def _heading_ids(state: StateCore) -> None:
    """Move `{#id}` from the end of a heading's text to its tag."""
    for opening, inline in pairwise(state.tokens):
        if opening.type == "heading_open":
            match = HEADING_ID.search(inline.content)
            if match:
                inline.content = inline.content[: match.start()]
                opening.attrSet("id", match[1])


def parser() -> MarkdownIt:
    """Return a parser for lessons. HTML is text to it, indented code does not exist."""
    markdown = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(["table", "smartquotes"])
    markdown.disable(["code", "reference", "html_block", "html_inline", "autolink"])
    container_plugin(markdown, "directive", validate=lambda params, markup: True)
    markdown.block.ruler.before(
        "container_directive",
        "figure",
        _figure_rule,
        {"alt": ["paragraph", "reference", "blockquote", "list"]},
    )
    attrs_plugin(markdown, spans=True, after=(), allowed=("class", "key"))
    markdown.inline.ruler.before("link", "fact", _fact_rule)
    markdown.core.ruler.before("inline", "heading_ids", _heading_ids)
    return markdown


LESSONS = parser()


def directive(token: Token) -> tuple[str, str]:
    """Return name and argument text of a directive's opening token."""
    name, _, arguments = token.info.strip().partition(" ")
    return name, arguments.strip()


def closing(tokens: list[Token], index: int) -> int:
    """Return the index of the token that closes the block that tokens[index] opens."""
    depth = 0
    for position in range(index, len(tokens)):
        depth += tokens[position].nesting
        if depth == 0:
            return position
    return len(tokens)


def plain_text(token: Token) -> str:
    """Return what a reader sees of an inline token, without marks; facts stand as their key."""
    breaks = ("softbreak", "hardbreak")
    return "".join(" " if child.type in breaks else child.content for child in token.children or [])


def picture(tokens: list[Token], index: int) -> Token | None:
    """Return the picture that is all there is in the paragraph that tokens[index] opens, if it is so."""
    if tokens[index].type != "paragraph_open":
        return None
    children = tokens[index + 1].children or []
    return children[0] if len(children) == 1 and children[0].type == "image" else None


def picture_key(image: Token) -> str:
    """Return the key by which a picture is named; empty where it is named in another way."""
    scheme, _, key = str(image.attrGet("src") or "").partition(":")
    return key if scheme == "media" else ""
