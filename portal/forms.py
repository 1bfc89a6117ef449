"""What people can send to the front hall's pages."""

from django import forms


class GoalForm(forms.Form):
    """On how many days a week the learner wants to study."""

    days = forms.TypedChoiceField(
        label="Days a week",
        coerce=int,
        choices=[(n, f"{n} day a week" if n == 1 else f"{n} days a week") for n in range(1, 8)],
        error_messages={"invalid_choice": "Choose a number of days from 1 to 7."},
    )
