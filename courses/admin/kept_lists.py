"""What the admin's lists of content share: they are put together from what is kept."""

from functools import partial
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from courses import row_reading
from courses.admin import kept_pages
from courses.admin.kept_rows import KeysFirst
from courses.models import Choice
from courses.row_stamps import Parts, Tables


class KeptList(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """A list of content of this room. `list_select_related` names what its rows are shown with."""

    list_per_page = 20
    also_shown: Tables = ()
    """The tables of other rooms that the list shows: it is drawn anew when these change, too."""

    never_shown: Tables = (Choice,)
    """The tables of this room that may change without the list being drawn anew."""

    names_people = False
    """Whether it shows people: nobody watches what they are called, so the page is not kept as a whole."""

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Draw the list where content was written since it was drawn last."""
        draw = partial(super().changelist_view, request, *args, **kwargs)
        return kept_pages.answer(
            request, draw, also=self.also_shown, without=self.never_shown, whole=not self.names_people
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysFirst]:
        """Return the list whose rows are read and drawn only where they were written since."""
        return KeysFirst

    def row_parts(self) -> Parts:
        """Name what a row of the list is shown with besides itself."""
        return tuple(self.list_select_related or ())

    def read_rows(self, keys: list[int]) -> dict[int, Model]:
        """Return the rows with these keys that are there, with what they are shown with."""
        return row_reading.of(self.model, keys, ones=tuple(self.list_select_related or ()))
