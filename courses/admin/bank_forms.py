"""What editors fill in to change many questions at once."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from courses.models.questions import Difficulty
from courses.models.versions import KEY

LONGEST_TAG = 40


class TogetherForm(forms.Form):
    """What changes in many questions at once."""

    add = forms.CharField(
        required=False, label="Add tags", help_text="Separated by commas.", widget=UnfoldAdminTextInputWidget
    )
    remove = forms.CharField(
        required=False,
        label="Remove tags",
        help_text="Separated by commas.",
        widget=UnfoldAdminTextInputWidget,
    )
    difficulty = forms.ChoiceField(
        choices=[("", "As it is"), *Difficulty.choices], required=False, widget=UnfoldAdminSelectWidget
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
            raise ValidationError("Say what to change.")
        return cleaned


def _tags(text: str) -> list[str]:
    tags = [tag.strip() for tag in text.split(",") if tag.strip()]
    for tag in tags:
        if len(tag) > LONGEST_TAG:
            raise ValidationError(f"“{tag}” is longer than {LONGEST_TAG} characters.")
        KEY(tag)
    return tags
