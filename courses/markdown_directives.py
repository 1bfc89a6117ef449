"""What is wrong inside a directive: tables, comparisons, procedures. Tokens in, lines and words out. Pure."""

import re
from collections.abc import Iterator
from itertools import pairwise

from markdown_it.token import Token

from courses.markdown_parser import closing, plain_text
from courses.wording import gettext as _

CAPTION = re.compile(r'caption="([^"]*)"')
Wrong = tuple[int, str]
"""The line, and what is wrong in it."""


def table_faults(name: str, arguments: str, inside: list[Token], line: int) -> Iterator[Wrong]:
    """Yield what is wrong with a `table` or a `compare`: a caption, one table, the two sides."""
    match = CAPTION.fullmatch(arguments)
    if not match or not match[1].strip():
        yield line, _('%(name)s needs a caption, as in ::: %(name)s caption="What gives"') % {"name": name}
    if not inside or inside[0].type != "table_open" or closing(inside, 0) != len(inside) - 1:
        yield line, _("%(name)s holds exactly one table") % {"name": name}
    elif name == "compare" and header(inside) != ["", "Product", "Project"]:
        yield line, _("compare has three columns: one without a name, Product and Project")


def header(table: list[Token]) -> list[str]:
    """Return the texts of a table's column heads."""
    return [plain_text(inline).strip() for cell, inline in pairwise(table) if cell.type == "th_open"]


def steps_faults(inside: list[Token], line: int) -> Iterator[Wrong]:
    """Yield what is wrong with a procedure: one numbered list, each step with a title in bold and a text."""
    if not inside or inside[0].type != "ordered_list_open" or closing(inside, 0) != len(inside) - 1:
        yield line, _("steps holds exactly one numbered list")
        return
    if inside[0].attrGet("start") is not None:
        yield line + 1, _("steps are numbered from 1")
    for index, token in enumerate(inside):
        if token.type == "list_item_open" and token.level == inside[0].level + 1:
            at = token.map[0] + 1 if token.map else line
            blocks = inside[index + 1 : closing(inside, index)]
            title, text = _title_and_text(blocks)
            if not title:
                yield at, _("a step begins with its title in bold, as in 1. **Ask twice.** Then wait.")
            elif not text:
                yield at, _("a step has a text after its title")


def _title_and_text(blocks: list[Token]) -> tuple[str, str]:
    """Return the bold words that begin a step, or nothing, and what stands after them."""
    # Before a mark that begins a line the parser leaves an empty text.
    children = (blocks[1].children or []) if len(blocks) > 1 else []
    first = [child for child in children if child.content or child.nesting]
    if not first or first[0].type != "strong_open":
        return "", ""
    end = next(at for at, child in enumerate(first) if child.type == "strong_close")
    later = [plain_text(block) for block in blocks[2:] if block.type == "inline"]
    words = ["".join(child.content for child in part) for part in (first[:end], first[end:])]
    return words[0].strip(), " ".join([words[1], *later]).strip()
