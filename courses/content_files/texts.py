"""Every text of a content folder that people may read, with file and line, in whatever format it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from courses.content_files.reading import lesson_parts
from courses.markdown_parser import directive, plain_text
from courses.markdown_syntax import kept
from courses.yaml_records import ContentFile, compose, line_of

DASHES = ("\u2014", "\u2013")


@dataclass(frozen=True)
class Text:
    """A paragraph, a heading, a cell, or a value of a YAML file."""

    file: str
    line: int
    words: str
    running: bool = False
    """A paragraph of a lesson."""

    quoted: bool = False
    """Part of a block quote whose last paragraph begins with a dash and names whom it quotes."""


def texts(root: Path) -> Iterator[Text]:
    """Yield the texts of all files below a folder. The files were read before and have no faults."""
    for path in sorted(root.rglob("*")):
        if path.suffix in (".yaml", ".yml"):
            yield from _values(str(path), path.read_text(encoding="utf-8"))
        elif path.suffix == ".md" and (parts := lesson_parts(path.read_text(encoding="utf-8"))):
            front_matter, body, body_line = parts
            yield from _values(str(path), front_matter, first_line=2)
            yield from _blocks(str(path), body, body_line)


def of_lesson(body: str) -> Iterator[Text]:
    """Yield the texts of a lesson's body, which belongs to no file. Lines count from 1."""
    yield from _blocks("", body, 1)


def _values(file: str, text: str, first_line: int = 1) -> Iterator[Text]:
    """Yield the values of a YAML text, at whatever depth; names of fields are not read by people."""
    waiting = [compose(text, ContentFile(file), first_line)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.ScalarNode):
            yield Text(file, line_of(node), node.value)
        elif isinstance(node, yaml.MappingNode):
            waiting += [value for _, value in reversed(node.value)]
        elif isinstance(node, yaml.SequenceNode):
            waiting += reversed(node.value)


def _blocks(file: str, body: str, body_line: int) -> Iterator[Text]:
    quote: list[Text] = []
    quoting, before = False, ""
    for token in kept(body).tokens:
        line = body_line + (token.map[0] if token.map else 0)
        if token.type == "container_directive_open" and directive(token)[0] in ("table", "compare"):
            yield Text(file, line, directive(token)[1].removeprefix("caption="))
        elif token.type == "figure":
            yield from _values(file, token.content, line + 1)
        elif token.type == "inline":
            text = Text(file, line, plain_text(token), running=before == "paragraph_open")
            if quoting:
                quote.append(text)
            else:
                yield text
        elif token.type == "blockquote_open":
            quoting, quote = True, []
        elif token.type == "blockquote_close":
            quoting = False
            attributed = bool(quote) and quote[-1].words.startswith(DASHES)
            yield from (replace(text, quoted=attributed) for text in quote)
        before = token.type
