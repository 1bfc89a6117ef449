"""Markdown: what authors may write, what is told to them line by line, and what never reaches a reader."""

from html.parser import HTMLParser

import pytest
from django.urls import resolve
from hypothesis import given
from hypothesis import strategies as st

from courses.markdown import inline, render
from courses.markdown_syntax import PAGES, read, read_inline
from tests.courses.payloads import CONTEXTS, PAYLOADS

TAGS = {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "h2", "h3", "h4"),
    *("a", "span", "div", "table", "caption", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"href", "rel", "id", "start", "role", "scope", "data-side", "class"}
CLASSES = {"product-word", "project-word", "both-word", "callout", "takeaways", "columns", "compare", "steps"}


class Inspector(HTMLParser):
    """Reads HTML as a browser would and objects to whatever a lesson may not hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Object to tags, attributes, classes and addresses that are not on the list."""
        assert tag in TAGS, tag
        for name, value in attrs:
            assert name in ATTRIBUTES, (tag, name)
            if name == "href":
                assert (value or "").startswith(("https://", "/learn/two-pms/", "#")), value
                assert not {"\\", ".."} & set((value or "").split("/")), value
            if name == "class":
                assert set((value or "").split()) <= CLASSES, value
            if name == "id":
                assert value not in ("main", "announcements")
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Object to a tag that closes something of the page around it."""
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        """Object to comments: old parsers disagree about where they end."""
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        """Object to declarations."""
        raise AssertionError(data)


def lesson(source: str) -> str:
    """Return a lesson's HTML, with a mark where something is filled in."""
    segments = render(source, lesson_url=lambda key: f"/learn/two-pms/{key}/")
    return "".join(
        segment.html if segment.kind in ("html", "term") else f"({segment.kind})" for segment in segments
    )


def inspect(html: str) -> None:
    """Fail unless the HTML holds only what lessons may hold, and closes what it opens."""
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    assert inspector.open == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_an_author_writes_runs_loads_or_asks_htmx(payload: str) -> None:
    for context in CONTEXTS:
        inspect(lesson(context.format(payload)))
    inspect(inline(payload))


def test_there_are_enough_payloads() -> None:
    assert len(PAYLOADS) > 170


@given(st.text(alphabet=st.sampled_from("<>\"'`:{}[]()#.*|-=/ \nabchx&;!\\\ue000\ue001"), max_size=80))
def test_no_text_whatever_breaks_out(source: str) -> None:
    inspect(lesson(source))
    inspect(inline(source))


def test_a_lesson_becomes_segments_in_the_order_of_the_text() -> None:
    source = "A [[fact:pay]].\n\n::: check one\n:::\n\nThe [boss]{.term key=sponsor}."
    segments = render(source, lesson_url=lambda key: key)
    assert [(segment.kind, segment.key) for segment in segments if segment.kind != "html"] == [
        ("fact", "pay"),
        ("note", "pay"),
        ("check", "one"),
        ("term", "sponsor"),
    ]


def test_a_figure_named_twice_is_explained_once_below_the_paragraph_that_names_it_first() -> None:
    html = lesson("A [[fact:pay]] and [[fact:pay]].\n\nB [[fact:pay]].")
    assert html == "<p>A (fact) and (fact).</p>\n(note)<p>B (fact).</p>\n"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("[a]{.product} [b]{.both}", '<span class="product-word">a</span> <span class="both-word">b</span>'),
        ('He said "go".', "He said “go”."),
        ("## Listen for the end", '<h2 id="listen-for-the-end">Listen for the end</h2>'),
        ("## Listen {#ear}", '<h2 id="ear">Listen</h2>'),
        ("[x](lesson:a-b#c)", '<a href="/learn/two-pms/a-b/#c" rel="noopener noreferrer">x</a>'),
        ("[x](page:fit)", '<a href="/fit/" rel="noopener noreferrer">x</a>'),
        ("[x](https://example.org/)", '<a href="https://example.org/" rel="noopener noreferrer">x</a>'),
        ("::: callout\nx\n:::", '<div class="callout"><p>x</p>\n</div>'),
        ("::: takeaways\n- x\n:::", '<div class="takeaways"><h2>Key takeaways</h2>'),
        (
            '::: compare caption="C"\n| | Product | Project |\n|---|---|---|\n| A | b | c |\n:::',
            '<th scope="row">A</th>\n<td data-side="Product">b</td>\n<td data-side="Project">c</td>',
        ),
        ('::: table caption="C"\n| K | V |\n|---|---|\n| A | b |\n:::', "<caption>C</caption>"),
        (
            "::: steps\n1. **Ask.** Then wait.\n2. **Tell.**\n   Say it.\n:::",
            '<div class="steps"><ol role="list">\n<li><strong>Ask.</strong> Then wait.</li>\n',
        ),
        ("::: nope\nx\n:::", "<div><p>x</p>\n</div>"),
    ],
)
def test_what_authors_may_write(source: str, html: str) -> None:
    assert html in lesson(source)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("x\n\n::: stairs\n1\n:::", "line 3: unknown directive 'stairs'"),
        ("x\n\n::: steps\n1\n:::", "line 3: steps holds exactly one numbered list"),
        ("::: steps\n- **A.** b\n:::", "line 1: steps holds exactly one numbered list"),
        ("::: steps\n1. **A.** b\n\nc\n:::", "line 1: steps holds exactly one numbered list"),
        ("::: steps\n:::", "line 1: steps holds exactly one numbered list"),
        ("::: steps now\n1. **A.** b\n:::", "line 1: steps takes no arguments, but has 'now'"),
        ("::: steps\n3. **A.** b\n:::", "line 2: steps are numbered from 1"),
        ("::: steps\n1. **A.** b\n2. c\n:::", "line 3: a step begins with its title in bold"),
        ("::: steps\n1. a **B.** c\n:::", "line 2: a step begins with its title in bold"),
        ("::: steps\n1. **A.** b\n2. **C.**\n:::", "line 3: a step has a text after its title"),
        ("::: callout\nx", "line 1: the directive 'callout' is not closed"),
        ("::: check\n:::", "line 1: check names one question by its key"),
        ("- a\n\n  ::: check one\n  :::", "line 3: check 'one' stands alone"),
        ("::: table\n| a |\n|---|\n| b |\n:::", "line 1: table needs a caption"),
        ('::: table caption="C"\nx\n:::', "line 1: table holds exactly one table"),
        (
            '::: compare caption="C"\n| a | b |\n|---|---|\n| 1 | 2 |\n:::',
            "line 1: compare has three columns",
        ),
        ("x\n\n| a |\n|---|\n| b |", "line 3: a table stands inside"),
        ("# Title", "line 1: the title is the only heading"),
        ("## A\n\n## A", "line 3: two headings have the id"),
        ("## Main", "line 1: the heading id 'main' is taken by the page"),
        ("x\ny [z](#gone)", "line 2: no heading has the id 'gone'"),
        ("x\ny [z](http://example.org)", "line 2: the link 'http://example.org' is neither"),
        ("a\nb [c]{.colour}", "line 2: unknown mark 'colour'"),
        ("[c]{.product onclick=x}", "line 1: unknown attribute 'onclick'"),
        ("a\n<b>c</b>", "line 2: HTML is not read"),
        ("a [[figure:x]]", "line 1: double square brackets name a fact"),
        ("::: takeaways\n:::", "line 1: takeaways is empty"),
    ],
)
def test_a_fault_is_told_with_its_line(source: str, problem: str) -> None:
    assert any(str(found).startswith(problem) for found in read(source).problems), read(source).problems


@pytest.mark.parametrize(
    "step",
    [
        "1. **A.** b",
        "1. **A.**\n   b",
        "1. **A.**\n\n   b\n\n   c",
        "1. **A.** b\n   - **c**",
        "1. **_A_ b.** c",
    ],
)
def test_a_step_has_a_title_and_a_text_of_one_or_more_paragraphs(step: str) -> None:
    assert read(f"::: steps\n{step}\n2. **Z.** z\n:::").problems == []


def test_a_page_that_a_lesson_leads_to_is_one_of_the_portals() -> None:
    assert [str(problem) for problem in read("[x](page:moon) [y](page:fit)").problems] == [
        f"line 1: unknown page 'moon'; known are {', '.join(PAGES)}"
    ]
    assert all(resolve(address).view_name for address in PAGES.values())


def test_a_prompt_names_neither_facts_nor_lessons() -> None:
    assert read_inline("A *good* [project]{.project}?").problems == []
    assert [str(problem) for problem in read_inline("[[fact:pay]] [x](lesson:y)").problems] == [
        "line 1: fact 'pay' can be named in a lesson's text only",
        "line 1: lesson 'y' can be named in a lesson's text only",
    ]
