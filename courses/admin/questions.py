"""The item bank and the quizzes in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import StackedInline

from courses.admin.forms import ChoiceFormSet, QuestionForm, QuizForm
from courses.admin.settings_fields import field_names
from courses.admin.versioned import LiveFilter, VersionedAdmin
from courses.models import Choice, Question, Quiz, QuizPool
from courses.question_types import TYPES


class ChoiceInline(StackedInline):  # type: ignore[misc]  # unfold ships no types
    model = Choice
    formset = ChoiceFormSet
    autocomplete_fields = ("misconception",)
    ordering_field = "order"
    hide_ordering_field = True
    extra = 0
    collapsible = True

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """Show of a choice what its type of question knows; all of it while the type is not chosen."""
        if obj is None or obj.type not in TYPES:
            return (("key", "correct", "bucket", "credit"), "text", "feedback", "misconception")
        shape = TYPES[obj.type].SHAPE
        truth = {"correct": "correct", "credit": "credit", "bucket": "bucket", "right": "bucket"}
        row = ("key", truth[shape.truth]) if shape.truth in truth else ("key",)
        return (row, "text", *(("feedback", "misconception") if shape.explains_choices else ()))


class QuizPoolInline(StackedInline):  # type: ignore[misc]  # unfold ships no types
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
    inlines = (ChoiceInline,)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the fields of the question's type; of all types while it is not chosen."""
        shape = TYPES[obj.type].SHAPE if obj is not None and obj.type in TYPES else None
        buckets = ("buckets",) if shape is None or shape.buckets_as else ()
        own = (*buckets, *field_names(obj.type if obj else None))
        return (
            (None, {"fields": ("type", "prompt", *own, "explanation")}),
            (
                "Place",
                {"fields": (("course", "module"), "objective", ("passage_lesson", "passage_heading"), "key")},
            ),
            ("Use", {"fields": ("uses", ("difficulty", "tags"), "misconception", "order")}),
        )

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave the choices out where people write their answer."""
        written = obj is not None and obj.type in TYPES and not TYPES[obj.type].SHAPE.listed_as
        return () if written else self.inlines


@admin.register(Quiz)
class QuizAdmin(VersionedAdmin):
    form = QuizForm
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
