"""The item bank and the quizzes in the admin."""

from functools import cache
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Upper
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import smart_split, unescape_string_literal
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.admin import StackedInline
from unfold.decorators import action, display

from courses import bank, row_stamps
from courses.admin import exchange, kept_pages
from courses.admin.bank_forms import TogetherForm
from courses.admin.forms import ChoiceFormSet, QuestionForm, QuizForm
from courses.admin.publish_page import author_of, change_address
from courses.admin.settings_fields import TYPE_NAMES, field_names
from courses.admin.versioned import LiveFilter, PlaceFilter, VersionedAdmin
from courses.models import Choice, Objective, Question, Quiz, QuizPool
from courses.models.questions import Use
from courses.question_types import TYPES
from mailing.clock import now


class ChoiceInline(StackedInline):  # type: ignore[misc]  # unfold ships no types
    model = Choice
    formset = ChoiceFormSet
    autocomplete_fields = ("misconception",)
    ordering_field = "order"
    hide_ordering_field = True
    extra = 0

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


class TypeFilter(admin.SimpleListFilter):
    """Narrow the bank to a type."""

    title = gettext_lazy("type")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the types."""
        return [(name, str(words)) for name, words in TYPE_NAMES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        """Apply the choice."""
        return queryset.filter(type=self.value()) if self.value() else queryset


class TagFilter(admin.SimpleListFilter):
    """Narrow the bank to what carries a tag."""

    title = gettext_lazy("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name every tag there is."""
        tags = kept_pages.part(request, "tags", bank.tags, of=(row_stamps.TAGS,))
        return [(tag, tag) for tag in tags]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        """Apply the choice."""
        return queryset.filter(tags__contains=[self.value()]) if self.value() else queryset


class ObjectiveFilter(admin.SimpleListFilter):
    """Narrow the bank to an objective, once it is narrowed to a module: a course has hundreds."""

    title = gettext_lazy("objective")
    parameter_name = "objective"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the objectives of the module that is chosen."""
        module = request.GET.get("module__id__exact", "")
        if not (module.isascii() and module.isdecimal() and len(module) < 19):
            return []
        found = Objective.objects.filter(lesson__module=int(module))
        return [(str(pk), text) for pk, text in found.values_list("pk", "text")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        """Apply the choice, where it is one."""
        chosen = self.value()
        known = {str(key) for key, _ in self.lookup_choices}
        return queryset.filter(objective=int(chosen)) if chosen and chosen in known else queryset


class UseFilter(admin.SimpleListFilter):
    """Narrow the bank to what may appear somewhere."""

    title = gettext_lazy("use")
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Name the uses."""
        return list(Use.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        """Apply the choice."""
        return queryset.filter(uses__contains=[self.value()]) if self.value() else queryset


@cache
def _called(type_name: str, language: str | None) -> str:
    return str(TYPE_NAMES.get(type_name, type_name))


@admin.register(Question)
class QuestionAdmin(VersionedAdmin):
    form = QuestionForm
    list_display = ("prompt", "type_name", "module", "difficulty", "state", "updated_at")
    list_select_related = ("module",)
    never_shown = ()
    list_filter = (
        LiveFilter,
        TypeFilter,
        "difficulty",
        TagFilter,
        UseFilter,
        ("course", PlaceFilter),
        ("module", PlaceFilter),
        ObjectiveFilter,
    )
    actions = (*VersionedAdmin.actions, "edit_together", "duplicate", "export_selected")
    actions_list = ("import_questions", "export_content")
    actions_detail = ("try_it",)
    search_fields = ("search_text",)
    ordering = ("course", "module__order", "order")
    autocomplete_fields = ("misconception", "objective", "passage_lesson")
    inlines = (ChoiceInline,)

    @display(description=gettext_lazy("Type"), ordering="type")  # type: ignore[untyped-decorator]  # unfold ships no types
    def type_name(self, question: Question) -> str:
        """Return what editors call its type."""
        return _called(question.type, get_language())

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the fields of the question's type; of all types while it is not chosen."""
        shape = TYPES[obj.type].SHAPE if obj is not None and obj.type in TYPES else None
        buckets = ("buckets",) if shape is None or shape.buckets_as else ()
        own = (*buckets, *field_names(obj.type if obj else None))
        return (
            (None, {"fields": ("type", "prompt", *own, "explanation")}),
            (
                _("Place"),
                {"fields": (("course", "module"), "objective", ("passage_lesson", "passage_heading"), "key")},
            ),
            (_("Use"), {"fields": ("uses", ("difficulty", "tags"), "misconception", "order")}),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Question], search_term: str
    ) -> tuple[QuerySet[Question], bool]:
        """Find questions that hold each word, and those of which a choice holds all as it stands."""
        words = [
            unescape_string_literal(word) if len(word) > 1 and word[0] == word[-1] in "\"'" else word
            for word in smart_split(search_term)
        ]
        if not words:
            return queryset, False
        own = Q(*(Q(search_text__contains=Upper(Value(word))) for word in words))
        asked = Choice.objects.filter(search_text__contains=Upper(Value(search_term)))
        # By a list of their questions: joined, all rows would be told apart.
        return queryset.filter(own | Q(pk__in=asked.values("question"))), False

    @action(description=gettext_lazy("Try it"), url_path="try")  # type: ignore[untyped-decorator]  # unfold ships no types
    def try_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Open the draft as learners would be asked it."""
        return HttpResponseRedirect(reverse("learning:try_question", args=[object_id]))

    @admin.action(description=gettext_lazy("Tags and difficulty…"), permissions=["change"])
    def edit_together(self, request: HttpRequest, queryset: QuerySet[Question]) -> HttpResponse | None:
        """Ask what to change, then change the drafts of the chosen questions."""
        form = TogetherForm(request.POST if "together" in request.POST else None)
        if form.is_valid():
            author = author_of(request)
            changed = bank.edit_together(queryset, author=author, now=now(), **form.cleaned_data)
            messages.success(
                request,
                _("Drafts changed: %(count)s. Publish them when they are right.") % {"count": changed},
            )
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Tags and difficulty"),
            "opts": self.model._meta,
            "form": form,
            "questions": list(queryset),
            "checkbox": ACTION_CHECKBOX_NAME,
            "all": "select_across" in request.POST and request.POST["select_across"] == "1",
        }
        return TemplateResponse(request, "admin/courses/edit_together.html", context)

    @admin.action(description=gettext_lazy("Duplicate"), permissions=["add"])
    def duplicate(self, request: HttpRequest, queryset: QuerySet[Question]) -> HttpResponse | None:
        """Make a draft with the same content of each; of one alone, open it."""
        copies = [bank.duplicate(row, author=author_of(request), now=now()) for row in queryset[:50]]
        messages.success(
            request,
            _("Copied: %(count)s. The copies are drafts with keys of their own.") % {"count": len(copies)},
        )
        return HttpResponseRedirect(change_address(copies[0])) if len(copies) == 1 else None

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Say whether somebody may bring questions in."""
        return request.user.has_perm("courses.import_questions")

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Say whether somebody may take content out."""
        return request.user.has_perm("courses.export_content")

    @action(  # type: ignore[untyped-decorator]  # unfold ships no types
        description=gettext_lazy("Import…"), url_path="import", permissions=["import"]
    )
    def import_questions(self, request: HttpRequest) -> HttpResponse:
        """Bring questions in from a file."""
        return exchange.import_questions(request)

    @action(  # type: ignore[untyped-decorator]  # unfold ships no types
        description=gettext_lazy("Export…"), url_path="export", permissions=["export"]
    )
    def export_content(self, request: HttpRequest) -> HttpResponse:
        """Offer a course and its questions as files."""
        return exchange.export_content(request)

    @admin.action(description=gettext_lazy("Export…"), permissions=["export"])
    def export_selected(self, request: HttpRequest, queryset: QuerySet[Question]) -> HttpResponse | None:
        """Offer the chosen questions as files."""
        return exchange.export_selected(request, queryset)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave the choices out where people write their answer."""
        written = obj is not None and obj.type in TYPES and not TYPES[obj.type].SHAPE.listed_as
        return () if written else self.inlines


@admin.register(Quiz)
class QuizAdmin(VersionedAdmin):
    form = QuizForm
    list_display = ("title", "course", "key", "pass_mark", "state", "updated_at")
    list_select_related = ("course",)
    list_filter = (LiveFilter, ("course", PlaceFilter), "feedback")
    search_fields = ("title", "key")
    ordering = ("course", "module__order")
    fieldsets = (
        (None, {"fields": ("title", ("course", "module"), "key")}),
        (gettext_lazy("Marks"), {"fields": (("pass_mark", "feedback"), "time_limit_minutes")}),
        (gettext_lazy("Attempts"), {"fields": (("attempts_allowed", "delay_hours"),)}),
        (gettext_lazy("Asking"), {"fields": (("shuffle_questions", "shuffle_choices"), "ask_sureness")}),
    )
    inlines = (QuizPoolInline,)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Offer as module only those of the quiz's own course."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None and "module" in form.base_fields:
            field = form.base_fields["module"]
            field.queryset = field.queryset.filter(course_id=obj.course_id)
        return form
