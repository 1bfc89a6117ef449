"""What editors fill in to change many questions at once."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from courses.models.questions import Difficulty
from courses.models.versions import KEY

LONGEST_TAG = 40


class TogetherForm(forms.Form):
    """What changes in many questions at once."""

    add = forms.CharField(
        required=False,
        label=gettext_lazy("Add tags"),
        help_text=gettext_lazy("Separated by commas."),
        widget=UnfoldAdminTextInputWidget,
    )
    remove = forms.CharField(
        required=False,
        label=gettext_lazy("Remove tags"),
        help_text=gettext_lazy("Separated by commas."),
        widget=UnfoldAdminTextInputWidget,
    )
    difficulty = forms.ChoiceField(
        choices=[("", gettext_lazy("As it is")), *Difficulty.choices],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    def clean_add(self) -> list[str]:
        """Return tags in the form in which files have them."""
        return _tags(self.cleaned_data["add"])

    def clean_remove(self) -> list[str]:
        """Return tags, whatever form they have."""
        return [tag.strip() for tag in self.cleaned_data["remove"].split(",") if tag.strip()]

    def clean(self) -> dict[str, Any]:
        """Ask for something to do."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            raise ValidationError(_("Say what to change."))
        return cleaned


def _tags(text: str) -> list[str]:
    tags = [tag.strip() for tag in text.split(",") if tag.strip()]
    for tag in tags:
        if len(tag) > LONGEST_TAG:
            raise ValidationError(
                _("“%(tag)s” is longer than %(most)s characters.") % {"tag": tag, "most": LONGEST_TAG}
            )
        KEY(tag)
    return tags
