"""Courses, modules and lessons in the admin."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy
from unfold.admin import StackedInline
from unfold.decorators import action

from courses import row_reading, versions
from courses.admin import builder, exchange, kept_forms, kept_pages, lesson_editor
from courses.admin.forms import ObjectiveFormSet
from courses.admin.kept_lists import KeptList
from courses.admin.lesson_editor_form import LessonForm
from courses.admin.versioned import LiveFilter, PlaceFilter, VersionedAdmin
from courses.models import Course, Lesson, Module, Objective
from courses.row_stamps import Parts

LONGEST_ID = 19
"""Digits of a number that may be too large to be an id."""


class ObjectiveInline(StackedInline):  # type: ignore[misc]  # unfold ships no types
    model = Objective
    formset = ObjectiveFormSet
    fields = ("text", "key", "order", "archived_at")
    ordering_field = "order"
    hide_ordering_field = True
    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the class of the rows, made once."""
        make = partial(super().get_formset, request, obj, **kwargs)
        return kept_forms.once(request, make, "objectives", obj is None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Objectives are archived, not deleted: learners' mastery is counted by them."""
        return False


@admin.register(Course)
class CourseAdmin(VersionedAdmin):
    list_display = ("title", "key", "state", "language", "order", "updated_at")
    search_fields = ("title", "key", "summary")
    list_filter = (LiveFilter, "language")
    ordering = ("order", "title")
    fields = ("title", "key", "summary", "language", "order", "certificate")
    actions_list = ("import_package",)
    actions_detail = ("view_as_learner", "export_course")
    change_form_outer_before_template = "admin/courses/builder.html"

    class Media:
        js = (Script("authoring.js", type="module"),)

    def row_parts(self) -> Parts:
        """Watch what an outline is put together from, too."""
        return (*super().row_parts(), "modules", "lessons", "quizzes")

    def get_urls(self) -> list[URLPattern]:
        """Add what the forms of the builder lead to."""
        name = "courses_course_build"
        build = path("<int:object_id>/build/", self.admin_site.admin_view(self.build), name=name)
        return [build, *super().get_urls()]

    def build(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Take a move in the tree, or something to add to it."""
        return builder.change(self, request, object_id)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Add the tree above the form of a course that exists."""
        course = kwargs.get("obj")
        if course is not None:
            context |= builder.context_of(request, course)
        answer: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return answer

    @action(description=gettext_lazy("View as learner"), url_path="view-as-learner")  # type: ignore[untyped-decorator]  # unfold ships no types
    def view_as_learner(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Open the course's public page."""
        course = get_object_or_404(Course, pk=object_id)
        return HttpResponseRedirect(reverse("courses:course", args=[course.key]))

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Say whether somebody may bring in a whole course."""
        return request.user.has_perm("courses.import_package")

    def has_export_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Say whether somebody may take content out."""
        return request.user.has_perm("courses.export_content")

    @action(  # type: ignore[untyped-decorator]  # unfold ships no types
        description=gettext_lazy("Import…"), url_path="import", permissions=["import"]
    )
    def import_package(self, request: HttpRequest) -> HttpResponse:
        """Bring a course in from a package."""
        return exchange.import_package(request)

    @action(  # type: ignore[untyped-decorator]  # unfold ships no types
        description=gettext_lazy("Export…"), url_path="export", permissions=["export"]
    )
    def export_course(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the page that offers the course as files."""
        course = get_object_or_404(Course, pk=object_id)
        return HttpResponseRedirect(f"{reverse('admin:courses_question_export_content')}?of={course.key}")


@admin.register(Module)
class ModuleAdmin(KeptList):
    list_display = ("title", "course", "order", "key")
    list_filter = ("course",)
    list_select_related = ("course",)
    search_fields = ("title", "key")
    ordering = ("course", "order")
    fields = ("course", "title", "key", "order", "archived_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Modules are archived, not deleted."""
        return False


@admin.register(Lesson)
class LessonAdmin(VersionedAdmin):
    form = LessonForm
    list_display = ("title", "module", "order", "state", "open", "updated_at")
    list_select_related = ("course", "module")
    list_filter = (LiveFilter, ("course", PlaceFilter), ("module", PlaceFilter), "open")
    search_fields = ("title", "key", "question", "body")
    ordering = ("course", "module__order", "order")
    autocomplete_fields = ("terms", "sources")
    fieldsets = (
        (None, {"fields": ("title", "question", "body")}),
        (gettext_lazy("Place"), {"fields": (("course", "module"), ("order", "open"), "key")}),
        (gettext_lazy("Words and sources"), {"fields": ("terms", "sources")}),
    )
    inlines = (ObjectiveInline,)
    actions_detail = ("preview", "view_as_learner")
    warn_unsaved_form = False  # the editor's script knows what is saved

    class Media:
        js = (Script("authoring.js", type="module"),)

    def get_urls(self) -> list[URLPattern]:
        """Add what the editor asks for while somebody writes."""
        asked = [
            ("autosave/", lesson_editor.autosave),
            ("look/", lesson_editor.look),
            ("pick/<slug:kind>/", lesson_editor.pick),
        ]
        found = [
            path(
                f"<int:object_id>/{address}",
                self.admin_site.admin_view(view),
                {"model_admin": self},
                name=f"courses_lesson_{view.__name__}",
            )
            for address, view in asked
        ]
        return [*found, *super().get_urls()]

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Draw the editor where content was written since it was drawn last."""
        draw = partial(super().change_view, request, *args, **kwargs)
        return kept_pages.answer(request, draw, without=self.never_shown)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the class of the form, made once."""
        make = partial(super().get_form, request, obj, change, **kwargs)
        fixed = tuple(self.get_readonly_fields(request, obj))
        return kept_forms.once(request, make, "lesson", change, obj is None, fixed)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A lesson that is there moves in the tree of its course, not from here."""
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "course", "module", "order") if obj is not None else fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lesson]:
        """Fetch with each lesson its place and what the editor looks through."""
        queryset: QuerySet[Lesson] = super().get_queryset(request)
        _, around = versions.PARTS[Lesson]
        return queryset.select_related("course", "module").prefetch_related(*around)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Lesson | None:
        """Return the lesson; to be shown, it is read by statements that are kept prepared."""
        shown = request.method == "GET" and from_field is None
        if not (shown and object_id.isascii() and object_id.isdecimal() and len(object_id) < LONGEST_ID):
            found: Lesson | None = super().get_object(request, object_id, from_field)
            return found
        key, (_, around) = int(object_id), versions.PARTS[Lesson]
        return row_reading.of(Lesson, [key], ones=("course", "module"), lists=around).get(key)

    @action(description=gettext_lazy("Preview the draft"), url_path="preview")  # type: ignore[untyped-decorator]  # unfold ships no types
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Open the draft as learners would see it, at an address of its own."""
        return HttpResponseRedirect(reverse("learning:preview_lesson", args=[object_id]))

    @action(description=gettext_lazy("View as learner"), url_path="view-as-learner")  # type: ignore[untyped-decorator]  # unfold ships no types
    def view_as_learner(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Open the live lesson."""
        lesson = get_object_or_404(Lesson.objects.select_related("course"), pk=object_id)
        return HttpResponseRedirect(reverse("learning:lesson", args=[lesson.course.key, lesson.key]))
