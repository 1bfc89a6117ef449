"""Forms of the editors' pages: what the content files refuse, they refuse in the same words."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from courses import content_checks, markdown_syntax
from courses.admin.settings_fields import TYPE_NAMES, SettingsForm
from courses.content_files import format as files
from courses.models import Objective, Question
from courses.models.questions import ONLY_THE_FINAL, Use
from courses.question_types.shape import Draft


class QuestionForm(SettingsForm):
    """A question's draft."""

    type = forms.ChoiceField(
        label=gettext_lazy("Type"), choices=list(TYPE_NAMES.items()), widget=UnfoldAdminSelectWidget
    )
    uses = forms.MultipleChoiceField(
        label=gettext_lazy("Uses"),
        choices=Use.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What a lesson asks as a check is not asked again for marks."),
    )

    class Meta:
        model = Question
        fields = (
            "type",
            "prompt",
            "buckets",
            "explanation",
            "course",
            "module",
            "objective",
            "passage_lesson",
            "passage_heading",
            "key",
            "uses",
            "difficulty",
            "tags",
            "misconception",
            "order",
        )
        labels = {
            "passage_lesson": gettext_lazy("Taught in"),
            "passage_heading": gettext_lazy("Under the heading"),
        }
        help_texts = {"tags": gettext_lazy("Separated by commas.")}
        widgets = {"tags": UnfoldAdminTextInputWidget}

    def clean(self) -> dict[str, Any]:
        """Refuse parts of another course, and a passage that the lesson does not have."""
        cleaned: dict[str, Any] = super().clean() or {}
        course = cleaned.get("course")
        for name in ("module", "objective", "passage_lesson"):
            part = cleaned.get(name)
            if part and course and part.course_id != course.pk:
                self.add_error(name, _("This belongs to another course."))
        lesson = cleaned.get("passage_lesson")
        if lesson:
            headings = [heading.id for heading in markdown_syntax.read(lesson.body).headings]
            if cleaned.get("passage_heading") not in headings:
                self.add_error(
                    "passage_heading",
                    _("“%(lesson)s” has these headings: %(headings)s.")
                    % {"lesson": lesson, "headings": ", ".join(headings)},
                )
        return cleaned


class QuizForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A quiz's draft."""

    def clean(self) -> dict[str, Any]:
        """Refuse any quiz but the final without a module; Django asks only while the key can be changed."""
        cleaned: dict[str, Any] = super().clean() or {}
        without, final = cleaned.get("module") is None, self.instance.key == files.FINAL
        if "key" not in self.fields and not self.errors and without is not final:
            self.add_error("module", ONLY_THE_FINAL)
        return cleaned


class ObjectiveFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]  # of Objective and Lesson, by the inline
    """The objectives of a lesson; their keys are told apart in the whole course."""

    def get_queryset(self) -> QuerySet[Objective]:
        """Return the lesson's rows, which are read with it where it is looked at."""
        if not hasattr(self, "_queryset") and "objectives" in getattr(
            self.instance, "_prefetched_objects_cache", {}
        ):
            self._queryset = self.instance.objectives.all()
        found: QuerySet[Objective] = super().get_queryset()
        return found

    def clean(self) -> None:
        """Refuse a key that the course has already. The course is no field, so Django does not look."""
        super().clean()
        rows = [form.cleaned_data for form in self.forms if form.is_valid() and form.cleaned_data]
        own = {row["id"].pk for row in rows if row.get("id")}
        others = Objective.objects.filter(course=self.instance.course_id).exclude(pk__in=own)
        keys = [row["key"] for row in rows]
        taken = set(others.filter(key__in=keys).values_list("key", flat=True))
        taken |= {key for key in keys if keys.count(key) > 1}
        if taken:
            raise ValidationError(
                _("The course has an objective with this key already: %(keys)s.")
                % {"keys": ", ".join(sorted(taken))}
            )

    def save_new(self, form: Any, commit: bool = True) -> Any:
        """An objective belongs to its lesson's course."""
        form.instance.course_id = self.instance.course_id
        return super().save_new(form, commit)


class ChoiceFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]  # of Choice and Question, by the inline
    """The choices of a question: as many, as right and in such buckets as its type needs."""

    def clean(self) -> None:
        """Name what is wrong with the choices together. Raises ValidationError."""
        super().clean()
        if any(self.errors):
            return
        rows = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        rows.sort(key=lambda row: row.get("order") or 0)
        # Which of these fields the form has follows from the type of the question.
        choices = tuple(
            files.Choice(
                key=row["key"],
                text=row["text"],
                feedback=row.get("feedback", ""),
                correct=row.get("correct", False),
                bucket=row.get("bucket", ""),
                credit=row.get("credit"),
            )
            for row in rows
        )
        draft = Draft(choices, tuple(self.instance.buckets or ()), self.instance.settings)
        faults = content_checks.shape_faults(type_name=self.instance.type, draft=draft)
        if messages := [fault.message for fault in faults]:
            raise ValidationError(messages)
