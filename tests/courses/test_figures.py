"""Kinds of figures: read with every fault in its line, drawn inside their frame, every text escaped."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from courses import figures
from courses.figures import canvas, critical_path, raci
from courses.figures.critical_path import Task
from tests.courses.figure_examples import EXAMPLES, FRAME, NUMBERS, figure, number, source

STYLES = Path(__file__).resolve().parents[2] / "static/css/components/figures.css"
MARKS = {
    "rect": {"class", "x", "y", "width", "height", "rx"},
    "line": {"class", "x1", "y1", "x2", "y2"},
    "path": {"class", "d"},
    "circle": {"class", "cx", "cy", "r"},
    "text": {"class", "x", "y", "text-anchor"},
}
SIZES = {"small": canvas.SMALL, "head": canvas.HEAD}
WORDS = ("a", "of", "risk", "plan", "people", "meeting", "developers", "stakeholders", "communication")
SLACK = 2.5
"""What letters may reach beyond the frame: it is not cut off there."""


def elements(drawing: figures.Drawing) -> Iterator[ElementTree.Element]:
    """Yield the marks of a drawing, read as XML."""
    # The markup is this test's own: nothing in it was written by a stranger.
    yield from ElementTree.fromstring(f"<svg>{drawing.markup}</svg>")  # noqa: S314


def words_of(drawn: figures.Figure) -> str:
    """Return all words of a figure's drawings and table."""
    found = [each.text or "" for drawing in drawn.drawings(NUMBERS).values() for each in elements(drawing)]
    return " ".join([*found, *(cell for row in drawn.table(NUMBERS).rows for cell in row)])


def outside(drawing: figures.Drawing) -> list[str]:
    """Return the words and boxes that reach beyond the frame."""
    found = []
    for each in elements(drawing):
        if each.tag == "rect":
            x, width, y = float(each.get("x", 0)), float(each.get("width", 0)), float(each.get("y", 0))
            y_end = y + float(each.get("height", 0))
        elif each.tag == "text":
            kinds = each.get("class", "").split()
            size = next((SIZES[kind] for kind in kinds if kind in SIZES), canvas.TEXT)
            width = canvas.length(each.text or "", size, bold="strong" in kinds or "head" in kinds)
            back = {"middle": width / 2, "end": width}.get(each.get("text-anchor", ""), 0)
            x, y_end = float(each.get("x", 0)) - back, float(each.get("y", 0))
            y = y_end - size
        else:
            continue
        if x < -SLACK or x + width > drawing.width + SLACK or y < -SLACK or y_end > drawing.height:
            found.append(f"{each.tag} {each.text} {x:.0f} to {x + width:.0f}, {y:.0f} to {y_end:.0f}")
    return found


@pytest.mark.parametrize("kind", figures.KINDS)
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_a_drawing_holds_marks_with_classes_of_the_stylesheet_and_nothing_else(kind: str, width: str) -> None:
    styled = set(re.findall(r"\.([a-z][a-z-]*)", STYLES.read_text(encoding="utf-8")))
    for each in elements(figure(kind).drawings(NUMBERS)[width]):
        assert set(each.keys()) <= MARKS[each.tag]
        neutral = {"neither", "letter-r", "letter-c", "letter-i"}
        assert set(each.get("class", "").split()) <= styled | neutral
        assert each.tag == "text" or each.get("class")


@pytest.mark.parametrize("kind", figures.KINDS)
def test_an_example_stays_inside_both_frames(kind: str) -> None:
    for drawing in figure(kind).drawings(NUMBERS).values():
        assert outside(drawing) == []


@pytest.mark.parametrize("kind", figures.KINDS)
def test_the_drawing_and_the_table_hold_the_words_of_the_data(kind: str) -> None:
    said = re.sub(r"\s+", " ", words_of(figure(kind)))
    table = figure(kind).table(NUMBERS)
    assert all(len(row) == len(table.head) for row in table.rows)
    for words in {
        "overlap": ("Strategy", "Listening", "Quality"),
        "timelines": ("On sale", "Making the phone", "In use", "16: heat", "Months"),
        "bars": ("Product managers", "about 93000", "USD per year", "the country", "Little."),
        "decision-tree": ("1. Do the adverts ask for it?", "Yes", "Get it.", "I do", "Leave it."),
        "raci": ("Dora", "developers", "The next step", "answers for it and does it"),
        "critical-path": ("A Permit", "B Bands, slack 3", "critical: A, C, D; 7 weeks in all"),
    }[kind]:
        assert words in said


def free_texts(node: Any, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Yield where in the data an author's own words stand."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(value, dict | list):
            yield from free_texts(value, (*path, key))
        elif isinstance(value, str) and key not in ("key", "side", "fact") and path[-1:] != ("after",):
            yield (*path, key)


def put(content: Any, path: tuple[object, ...], words: str) -> None:
    """Replace one value of the data."""
    for step in path[:-1]:
        content = content[step]
    content[path[-1]] = words


@pytest.mark.parametrize("kind", figures.KINDS)
@given(st.text(alphabet="<>&\"'abc/= \u2029\ue000", min_size=1, max_size=9), st.data())
def test_whatever_an_author_writes_stays_text(kind: str, words: str, data: st.DataObject) -> None:
    content = yaml.safe_load(source(kind))
    put(content, data.draw(st.sampled_from(list(free_texts(content)))), words)
    drawn = figures.read(kind, yaml.safe_dump(content), line=1).figure
    assume(drawn is not None)
    assert drawn is not None
    for drawing in drawn.drawings(NUMBERS).values():
        for each in elements(drawing):
            assert set(each.keys()) <= MARKS[each.tag]


def accept(kind: str, content: object, path: tuple[object, ...], words: list[str]) -> None:
    """Put as many of the words in a place of the data as the kind accepts, at least one."""
    for count in range(len(words), 0, -1):
        put(content, path, " ".join(words[:count]) + ("?" if path[-1] == "ask" else ""))
        if figures.read(kind, yaml.safe_dump(content), line=1).figure:
            return
    put(content, path, "x?")


@pytest.mark.parametrize("kind", figures.KINDS)
@settings(max_examples=20, deadline=None)
@given(st.data())
def test_words_of_any_length_that_is_accepted_stay_inside_the_frame(kind: str, data: st.DataObject) -> None:
    content = yaml.safe_load(source(kind))
    some_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=15)
    for path in free_texts(content):
        if "letters" not in path:
            accept(kind, content, path, data.draw(some_words))
    drawn = figures.read(kind, yaml.safe_dump(content), line=1).figure
    assert drawn is not None
    for drawing in drawn.drawings(NUMBERS).values():
        assert outside(drawing) == []


@pytest.mark.parametrize(
    ("kind", "old", "new", "problem"),
    [
        ("overlap", "title: A title\n", "", (10, "the field 'title' is missing")),
        ("overlap", "description: What one sees in it.\n", "", (10, "the field 'description' is missing")),
        ("overlap", "A title", "''", (10, "title is empty")),
        ("overlap", "A title", "A\n  b: c", (11, "no valid YAML: mapping values are not allowed")),
        ("overlap", "title: A title", "titel: A title", (10, "unknown field 'titel'")),
        ("overlap", "Listening", "Leadership without orders", (13, "is too long for a circle on a phone")),
        ("overlap", "[Listening]", "[a, b, c, d, e, f]", (13, "both holds 1 to 5 entries, not 6")),
        ("timelines", "to: 14", "to: 61", (19, "to must be a whole number from 1 to 60")),
        ("timelines", "from: 55, to: 60", "from: 55, to: 55", (20, "to must lie after from")),
        ("timelines", "side: product", "side: client", (22, "side is 'client'; it must be one of product")),
        ("bars", "fact: pay", "fact: Pay", (14, "fact must be a key")),
        ("bars", ", fact: pay", "", (14, "the field 'fact' is missing")),
        ("decision-tree", "Who pays?", "You pay", (15, "ask is a question and ends with a question mark")),
        ("decision-tree", "They do", "yes", (16, "answer must be text; put it in quotes")),
        ("raci", "[AR, C, none]", "[AR, A, none]", (17, "exactly one person has the A in each row")),
        ("raci", "[AR, C, none]", "[R, C, none]", (17, "exactly one person has the A in each row")),
        ("raci", "[AR, C, none]", "[AR, C]", (17, "letters holds 3 entries, one for each person")),
        ("raci", "[AR, C, none]", "[AR, X, C]", (17, "letters are made of A, R, C, I, or the word none")),
        (
            "critical-path",
            "after: [A]",
            "after: [D]",
            (17, "waits for 'D', and no task above it"),
        ),
        ("critical-path", "{key: B", "{key: A", (16, "two tasks have the key 'A'")),
        ("critical-path", "time: 4", "time: 0", (15, "time must be a whole number from 1 to 60")),
        ("critical-path", "time: 4", "time: 30", (14, "a time of 1 in 33 is too short to be seen")),
        ("critical-path", "time: 4", "time: four", (15, "time must be a whole number from 1 to 60")),
    ],
)
def test_a_fault_in_the_data_is_told_with_its_line(
    kind: str, old: str, new: str, problem: tuple[int, str]
) -> None:
    reading = figures.read(kind, source(kind, old, new), line=10)
    assert reading.figure is None
    line, words = problem
    assert any(at == line and words in message for at, message in reading.problems), reading.problems


def test_an_unknown_kind_an_empty_figure_and_what_is_no_mapping_are_refused() -> None:
    assert figures.read("pie", "title: x", line=4).problems == [
        (3, f"unknown kind of figure 'pie'; known are {', '.join(figures.KINDS)}")
    ]
    assert figures.read("raci", " \n", line=4).problems == [(3, "figure is empty")]
    refusal = (4, "here must stand fields, each as `name: value`")
    assert refusal in figures.read("raci", "- x", line=4).problems


def test_facts_are_found_with_their_lines() -> None:
    reading = figures.read("bars", source("bars"), line=10)
    assert reading.facts == [("product-pay", 13), ("pay", 14)]
    assert figure("bars").facts == ("product-pay", "pay")


def test_a_bar_is_as_long_as_its_fact() -> None:
    drawing = figure("bars").drawings(NUMBERS)["wide"]
    widths = [float(each.get("width", 0)) for each in elements(drawing) if each.tag == "rect"]
    product, project = widths[:2]
    assert product / project == pytest.approx(122 / 93, rel=0.01)


@pytest.mark.parametrize(
    "changed", [number("pay", unit="EUR per year"), number("pay", -1), None], ids=["unit", "below 0", "gone"]
)
def test_bars_of_two_units_or_below_zero_or_without_their_fact_are_not_drawn(
    changed: figures.Number | None,
) -> None:
    numbers = {"product-pay": NUMBERS["product-pay"]} | ({"pay": changed} if changed else {})
    with pytest.raises(figures.Undrawable):
        figure("bars").drawings(numbers)


@given(st.lists(st.decimals(0, 10**9, places=2), min_size=2, max_size=2), st.sampled_from(WORDS))
def test_bars_of_any_size_stay_inside_the_frame(values: list[object], words: str) -> None:
    keys = ("product-pay", "pay")
    numbers = {
        key: number(key, str(value), show=f"about {value} {words}")
        for key, value in zip(keys, values, strict=True)
    }
    for drawing in figure("bars").drawings(numbers).values():
        assert outside(drawing) == []


def test_facts_of_one_source_and_date_share_their_origin() -> None:
    late = number("late", stale=True)
    other = number("other", source="A census")
    first, second = figures.origins([NUMBERS["pay"], other, late])
    assert [each.key for each in first.numbers] == ["pay", "late"]
    assert (first.stale, second.stale) == (True, False)


@st.composite
def networks(draw: st.DrawFn) -> list[Task]:
    """Return tasks, each waiting for some of those above it."""
    tasks: list[Task] = []
    for place in range(draw(st.integers(1, 9))):
        above = [task.key for task in tasks]
        after = draw(st.lists(st.sampled_from(above), unique=True)) if above else []
        tasks.append(Task(str(place), "x", draw(st.integers(1, 9)), tuple(after)))
    return tasks


def longest_chain(task: Task, tasks: dict[str, Task]) -> int:
    """Return how long the longest chain up to and with a task is: straight from the definition."""
    return task.time + max((longest_chain(tasks[key], tasks) for key in task.after), default=0)


@given(networks())
def test_times_follow_from_the_longest_chains(tasks: list[Task]) -> None:
    by_key = {task.key: task for task in tasks}
    at = critical_path.times(tasks)
    last = max(longest_chain(task, by_key) for task in tasks)
    assert max(each.end for each in at.values()) == last
    for task in tasks:
        times = at[task.key]
        assert times.end == longest_chain(task, by_key)
        assert times.end - times.begin == times.latest_end - times.latest_begin == task.time
        behind = [at[other.key].latest_begin for other in tasks if task.key in other.after]
        assert times.latest_end == min(behind, default=last)
        assert times.slack >= 0
    assert any(not at[task.key].slack and not task.after for task in tasks)


@given(networks())
def test_bars_of_a_critical_path_are_seen_and_stay_inside_the_frame(tasks: list[Task]) -> None:
    lines = "\n".join(
        f"  - {{key: '{task.key}', name: x, time: {task.time}, after: {[*task.after]}}}" for task in tasks
    )
    reading = figures.read("critical-path", f"{FRAME}unit: days\nslack: true\ntasks:\n{lines}\n", line=1)
    assume(reading.figure is not None)
    assert reading.figure is not None
    for drawing in reading.figure.drawings({}).values():
        assert outside(drawing) == []
        bars = [each for each in elements(drawing) if each.tag == "rect" and "task" in each.get("class", "")]
        assert min(float(bar.get("width", 0)) for bar in bars) >= 8


def test_the_letters_of_a_raci_table_are_told_by_form_too() -> None:
    drawing = figure("raci").drawings({})["wide"]
    kinds = {each.get("class") for each in elements(drawing) if each.tag == "rect"}
    assert kinds == {f"badge-{letter.lower()}" for letter in raci.LETTERS}


def test_every_example_is_of_a_kind_and_every_kind_has_one() -> None:
    assert set(EXAMPLES) == set(figures.KINDS)
