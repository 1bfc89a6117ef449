"""What people can send to the front hall's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


def _days() -> list[tuple[int, str]]:
    return [(n, ngettext("%d day a week", "%d days a week", n) % n) for n in range(1, 8)]


class GoalForm(forms.Form):
    """On how many days a week the learner wants to study."""

    days = forms.TypedChoiceField(
        label=_("Days a week"),
        coerce=int,
        choices=_days,
        error_messages={"invalid_choice": _("Choose a number of days from 1 to 7.")},
    )
