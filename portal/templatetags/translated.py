"""Django's tags for translation, with what is constant put into words once, when a template is compiled.

An installation speaks one language, so a constant text never changes while the process lives. Django's own
tags look each up again at every rendering: 10 µs for a word, 14 µs for a sentence with a name in it. A page
of a lesson has some fifty; here a constant costs what plain text costs.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template import Context, Node
from django.template.base import FilterExpression, NodeList, Parser, TextNode, Token, render_value_in_context
from django.templatetags import i18n
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, npgettext, override, pgettext

from courses import languages

register = template.Library()
SAMPLES = (0, 1, 2, 3, 5, 11, 100)
"""Numbers that take each plural that any language has."""

MOST_NUMBERS = 500
"""For so many numbers a sentence keeps which of its plurals they take."""


class NamedWords(Node):
    """Words that a template wants as a variable."""

    def __init__(self, name: str, words: SafeString) -> None:
        self.name, self.words = name, words

    def render(self, context: Context) -> SafeString:
        """Set the variable."""
        context[self.name] = self.words
        return SafeString("")


class Sentence(Node):
    """A sentence with values in it. Its words are known; only a plural is chosen for each rendering."""

    def __init__(self, block: i18n.BlockTranslateNode, context: str) -> None:
        self.extra: Mapping[str, FilterExpression] = block.extra_context
        self.number: tuple[str, FilterExpression] | None = None
        if block.countervar and block.counter:
            self.number = block.countervar, block.counter
        self.asvar: str | None = block.asvar
        self.context = context
        self.one, ones = block.render_token_list(block.singular)
        self.many, manys = block.render_token_list(block.plural)
        self.names = tuple(dict.fromkeys(ones + manys))
        self.chosen: dict[float, str] = {}
        self.words = self._fitting(pgettext(context, self.one) if context else gettext(self.one), self.one)

    def render(self, context: Context) -> SafeString:
        """Return the sentence, or set it as a variable."""
        with context.push():
            for name, value in self.extra.items():
                context[name] = value.resolve(context)
            words = self._counted(context) if self.number else self.words
            values = {name: render_value_in_context(context.get(name, ""), context) for name in self.names}
        made = words % values
        sentence = mark_safe(made)  # noqa: S308 - the values were escaped, the words are ours
        if not self.asvar:
            return sentence
        context[self.asvar] = sentence
        return SafeString("")

    def _counted(self, context: Context) -> str:
        name, value = self.number  # type: ignore[misc]  # who calls has looked
        count = context[name] = value.resolve(context)
        if not isinstance(count, int | float):
            raise template.TemplateSyntaxError(f"{name} of a translated plural is no number: {count!r}")
        if count not in self.chosen:
            texts = (self.one, self.many, count)
            found = npgettext(self.context, *texts) if self.context else ngettext(*texts)
            if len(self.chosen) >= MOST_NUMBERS:
                self.chosen.clear()
            self.chosen[count] = self._fitting(found, self.one if count == 1 else self.many)
        return self.chosen[count]

    def _fitting(self, words: str, source: str) -> str:
        """Return the words, or the English where a translator named a value that there is not."""
        return words if _fits(words, self.names) else source


@lru_cache(maxsize=8192)
def _fits(words: str, names: tuple[str, ...]) -> bool:
    try:
        words % dict.fromkeys(names, "")
    except (KeyError, ValueError, TypeError):
        return False
    return True


class EachNumber(Node):
    """A sentence in all its plurals, each behind the numbers that take it: for scripts, which count on."""

    def __init__(self, sentence: NodeList) -> None:
        self.sentence = sentence

    def render(self, context: Context) -> SafeString:
        """Return such as `1:{n} day|0 2 3 5 11 100:{n} days`."""
        forms: dict[str, list[str]] = {}
        for number in SAMPLES:
            with context.push(n=number):
                forms.setdefault(self.sentence.render(context), []).append(str(number))
        made = "|".join(f"{' '.join(numbers)}:{sentence}" for sentence, numbers in forms.items())
        return mark_safe(made)  # noqa: S308 - the sentence is a template's


@register.tag
def each_number(parser: Parser, token: Token) -> Node:
    """Read the sentence up to `{% endeach_number %}`; it counts `n`."""
    sentence = parser.parse(("endeach_number",))
    parser.delete_first_token()
    return EachNumber(sentence)


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """Read the tag as Django does."""
    node = i18n.do_translate(parser, token)
    text, context = node.filter_expression, node.message_context
    if node.noop or text.filters or text.var.lookups or not _constant(context):
        return node
    name, node.asvar = node.asvar, None
    with override(settings.LANGUAGE_CODE):
        words = SafeString(node.render(Context()))
    return NamedWords(name, words) if name else TextNode(words)


@register.tag
def blocktranslate(parser: Parser, token: Token) -> Node:
    """Read the tag as Django does."""
    node = i18n.do_block_translate(parser, token)
    if not _constant(node.message_context):
        return node
    meaning = str(node.message_context.resolve(Context())) if node.message_context else ""
    with override(settings.LANGUAGE_CODE):
        sentence = Sentence(node, meaning)
    if sentence.names or sentence.number or sentence.extra:
        return sentence
    words = mark_safe(sentence.words % ())  # noqa: S308 - the words are ours
    return NamedWords(sentence.asvar, words) if sentence.asvar else TextNode(words)


def _constant(expression: FilterExpression | None) -> bool:
    return expression is None or not (expression.is_var or expression.filters)


@register.simple_tag
def speaking(language: str = "", shared: bool = False) -> SafeString:
    """Return the attributes `lang` and `dir` for a language; without one the pages' own, or the shared."""
    return languages.attributes(language or (languages.shared() if shared else settings.LANGUAGE_CODE))


@register.simple_tag
def of_pages(around: str) -> SafeString:
    """Return the attributes, after a blank, of what pages themselves say inside a text of that language."""
    if languages.is_of_pages(around):
        return SafeString()
    return SafeString(f" {languages.attributes(settings.LANGUAGE_CODE)}")


@register.filter
def spoken(text: Any, language: str = "") -> Any:
    """Set a text that somebody wrote apart where pages speak another language than its own, or the shared."""
    return languages.spoken(text, language or languages.shared())


@register.filter
def spoken_in(text: Any, course: int | str) -> Any:
    """Set a text apart, as `spoken` does, where a page knows only the id or key of the course it is of."""
    return languages.spoken(text, languages.of_course(course))
