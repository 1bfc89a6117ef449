"""The rows of a list as they were drawn last: of those that were not written since, none is read or drawn.

A list that follows a change differs from the one before in a row or two. What a row shows is kept in the
process under the stamp of all rows that it is put together from, for everyone who sees it alike.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from types import MethodType
from typing import Any, Protocol

from django.contrib.admin.views.main import PAGE_VAR
from django.core.cache import caches
from django.db.models import Count, Model, QuerySet, Window
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from unfold.views import ChangeList

from courses import row_stamps, versions
from courses.admin import kept_pages


class ReadsRows(Protocol):
    """What a list must know of its rows."""

    def row_parts(self) -> row_stamps.Parts:
        """Name what a row is shown with besides itself."""

    def read_rows(self, keys: list[int]) -> Mapping[int, Model]:
        """Return the rows with these keys that are there, with what they are shown with."""


class KeptRows:
    """The rows on a page of a list: their keys are known, they themselves are read where needed."""

    def __init__(self, model: type[Model], keys: list[int], admin: ReadsRows) -> None:
        self.model, self.keys, self.admin = model, keys, admin

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Model]:
        found = self.admin.read_rows(self.keys)
        return iter([found[key] for key in self.keys if key in found])

    def drawn(self, draw: Callable[[Model], str], *, columns: object) -> list[str]:
        """Return what `draw` makes of each row. `columns`: all that it depends on besides, in JSON."""
        kept = caches["admin_rows"]
        seen = versions.digest([self.model._meta.label, columns, *_seen_by()])
        stamps = row_stamps.of_rows(self.model, self.keys, self.admin.row_parts())
        names = {key: f"{seen} {key} {stamp}" for key, stamp in stamps.items()}
        texts = {key: kept.get(name) for key, name in names.items()}
        missing = [key for key, text in texts.items() if text is None]
        for key, row in self.admin.read_rows(missing).items() if missing else ():
            texts[key] = draw(row)
            kept.set(names[key], texts[key])
        return [text for key in self.keys if (text := texts.get(key)) is not None]


class KeysFirst(ChangeList):  # type: ignore[misc]  # unfold ships no types
    """A list that is found in two steps: which rows stand on a page, then these rows, where they are needed.

    In one step PostgreSQL joins and sorts thousands of whole rows to keep a few of them. Whoever turns to
    another page is likely to turn once more: then the keys of all pages are kept.
    """

    def get_query_string(
        self, new_params: Mapping[str, Any] | None = None, remove: Sequence[str] | None = None
    ) -> str:
        """Return the address of the list with other parameters, and without those that begin like some.

        A page has dozens of such links. Django makes each of all parameters, we of what these read like.
        """
        gone = tuple(remove or ())
        read = {name: text for name, text in self._read_like.items() if not name.startswith(gone)}
        for name, value in (new_params or {}).items():
            read[name] = _reads_like(name, tuple(value) if isinstance(value, list) else value)
        return "?" + "&".join([text for _, text in sorted(read.items()) if text])

    @cached_property
    def _read_like(self) -> dict[str, str]:
        given: dict[str, list[str]] = self.filter_params
        return {name: urlencode({name: value}, doseq=True) for name, value in given.items()}

    def get_results(self, request: HttpRequest) -> None:
        """Find the page's rows by their keys alone, and in the same look how many there are in all."""
        rows, everything = self.queryset, self.root_queryset
        size, label = self.list_per_page, self.model._meta.label
        total = kept_pages.part(request, f"number of {label}", everything.count, of=(self.model,))
        _counted(everything, total)
        if self.page_num != 1 or self.show_all:
            name = f"keys of {label} {self.get_query_string(remove=[PAGE_VAR])} {_seen_by()}"
            keys = kept_pages.part(request, name, lambda: list(rows.values_list("pk", flat=True)))
            _counted(rows, len(keys))
        elif rows.query.where:
            found = list(rows.values_list("pk", Window(Count("pk")))[:size])
            keys = [key for key, _ in found]
            _counted(rows, found[0][1] if found else 0)
        else:
            keys = list(rows.values_list("pk", flat=True)[:size])
            _counted(rows, total)
        super().get_results(request)
        if self.multi_page and not (self.show_all and self.can_show_all):
            keys = keys[(self.page_num - 1) * size : self.page_num * size]
        self.result_list = KeptRows(self.model, keys, self.model_admin)


@lru_cache(maxsize=2048)
def _reads_like(name: str, value: Any) -> str:
    return urlencode({name: value}, doseq=True) if value is not None else ""


def _counted(rows: QuerySet[Any], number: int) -> None:
    """Let rows know how many they are, so that nobody counts them again."""
    rows.count = MethodType(lambda rows: number, rows)  # type: ignore[method-assign]


def _seen_by() -> list[str]:
    """Return what the same row is written differently for."""
    return [timezone.get_current_timezone_name(), get_language() or "", str(timezone.localdate())]
