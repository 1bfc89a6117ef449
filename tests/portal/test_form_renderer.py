"""What the portal draws of a form itself is what the templates draw, to the letter."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.urls import reverse_lazy
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from unfold import widgets as unfold

from portal.form_renderer import MADE, FormRenderer

VALUES: list[Any] = [
    None,
    "",
    "plain",
    '<a & "b">',
    mark_safe("<b>&amp;</b>"),
    0,
    1.5,
    True,
    False,
    ("a", "b"),
]
ATTRS: list[dict[str, Any]] = [
    {},
    {"id": "id_it", "class": "a b", "disabled": True, "hidden": False, "min": 0, "max": None},
    {"placeholder": '<a & "b">', "title": gettext_lazy("Search"), "data-x": mark_safe("a&amp;b"), "<x>": ()},
    {"data-ajax--url": reverse_lazy("admin:autocomplete")},
]
WIDGETS: list[Any] = [
    forms.TextInput,
    forms.NumberInput,
    forms.EmailInput,
    forms.URLInput,
    forms.PasswordInput,
    forms.HiddenInput,
    forms.CheckboxInput,
    unfold.UnfoldAdminTextInputWidget,
    unfold.UnfoldAdminIntegerFieldWidget,
    unfold.UnfoldAdminEmailInputWidget,
    unfold.UnfoldAdminSingleDateWidget,
    unfold.UnfoldAdminSingleTimeWidget,
    unfold.UnfoldBooleanWidget,
    unfold.UnfoldBooleanSwitchWidget,
]


def contexts() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield template and context of what forms are made of, over all kinds of values."""
    for made in WIDGETS:
        for attrs in ATTRS:
            for value in VALUES:
                widget = made(attrs=dict(attrs))
                yield widget.template_name, widget.get_context("na<me", value, {"required": True})
    day = datetime.datetime(2027, 5, 1, 8, 30, tzinfo=datetime.UTC)
    for widget in (forms.DateInput(), forms.TimeInput()):
        yield widget.template_name, widget.get_context("day", day, None)
    for attrs in [{}, *ATTRS]:
        for label in ("Name", "a <b> ", mark_safe("<b>x</b>"), gettext_lazy("Save")):
            for use_tag in (True, False):
                said: dict[str, Any] = {"label": label, "attrs": attrs, "use_tag": use_tag, "tag": "label"}
                yield "django/forms/label.html", said
    for errors in ([], ["Too <long>."]):
        said = {"errors": errors, "error_class": "errorlist"}
        yield "django/forms/errors/list/ul.html", said
        yield "django/forms/errors/list/default.html", said


def test_each_part_is_what_its_template_makes() -> None:
    ours, theirs, seen = FormRenderer(), DjangoTemplates(), set()
    for template, context in contexts():
        assert ours.render(template, dict(context)) == theirs.render(template, dict(context)), template
        seen.add(template)
    assert seen >= MADE.keys() - {"django/forms/widgets/input.html"}


@pytest.mark.parametrize("beside", ["prefix", "prefix_icon", "suffix", "suffix_icon"])
def test_what_stands_beside_a_text_is_left_to_the_template(beside: str) -> None:
    widget = unfold.UnfoldAdminTextInputWidget({beside: "€"})
    assert "€" in widget.render("price", "1", renderer=FormRenderer())


class TwoFields(forms.Form):
    name = forms.CharField(label="Your <name>", help_text="As on your door.")
    agreed = forms.BooleanField(required=False)


def test_a_form_is_drawn_alike_with_and_without_errors() -> None:
    for data in (None, {"name": '"'}, {}):
        first, second = (TwoFields(data, renderer=each()) for each in (FormRenderer, DjangoTemplates))
        assert str(first) == str(second)


def test_every_form_is_drawn_so() -> None:
    assert isinstance(TwoFields().renderer, FormRenderer)
