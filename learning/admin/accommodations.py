"""More time in quizzes for those who need it."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from learning.models import Accommodation


@admin.register(Accommodation)
class AccommodationAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    list_display = ("user", "extra_time_percent")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    autocomplete_fields = ("user",)
