"""Figures and steps in a real browser: whole on the smallest phone, in both themes, on paper, by keys."""

from decimal import Decimal

import pytest

from courses import figures, publishing
from courses.models import Fact, Lesson
from tests.browser.conftest import Arrive
from tests.browser.visitor import DESKTOP, Visitor
from tests.courses.figure_examples import source
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db(transaction=True)

SMALL = {"width": 320, "height": 640}
STEPS = "::: steps\n1. **Ask.** Then wait.\n2. **Tell.** Then listen.\n:::"
CUT_OFF = """
svgs => svgs.flatMap(svg => [...svg.querySelectorAll("text")].filter(text => {
  const box = text.getBBox(), frame = svg.viewBox.baseVal;
  const room = [box.x, box.y, frame.width - box.x - box.width, frame.height - box.y - box.height];
  return Math.min(...room) < -3;
}).map(text => text.textContent))
"""
SMALLEST = """
svgs => Math.min(...svgs.flatMap(svg => {
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  return [...svg.querySelectorAll("text")].map(text => parseFloat(getComputedStyle(text).fontSize) * scale);
}))
"""


@pytest.fixture
def visitor(arrive: Arrive) -> Visitor:
    """Somebody who reads a lesson with a figure of each kind."""
    make_course()
    pay = Fact.objects.get(key="pay")
    pay.pk, pay.key, pay.live_version = None, "product-pay", None
    pay.value, pay.show = Decimal(122_000), "about $122,000"
    pay.save(force_insert=True)
    publishing.publish(pay, author=None, now=NOW)
    lesson = Lesson.objects.get(key="lesson-1")
    sources = {kind: source(kind, "A title", f"A title of {kind}") for kind in figures.KINDS}
    blocks = [f"::: figure {kind}\n{text}:::" for kind, text in sources.items()]
    lesson.body = "\n\n".join([lesson.body, *blocks, STEPS])
    lesson.save(update_fields=["body"])
    publishing.publish(lesson, author=None, now=NOW)
    reader = arrive(viewport=SMALL)
    reader.go("/learn/two-pms/lesson-1/")
    return reader


def drawn(visitor: Visitor, width: str) -> int:
    """Return how many figures show their drawing of that width, none of whose words may be cut off."""
    shown = visitor.page.locator(f".diagram > svg.{width}:visible")
    assert shown.evaluate_all(CUT_OFF) == []
    return shown.count()


def test_figures_are_whole_and_legible_on_the_smallest_phone(visitor: Visitor) -> None:
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == SMALL["width"]
    assert (drawn(visitor, "narrow"), drawn(visitor, "wide")) == (len(figures.KINDS), 0)
    assert visitor.page.locator(".diagram > svg.narrow").evaluate_all(SMALLEST) >= 11.5
    for summary in visitor.page.locator(".diagram summary").all():
        summary.press("Enter")
    assert visitor.page.locator(".diagram table:visible").count() == len(figures.KINDS)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == SMALL["width"]
    visitor.barriers("figures on a phone")


def test_figures_take_the_room_of_a_desktop_and_of_paper(visitor: Visitor) -> None:
    visitor.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]  # a TypedDict by its keys
    assert (drawn(visitor, "wide"), drawn(visitor, "narrow")) == (len(figures.KINDS), 0)
    visitor.barriers("figures on a desktop")
    visitor.page.emulate_media(media="print")
    assert drawn(visitor, "wide") == len(figures.KINDS)
    assert visitor.page.locator(".diagram summary:visible").count() == 0


def test_every_figure_has_a_name_and_a_description_and_steps_are_a_list(visitor: Visitor) -> None:
    images = visitor.page.locator(".diagram").get_by_role("img", name="A title", exact=False)
    assert images.count() == len(figures.KINDS)
    assert visitor.page.locator(".steps").get_by_role("list").get_by_role("listitem").count() == 2
