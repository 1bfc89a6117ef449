"""How numbers read: a minus sign where programs put a hyphen, commas between thousands on pages."""

import pytest
from django.template.loader import render_to_string

from courses.impact import Impact
from courses.numbers import minus
from learning import regrade
from learning.models import AttemptQuestion


@pytest.mark.parametrize(
    ("number", "reads"),
    [(-1, "−1"), ("-0.25", "−0.25"), ("-1,200", "−1,200"), (3, "3"), ("a-1", "a-1"), ("-", "-"), ("", "")],  # noqa: RUF001  the sign is what is tested
)
def test_a_negative_number_has_a_minus_sign_and_other_texts_stay(number: object, reads: str) -> None:
    assert minus(number) == reads


def test_what_publishing_does_to_thousands_is_told_in_grouped_digits() -> None:
    impact = Impact(1234, 2345, 3456, 4567)
    impact.sections.update({1: 5678, 2: 1000})
    page = render_to_string("admin/courses/impact.html", {"impact": impact})
    assert "nobody's progress changes, 1,234 people inside." in page
    assert "6,678 completed lessons stay done" in page
    assert "5,678 with 1 new section, 1,000 with 2 new sections." in page
    for said in ("2,345 open attempts", "3,456 answers handed in", "4,567 certificates"):
        assert said in page


def test_what_a_regrade_does_to_thousands_is_told_in_grouped_digits() -> None:
    change = regrade.Change(AttemptQuestion(), None, None)
    impact = regrade.Impact([change] * 1500, 2500, 3500)
    page = render_to_string("admin/learning/regrade.html", {"impacts": [("Q", impact)]})
    assert "1,500 attempts to grade again" in page
    assert "3,500 cannot be" in page
    assert "2,500 open" in page
