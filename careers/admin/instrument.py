"""The fit check in the admin: its words, statements and scenarios, and how they hang together."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, StackedInline

from careers import agreement
from careers.models import Instrument, Item, ItemOption, Scale
from courses.admin.drill import ArchivedAdmin


class ScaleInline(StackedInline):  # type: ignore[misc]  # unfold ships no types
    model = Scale
    extra = 0
    fields = ("name", "good", "dull")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There are two roles."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There are two roles."""
        return False


@admin.register(Instrument)
class InstrumentAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    list_display = ("key",)
    fields = ("key", "answers", "how_it_holds")
    readonly_fields = ("key", "how_it_holds")
    inlines = (ScaleInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """It comes with the content files."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People's answers hang on it."""
        return False

    @admin.display(description=gettext_lazy("How the statements hang together"))
    def how_it_holds(self, instrument: Instrument) -> SafeString:
        """One line a scale from 30 people on, with the statements that do not fit. Nothing about a person."""
        lines = [
            format_html("<li>{}{}</li>", each, _misfits(each.misfits)) for each in agreement.of(instrument)
        ]
        return format_html("<ul>{}</ul>", format_html_join("", "{}", ((line,) for line in lines)))


def _misfits(items: list[Item]) -> SafeString:
    if not items:
        return SafeString("")
    rows = format_html_join("", "<li>{} ({})</li>", ((item.text, item.key) for item in items))
    return format_html("<br>{}<ul>{}</ul>", _("These do not fit the rest of their scale:"), rows)


class OptionInline(StackedInline):  # type: ignore[misc]  # unfold ships no types
    model = ItemOption
    extra = 0
    fields = ("text", ("product", "project"), ("order", "key"))


@admin.register(Item)
class ItemAdmin(ArchivedAdmin):
    list_display = ("text", "kind", "scale", "reverse", "archived_at")
    list_filter = ("kind", "scale", "reverse", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("text", "key")
    ordering = ("kind", "order", "pk")
    fields = ("instrument", "kind", "text", "scale", "reverse", "order", "key", "archived_at")
    inlines = (OptionInline,)
    list_select_related = ("scale",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Freeze what gives an answer its meaning once the item is there: archive it and write another."""
        frozen = ("instrument", "kind", "scale", "reverse") if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *frozen)
