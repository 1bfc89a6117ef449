"""Parts of pages that many people see alike: made once, and kept while the process lives."""

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template import Context, defaulttags
from django.template.base import Parser, Token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def kept_each(name: str, things: Iterable[Hashable], language: str = "") -> SafeString:
    """Return a template for each of some things that never change; it knows each as `it`, and `language`."""
    return mark_safe("".join([_kept(name, thing, language) for thing in things]))  # noqa: S308 - templates escaped it


def _made(name: str, thing: Hashable, language: str) -> SafeString:
    return render_to_string(name, {"it": thing, "language": language})


_kept: Callable[[str, Hashable, str], SafeString] = (
    _made if settings.DEBUG else lru_cache(maxsize=4096)(_made)
)


class KeptURLNode(defaulttags.URLNode):
    """Django's {% url %}, which looks the same few addresses up again and again."""

    def render(self, context: Context) -> str:
        """Return the address, or set it as a variable."""
        if self.asvar or self.kwargs:
            return super().render(context)
        match = getattr(context.get("request"), "resolver_match", None)
        args = tuple([arg.resolve(context) for arg in self.args])
        url = _reversed(
            settings.ROOT_URLCONF, self.view_name.resolve(context), args, getattr(match, "namespace", None)
        )
        return conditional_escape(url) if context.autoescape else url


@lru_cache(maxsize=4096)
def _reversed(urls: str, name: str, args: tuple[Any, ...], app: str | None) -> str:
    return reverse(name, args=args, current_app=app)


@register.tag
def url(parser: Parser, token: Token) -> KeptURLNode:
    """Read the tag as Django does."""
    node = defaulttags.url(parser, token)
    return KeptURLNode(node.view_name, node.args, node.kwargs, node.asvar)
