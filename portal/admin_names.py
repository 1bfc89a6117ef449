"""The names of tables and fields in the admin that nobody wrote: Django makes them of the code's own.

“passage heading” of `passage_heading` reads well in English, and is a text like all others: it is in the
catalogue, with a context of its own, and put into words where it is shown.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import override, pgettext_lazy

CONTEXT = "name of a table or field"
MADE: set[str] = set()
"""All of them in English, once `translate` has run."""


def translate() -> None:
    """Make the names translatable, once all tables are registered. Migrations do not notice."""
    with override(None):  # in English: a name may be made of one that is translated already
        for owner, attribute, name in list(_made()):
            MADE.add(name)
            setattr(owner, attribute, pgettext_lazy(CONTEXT, name))


def _made() -> Iterator[tuple[Any, str, str]]:
    """Yield what has a name, the attribute that holds it, and the name."""
    for model in _shown():
        options = model._meta
        if "verbose_name" not in options.original_attrs:
            yield options, "verbose_name", str(options.verbose_name)
        if "verbose_name_plural" not in options.original_attrs:
            yield options, "verbose_name_plural", str(options.verbose_name_plural)
        for field in [*options.local_fields, *options.local_many_to_many]:
            if not isinstance(field.verbose_name, Promise):
                yield field, "verbose_name", field.verbose_name


def _shown() -> set[type[Model]]:
    """Return the tables that have pages in the admin, or a part of another's page."""
    parts = {inline.model for page in admin.site._registry.values() for inline in page.inlines}
    return {*admin.site._registry, *parts}
