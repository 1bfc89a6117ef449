"""One figure of each kind, as an author writes it; `more` is what an example has besides its words."""

from datetime import date
from decimal import Decimal

from courses import figures

FRAME = """\
title: A title
description: What one sees in it.
"""

EXAMPLES = {
    "overlap": """\
product: [Strategy, Business sense]
both: [Listening]
project: [Plans, Risk, Quality]
""",
    "timelines": """\
unit: months
until: 60
mark: {at: 14, label: On sale}
lanes:
  - name: Projects
    side: project
    spans:
      - {from: 0, to: 14, label: Making the phone}
      - {from: 55, to: 60, label: A last update}
  - name: The phone
    side: product
    spans:
      - {from: 14, to: 60, label: In use}
    moments:
      - {at: 16, label: heat}
      - {at: 58, label: price falls}
""",
    "bars": """\
bars:
  - {label: Product managers, side: product, fact: product-pay}
  - {label: Project managers, side: project, fact: pay}
not_stated: [the country, the year]
""",
    "decision-tree": """\
questions:
  - ask: Do the adverts ask for it?
    then: Get it.
  - ask: Who pays?
    answer: They do
    then: Take it.
    otherwise: I do
end: Leave it.
""",
    "raci": """\
people:
  - {name: Dora, role: product, side: product}
  - {name: Kofi, role: project, side: project}
  - {name: Wen, role: developers}
rows:
  - {result: The next step, letters: [AR, C, none]}
  - {result: The plan, letters: [I, A, R]}
""",
    "critical-path": """\
unit: weeks
slack: true
tasks:
  - {key: A, name: Permit, time: 4}
  - {key: B, name: Bands, time: 3}
  - {key: C, name: Plan, time: 2, after: [A]}
  - {key: D, name: Programme, time: 1, after: [B, C]}
""",
}


def source(kind: str, old: str = "", new: str = "") -> str:
    """Return the example of a kind, with some words replaced by others."""
    text = FRAME + EXAMPLES[kind]
    assert old in text, old
    return text.replace(old, new, 1) if old else text


def figure(kind: str, old: str = "", new: str = "") -> figures.Figure:
    """Return the figure of an example."""
    reading = figures.read(kind, source(kind, old, new), line=1)
    assert reading.figure is not None, reading.problems
    return reading.figure


def number(key: str, value: int | str = 93_000, unit: str = "USD per year", **more: object) -> figures.Number:
    """Return a fact."""
    values: dict[str, object] = {
        "show": f"about {value}",
        "statement": "average pay",
        "source": "A guide, A blog",
        "as_of": "2025",
        "as_of_note": "",
        "bears": "Little.",
        "review_by": date(2027, 3, 15),
        "stale": False,
    }
    return figures.Number(key=key, value=Decimal(value), unit=unit, **{**values, **more})  # type: ignore[arg-type]  # by name


NUMBERS = {"pay": number("pay"), "product-pay": number("product-pay", 122_000)}
