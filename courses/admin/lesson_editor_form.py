"""The form of a lesson's draft: what the content files refuse, it refuses in the same words."""

from copy import copy
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextareaWidget

from courses import drafts, lesson_drafts, lesson_findings, markdown_syntax
from courses.admin import lesson_editor_tools as tools
from courses.lesson_drafts import NewerDraft, Text
from courses.models import Lesson


class MarkdownEditor(UnfoldAdminTextareaWidget):  # type: ignore[misc]  # unfold ships no types
    """The text of a lesson with its tools, its preview and what to mend. Without a script: a field."""

    form: "LessonForm"

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the field; around it what a lesson that is there already has."""
        field = super().render(name, value, attrs, renderer)
        lesson = self.form.instance
        if lesson.pk is None:
            return render_to_string("admin/courses/lesson_first.html", {"field": field})
        shown = copy(lesson)
        shown.body = value or ""
        context = {
            "field": field,
            "lesson": lesson,
            "revision": self.form["revision"].value(),
            "tools": tools.TOOLS,
            "pickers": tools.PICKERS,
            "snippets": tools.SNIPPETS,
            "findings": lesson_findings.of(shown, today=localdate()),
            "conflict": self.form.conflict,
            "frame_url": reverse("learning:preview_frame", args=[lesson.pk]),
            "urls": {
                part: reverse(f"admin:courses_lesson_{part}", args=[lesson.pk])
                for part in ("autosave", "look")
            },
        }
        return render_to_string("admin/courses/lesson_editor.html", context)


class _Known:
    """Rows that were read with a lesson, for a field that asks a queryset for those that are chosen."""

    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows

    def using(self, alias: str) -> "_Known":
        """Return the same."""
        return self

    def filter(self, **chosen: object) -> list[Any]:
        """Return all: they are those that are chosen."""
        return self.rows


class LessonForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A lesson's draft, its Markdown checked by the rules of the content files."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    class Meta:
        model = Lesson
        fields = ("title", "question", "body", "course", "module", "order", "open", "key", "terms", "sources")
        widgets = {"body": MarkdownEditor(attrs={"rows": 28, "spellcheck": "true"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflict: dict[str, Any] | None = None
        self.initial["revision"] = self.instance.revision
        for name, rows in getattr(self.instance, "_prefetched_objects_cache", {}).items():
            if name in self.fields and not self.is_bound:
                self.fields[name].widget.choices.queryset = _Known(list(rows))
        if "body" in self.fields:  # who may only look has it as text
            widget = self.fields["body"].widget
            assert isinstance(widget, MarkdownEditor)  # noqa: S101 - Meta says so
            widget.form = self

    def clean(self) -> dict[str, Any]:
        """Refuse a module of another course, and name each problem of the text with its line."""
        cleaned: dict[str, Any] = super().clean() or {}
        module, course = cleaned.get("module"), cleaned.get("course")
        if module and course and module.course_id != course.pk:
            self.add_error("module", _("This module belongs to another course."))
        if self.errors:
            return cleaned
        said = _("Line %(line)s: %(message)s")
        for problem in self._problems(cleaned["body"]):
            self.add_error("body", said % {"line": problem.line, "message": problem.message})
        if self.instance.pk is not None and not self.errors:
            self._hold(cleaned)
        return cleaned

    def _problems(self, body: str) -> list[markdown_syntax.Problem]:
        if self.instance.pk is None:
            return markdown_syntax.read(body).problems
        self.instance.body = body
        return [problem for problem in drafts.problems(self.instance) if problem.line]

    def _hold(self, cleaned: dict[str, Any]) -> None:
        """Take the next revision; where somebody saved meanwhile, show both texts, and write neither."""
        mine = Text(cleaned["title"], cleaned["question"], cleaned["body"])
        given = cleaned.get("revision") or 0
        try:
            self.instance.revision = lesson_drafts.next_revision(
                lesson_id=self.instance.pk, revision=given, text=mine
            )
        except NewerDraft as newer:
            self.conflict = tools.conflict(newer.lesson, mine)
            self.add_error(
                None, _("Not saved: this draft was saved elsewhere meanwhile. Both texts stand below.")
            )
            # Saving once more is a decision: whoever presses has both texts before them.
            data = cast(QueryDict, self.data).copy()
            data["revision"] = str(newer.lesson.revision)
            self.data = data
