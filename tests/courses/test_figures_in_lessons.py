"""Figures in lessons: faults told where the author is, facts drawn as they are now, no prose, no query."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from courses import figures, lessons, markdown, plain_text, publishing, readability, versions
from courses.content_files.reader import read_folder
from courses.figures.critical_path import times
from courses.markdown_syntax import read
from courses.models import Fact, Lesson
from tests.courses import small
from tests.courses.figure_examples import source
from tests.courses.small import LESSON
from tests.factories import NOW, make_course

TODAY = date(2026, 11, 22)
SHIPPED = Path(__file__).resolve().parents[2] / "content"
PAY = """\
::: figure bars
title: Pay, as one blog tells it
description: One bar.
note: It is an average.
bars:
  - {label: Project managers, side: project, fact: pay}
:::"""


def block(kind: str, old: str = "", new: str = "") -> str:
    """Return the example of a kind as it stands in a lesson."""
    return f"::: figure {kind}\n{source(kind, old, new)}:::"


@pytest.fixture
def lesson(db: None) -> Lesson:
    """A published lesson that begins with a figure of a fact."""
    make_course()
    row = Lesson.objects.get(key="lesson-1")
    row.body = f"{PAY}\n\n{row.body}"
    row.save(update_fields=["body"])
    publishing.publish(row, author=None, now=NOW)
    return row


def shown(today: date = TODAY) -> str:
    """Return the HTML of the first lesson."""
    version = lessons.get_live("two-pms", "lesson-1").live_version
    assert version is not None
    return "".join(part.html for part in lessons.fill(version, today=today).parts)


def test_a_figure_has_its_words_for_everyone_a_caption_and_a_table(lesson: Lesson) -> None:
    page = shown()
    for width in ("wide", "narrow"):
        assert f'<svg class="{width}" viewBox="0 0 ' in page
        assert f'role="img" aria-labelledby="figure-1-{width} figure-1-{width}-text"' in page
        assert f'<title id="figure-1-{width}">Pay, as one blog tells it</title>' in page
        assert f'<desc id="figure-1-{width}-text">One bar.</desc>' in page
    assert "<p><b>Pay, as one blog tells it</b> It is an average.</p>" in page
    assert '<th scope="row">Project managers</th><td>about $93,000, USD per year</td>' in page
    assert "style=" not in page


def test_a_figure_names_date_and_source_and_its_note_follows_it_once(lesson: Lesson) -> None:
    page = shown()
    assert 'href="#fact-pay">About $93,000</a>: average pay of project managers. As of 2025. ' in page
    assert "Source: A guide, A blog." in page
    assert page.count('id="fact-pay"') == 1
    assert page.index("</figure>") < page.index('id="fact-pay"') < page.index("A clinic moves")


def test_a_fact_published_again_is_drawn_again(lesson: Lesson) -> None:
    before = shown()
    fact = Fact.objects.get(key="pay")
    fact.show, fact.value = "about $120,000", fact.value * 4
    fact.save(update_fields=["show", "value"])
    publishing.publish(fact, author=None, now=NOW)
    after = shown()
    assert ("about $93,000</text>" in before, "about $120,000</text>" in after) == (True, True)
    assert "$93,000" not in after
    assert ">100,000</text>" not in before
    assert ">200,000</text>" in after


def test_an_overdue_fact_is_called_so_in_the_figure(lesson: Lesson) -> None:
    assert "Not checked lately" not in shown(date(2027, 3, 15))
    caption = shown(date(2027, 3, 16)).partition("</figcaption>")[0]
    assert "To be looked at again by 15 March 2027" in caption


def test_a_figure_whose_fact_is_gone_leaves_its_title(lesson: Lesson) -> None:
    publishing.archive(Fact.objects.get(key="pay"), now=NOW)
    assert "<p>(figure withdrawn: Pay, as one blog tells it)</p>" in shown()
    assert "<svg" not in shown()


def test_a_figure_costs_no_query(lesson: Lesson, django_assert_num_queries: Any) -> None:
    shown()  # what is live is read once a version
    with django_assert_num_queries(2):
        assert "<svg" in shown()


def test_another_fact_in_a_figure_is_a_major_change_another_title_is_not(lesson: Lesson) -> None:
    live = lesson.live_version
    lesson.body = lesson.body.replace("Pay, as one", "Pay as one")
    assert not versions.is_major(live, versions.snapshot(lesson))
    lesson.body = lesson.body.replace("fact: pay", "fact: bonus")
    assert versions.is_major(live, versions.snapshot(lesson))


def test_the_words_of_figures_are_found_by_searching_and_count_as_no_prose() -> None:
    text = "## One\n\nSome words.\n\n{}\n\nMore words."
    without, within = read(text.format("")), read(text.format(PAY))
    assert within.problems == []
    assert readability.count_words(within) == readability.count_words(without) == 5
    assert readability.flesch(within) == readability.flesch(without)
    assert (
        "Pay, as one blog tells it It is an average."
        in plain_text.sections(text.format(PAY), first="x")[1][2]
    )


@pytest.mark.parametrize("kind", figures.KINDS)
def test_what_stands_in_a_figure_is_not_read_as_markdown(kind: str) -> None:
    document = read(f"a\n\n{block(kind)}\n\nb")
    assert document.problems == []
    assert [token.type for token in document.tokens if token.type != "inline"].count("figure") == 1
    assert len([token for token in document.tokens if token.type == "inline"]) == 2


@pytest.mark.parametrize(
    "payload", ["<img src=x onerror=alert(1)>", "</title><script>alert(1)</script>", "\"'&"]
)
def test_no_word_of_a_figure_becomes_markup(lesson: Lesson, payload: str) -> None:
    lesson.body = PAY.replace("Project managers", payload[:30]).replace("One bar.", payload)
    lesson.body = lesson.body.replace("Pay, as one blog tells it", payload).replace("an average", payload)
    lesson.body = re.sub(r"(title|description|note): (.*)", lambda m: f"{m[1]}: {m[2]!r}", lesson.body)
    lesson.body = re.sub(r"label: (.*), side", lambda m: f"label: {m[1]!r}, side", lesson.body)
    publishing.publish(lesson, author=None, now=NOW)
    page = shown()
    assert "<svg" in page
    assert payload not in page
    assert page.count("<script") == page.count("<img") == 0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            block("raci", "description: What one sees in it.\n", ""),
            "line 4: the field 'description' is missing",
        ),
        (block("raci").replace("figure raci", "figure pie"), "line 3: unknown kind of figure 'pie'"),
        (block("raci").replace("figure raci", "figure"), "line 3: unknown kind of figure ''"),
        ("::: figure raci\n:::", "line 3: figure is empty"),
        ("::: figure raci\ntitle: a: b\n:::", "line 4: no valid YAML"),
        (block("raci").removesuffix(":::"), "line 3: the directive 'figure' is not closed"),
        ("- x\n\n  " + block("raci").replace("\n", "\n  "), "line 5: a figure stands alone"),
        (block("raci", "letters: [AR,", "letters: [R,"), "line 11: exactly one person has the A"),
    ],
)
def test_a_fault_in_a_figure_is_told_with_the_line_of_the_text(text: str, problem: str) -> None:
    problems = [str(found) for found in read(f"a\n\n{text}").problems]
    assert any(found.startswith(problem) for found in problems), problems


def test_a_faulty_figure_is_left_out_of_a_page() -> None:
    html = "".join(part.html for part in markdown.render("a\n\n::: figure raci\nx\n:::\n\nb", lesson_url=str))
    assert html == "<p>a</p>\n<p>b</p>\n"


def test_faults_of_a_file_have_file_and_line(tmp_path: Path) -> None:
    file = small.write(tmp_path / "content") / LESSON
    text = file.read_text(encoding="utf-8")
    end = len(text.splitlines())
    figure = block("bars", "fact: pay", "fact: gone").replace("fact: product-pay", "fact: project-salary")
    file.write_text(f"{text}\n{figure}\n\n{block('raci', 'A title', '2')}\n")
    assert [str(fault) for fault in read_folder(tmp_path / "content").faults] == [
        f"{file}:{end + 7}: unknown fact 'gone'",
        f"{file}:{end + 12}: title must be text; put it in quotes if it looks like something else",
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("description: One bar.\n", "", "Line 2: the field 'description' is missing"),
        ("fact: pay", "fact: bonus", "Line 6: unknown fact 'bonus'"),
        ("side: project", "side: left", "Line 6: side is 'left'"),
    ],
)
def test_an_editor_is_told_the_same(
    lesson: Lesson, client: Client, monkeypatch: pytest.MonkeyPatch, old: str, new: str, problem: str
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    body = lesson.body.replace(old, new)
    url = reverse("admin:courses_lesson_change", args=[lesson.pk])
    form = client.get(url).context["adminform"].form
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    answer = client.post(url, {**data, "body": body})
    assert problem in "; ".join(answer.context["adminform"].form.errors["body"])


def shipped() -> dict[str, list[figures.Figure]]:
    """Return the figures of the shipped lessons by the lesson's key."""
    found: dict[str, list[figures.Figure]] = {}
    for file in sorted(SHIPPED.glob("*/*/*.md")):
        text = file.read_text(encoding="utf-8").split("---\n", 2)[2]
        for segment in markdown.render(text, lesson_url=str):
            if segment.figure:
                found.setdefault(file.stem[3:], []).append(segment.figure)
    return found


def test_every_kind_of_figure_stands_in_the_lesson_that_it_belongs_to() -> None:
    kinds = {key: [figure.kind for figure in found] for key, found in shipped().items()}
    expected = {
        "the-smartphone-case": ["timelines"],
        "what-the-overlap-shows": ["overlap"],
        "what-an-average-hides": ["bars"],
        "get-one-or-not": ["decision-tree"],
        "tools-that-both-use": ["raci"],
        "the-forward-pass": ["critical-path"],
        "the-backward-pass": ["critical-path"],
    }
    assert expected.items() <= kinds.items()
    assert {kind for found in expected.values() for kind in found} == set(figures.KINDS)


def test_the_critical_path_has_the_numbers_of_the_worked_example() -> None:
    file = SHIPPED / "project-toolkit/01-planning/03-the-backward-pass.md"
    worked = re.findall(r"^\| ([A-H] .*?) \|(.*) \|$", file.read_text(encoding="utf-8"), re.MULTILINE)
    forward, backward = shipped()["the-forward-pass"][0], shipped()["the-backward-pass"][0]
    drawn = {
        name: [f"{begins} to {ends}", f"{latest_begin} to {latest_end}", slack]
        for name, _, _, begins, ends, latest_begin, latest_end, slack in backward.table({}).rows
    }
    assert drawn == {name: [cell.strip() for cell in cells.split("|")] for name, cells in worked}
    assert forward.content.tasks == backward.content.tasks
    assert max(at.end for at in times(forward.content.tasks).values()) == 11
