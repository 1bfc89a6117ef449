"""What the portal draws of a form itself is what the templates draw, to the letter."""

import datetime
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.urls import reverse_lazy
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from unfold import widgets as unfold

from portal.form_renderer import MADE, FormRenderer

RELATED = "unfold/widgets/related_widget_wrapper.html"
CHOICES = [("", "---"), (1, "One <b>"), ("a", gettext_lazy("Save")), (3, mark_safe("<b>3</b>"))]
DAY = datetime.datetime(2027, 5, 1, 8, 30, tzinfo=datetime.UTC)
VALUES: list[Any] = [None, "", '<a & "b">', mark_safe("<b>&amp;</b>"), 0, 1.5, True, False, ["1", "a"], DAY]
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
    forms.Textarea,
    unfold.UnfoldAdminTextareaWidget,
]
TO_CHOOSE: list[Any] = [forms.Select, forms.SelectMultiple, unfold.UnfoldAdminSelectWidget]


def related(name: str, able: bool) -> dict[str, Any]:
    """Return the context of a field that leads to other rows, for who may do all with them, or nothing."""
    known = {"name": name, "model": gettext_lazy("lesson"), "model_name": "lesson", "is_hidden": False}
    links = {f"{word}_related_url": "/a/?b&c" for word in ("add", "change_template", "delete_template")}
    rights = {f"can_{word}_related": able for word in ("add", "change", "delete", "view")}
    limited: dict[str, Any] = {"model_has_limit_choices_to": {} if able else {"open": True}}
    shown = {"rendered_widget": mark_safe("<select></select>"), "url_params": "_to_field=id&_popup=1"}
    return {**known, **links, **rights, **limited, **shown}


def fields() -> Iterator[forms.Widget]:
    """Yield each widget with each set of attributes."""
    for attrs in ATTRS:
        yield from (made(attrs=dict(attrs)) for made in WIDGETS)
        yield from (made(attrs=dict(attrs), choices=CHOICES) for made in TO_CHOOSE)
    yield from (made(choices=[("Odd", [(1, "One")]), (2, "Two"), (3, 3)]) for made in TO_CHOOSE)
    yield from (forms.DateInput(), forms.TimeInput(), unfold.UnfoldAdminSplitDateTimeWidget())


def labels() -> Iterator[dict[str, Any]]:
    """Yield what labels may say, and how."""
    for attrs in [{}, *ATTRS]:
        for label in ("Name", "a <b> ", mark_safe("<b>x</b>"), gettext_lazy("Save")):
            yield {"label": label, "attrs": attrs, "use_tag": True, "tag": "label"}
            yield {"label": label, "attrs": attrs, "use_tag": False, "tag": "label"}


def contexts() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield template and context of what forms are made of, over all kinds of values."""
    for widget in fields():
        for value in VALUES:
            with suppress(AttributeError, TypeError):  # a widget of dates takes dates
                yield str(widget.template_name), widget.get_context("na<me", value, {"required": True})
    yield from (("django/forms/label.html", label) for label in labels())
    yield from ((RELATED, related(name, able)) for name in ("terms", "0-<terms>") for able in (True, False))
    for errors in ([], ["Too <long>."]):
        for kind in ("ul", "default"):
            said: dict[str, Any] = {"errors": errors, "error_class": "errorlist"}
            yield f"django/forms/errors/list/{kind}.html", said


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
