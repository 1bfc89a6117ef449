"""A list's page in two steps: which rows stand on it, then these rows with all that is shown of them.

In one step PostgreSQL joins and sorts thousands of whole rows to keep 25 of them; and so it does with one
query in the other, since it does not reorder more than eight tables.
"""

from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet


class KeysFirst(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Pages of a sorted queryset."""

    def page(self, number: Any) -> Page[Any]:
        """Return a page, whose rows are chosen by their keys alone."""
        page: Page[Any] = super().page(number)
        whole, chosen = cast(QuerySet[Any], self.object_list), cast(QuerySet[Any], page.object_list)
        page.object_list = whole.filter(pk__in=list(chosen.values_list("pk", flat=True)))
        return page
