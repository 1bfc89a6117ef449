"""More time in quizzes for those who need it: who, how much, why, until when, and by whom."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from learning.models import Accommodation
from mailing.clock import now


@admin.register(Accommodation)
class AccommodationAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """One line a person. It counts for attempts that begin from then on; those under way keep their end."""

    list_display = ("person", "extra_time_percent", "until", "reason", "shown_giver", "given_at")
    search_fields = ("user__name", "user__email")
    ordering = ("-given_at",)
    autocomplete_fields = ("user",)
    fields = ("user", "extra_time_percent", "reason", "until", "shown_giver", "given_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Whose it is stays; who gave it is noted by itself."""
        return ("user", "shown_giver", "given_at") if obj else ("shown_giver", "given_at")

    def save_model(self, request: HttpRequest, obj: Accommodation, form: Any, change: bool) -> None:
        """Note who gave it, and when."""
        obj.given_by_id, obj.given_at = request.user.pk, now()
        super().save_model(request, obj, form, change)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Accommodation]:
        """Read both people with the rows."""
        rows: QuerySet[Accommodation] = super().get_queryset(request)
        return rows.select_related("user", "given_by")

    @display(description="Learner", header=True)  # type: ignore[untyped-decorator]  # unfold ships no types
    def person(self, given: Accommodation) -> tuple[str, str]:
        """Name and address."""
        return given.user.name or "No name given", str(given.user.email)

    @display(description="Given by")  # type: ignore[untyped-decorator]  # as above
    def shown_giver(self, given: Accommodation) -> str:
        """Who of the staff."""
        return (given.given_by and (given.given_by.name or str(given.given_by.email))) or ""
