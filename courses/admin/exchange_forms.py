"""What editors fill in to bring questions and courses in and out."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanWidget

from courses.exchange.limits import MEGABYTE, MOST_UPLOADED
from courses.models import Objective


class FileForm(forms.Form):
    """A file, and whether what is here already follows it."""

    file = forms.FileField(
        label=gettext_lazy("File"), required=False, max_length=200, widget=UnfoldAdminFileFieldWidget
    )
    change = forms.BooleanField(
        label=gettext_lazy("Also change drafts that are here already and differ"),
        required=False,
        widget=UnfoldBooleanWidget,
    )

    def clean_file(self) -> Any:
        """Refuse by its size what would not be read."""
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > MOST_UPLOADED:
            raise ValidationError(
                _("The file is larger than %(most)s MB.") % {"most": MOST_UPLOADED // MEGABYTE}
            )
        return file


class QuestionsForm(FileForm):
    """A file with questions, and where those go for which it names no place."""

    objective = forms.ModelChoiceField(
        queryset=Objective.objects.none(),
        label=gettext_lazy("Objective"),
        help_text=gettext_lazy("For questions whose file names no objective of the same course."),
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ("file", "objective", "change")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Objective.objects.filter(archived_at__isnull=True, lesson__archived_at__isnull=True)
        found = found.select_related("course", "lesson__module").order_by(
            "course", "lesson__module__order", "lesson__order", "order"
        )
        field = self.fields["objective"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = found
        groups: dict[str, list[tuple[Any, str]]] = {}
        for objective in found:
            words = f"{objective.lesson.title}: {objective.text}"
            groups.setdefault(objective.course.title, []).append((objective.pk, words[:120]))
        field.choices = [("", _("Choose one")), *groups.items()]
