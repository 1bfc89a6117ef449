"""A list's page in two steps: which rows stand on it, then these rows with all that is shown of them.

In one step PostgreSQL joins and sorts thousands of whole rows to keep 25 of them.
"""

from typing import Any

from django.core.paginator import Page, Paginator


class KeysFirst(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Pages of a sorted queryset."""

    def page(self, number: Any) -> Page[Any]:
        """Return a page, whose rows are chosen by their keys alone."""
        page: Page[Any] = super().page(number)
        page.object_list = self.object_list.filter(pk__in=page.object_list.values("pk"))
        return page
