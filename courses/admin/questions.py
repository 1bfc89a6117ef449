"""The item bank and the quizzes in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline

from courses.admin.forms import ChoiceFormSet, QuestionForm
from courses.admin.versioned import LiveFilter, VersionedAdmin
from courses.models import Choice, Question, Quiz, QuizPool


class ChoiceInline(StackedInline):  # type: ignore[misc]  # unfold ships no types
    model = Choice
    formset = ChoiceFormSet
    fields = (("key", "correct", "bucket"), "text", "feedback", "misconception")
    autocomplete_fields = ("misconception",)
    ordering_field = "order"
    hide_ordering_field = True
    extra = 0
    collapsible = True


class QuizPoolInline(TabularInline):  # type: ignore[misc]  # unfold ships no types
    model = QuizPool
    fields = ("draw", "objectives", "tags", "difficulty", "order")
    autocomplete_fields = ("objectives",)
    extra = 0


@admin.register(Question)
class QuestionAdmin(VersionedAdmin):
    form = QuestionForm
    list_display = ("prompt", "type", "module", "difficulty", "state", "updated_at")
    list_select_related = ("module",)
    list_filter = (LiveFilter, "type", "difficulty", "course", "module", "objective")
    search_fields = ("prompt", "key", "explanation", "choices__text")
    ordering = ("course", "module__order", "order")
    autocomplete_fields = ("misconception", "objective", "passage_lesson")
    fieldsets = (
        (None, {"fields": ("type", "prompt", "buckets", "explanation")}),
        (
            "Place",
            {"fields": (("course", "module"), "objective", ("passage_lesson", "passage_heading"), "key")},
        ),
        ("Use", {"fields": ("uses", ("difficulty", "tags"), "misconception", "order")}),
    )
    inlines = (ChoiceInline,)


@admin.register(Quiz)
class QuizAdmin(VersionedAdmin):
    list_display = ("title", "course", "key", "pass_mark", "state", "updated_at")
    list_select_related = ("course",)
    list_filter = (LiveFilter, "course", "feedback")
    search_fields = ("title", "key")
    ordering = ("course", "module__order")
    fieldsets = (
        (None, {"fields": ("title", ("course", "module"), "key")}),
        ("Marks", {"fields": (("pass_mark", "feedback"), "time_limit_minutes")}),
        ("Attempts", {"fields": (("attempts_allowed", "delay_hours"),)}),
        ("Asking", {"fields": (("shuffle_questions", "shuffle_choices"), "ask_sureness")}),
    )
    inlines = (QuizPoolInline,)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Offer as module only those of the quiz's own course."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None and "module" in form.base_fields:
            field = form.base_fields["module"]
            field.queryset = field.queryset.filter(course_id=obj.course_id)
        return form
