"""The rows of a list as they were drawn last: of those that were not written since, none is fetched or drawn.

A list that follows a change differs from the one before in a row or two. What a row shows is kept in the
process under the stamp of all rows that it is put together from, for everyone who sees it alike.
"""

from collections.abc import Callable, Iterator
from types import MethodType
from typing import Any, cast

from django.core.cache import caches
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from unfold.views import ChangeList

from courses import row_stamps, versions


class KeptRows:
    """The rows on a page of a list: their keys are known, they themselves are fetched where needed."""

    def __init__(self, rows: QuerySet[Any], keys: list[Any], parts: row_stamps.Parts) -> None:
        self.rows, self.keys, self.parts = rows, keys, parts

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Model]:
        found = self._fetched(self.keys)
        return iter([found[key] for key in self.keys if key in found])

    def drawn(self, draw: Callable[[Model], str], *, columns: object) -> list[str]:
        """Return what `draw` makes of each row. `columns`: all that it depends on besides, in JSON."""
        model, kept = self.rows.model, caches["admin_rows"]
        seen = versions.digest([model._meta.label, columns, *_seen_by()])
        stamps = row_stamps.of_rows(model, self.keys, self.parts)
        names = {key: f"{seen} {key} {stamp}" for key, stamp in stamps.items()}
        texts = {key: kept.get(name) for key, name in names.items()}
        for key, row in self._fetched([key for key, text in texts.items() if text is None]).items():
            texts[key] = draw(row)
            kept.set(names[key], texts[key])
        return [text for key in self.keys if (text := texts.get(key)) is not None]

    def _fetched(self, keys: list[Any]) -> dict[Any, Any]:
        return {row.pk: row for row in self.rows.filter(pk__in=keys).order_by()} if keys else {}


class KeysFirst(ChangeList):  # type: ignore[misc]  # unfold ships no types
    """A list that is found in two steps: which rows stand on a page, then these rows, where they are needed.

    In one step PostgreSQL joins and sorts thousands of whole rows to keep 25 of them.
    """

    def get_results(self, request: HttpRequest) -> None:
        """Find the page's rows by their keys alone."""
        if not self.queryset.query.where:  # nothing is narrowed: what is counted twice is the same
            total = self.queryset.count()
            self.queryset.count = self.root_queryset.count = MethodType(lambda rows: total, self.queryset)
        super().get_results(request)
        found: QuerySet[Any] = cast(Any, self).result_list
        keys = list(found.values_list("pk", flat=True))
        # Joined here: Django leaves list_select_related out where rows are joined already.
        rows = versions.with_state(self.root_queryset).select_related(*(self.list_select_related or ()))
        self.result_list = KeptRows(rows, keys, self.model_admin.row_parts())


def _seen_by() -> list[str]:
    """Return what the same row is written differently for."""
    return [timezone.get_current_timezone_name(), get_language() or "", str(timezone.localdate())]
