"""What stands around a lesson's text: marks, directives to begin with, and lists to pick from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from courses import lesson_drafts, media
from courses.lesson_drafts import Text
from courses.markdown_syntax import slug
from courses.models import Fact, GlossaryTerm, Lesson, MediaAsset, Question
from courses.models.questions import Use

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

SHOWN = 12
"""Entries of a list to pick from; whoever looks for another searches."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A button that marks the words that are selected. `before` and `after` go around them."""

    label: "StrPromise"
    icon: str
    before: str
    after: str = ""
    words: "StrPromise | str" = ""
    """What stands between where nothing is selected."""

    key: str = ""
    """With Ctrl or Cmd."""


TOOLS = (
    Tool(gettext_lazy("Bold"), "format_bold", "**", "**", gettext_lazy("bold words"), "b"),
    Tool(gettext_lazy("Italic"), "format_italic", "*", "*", gettext_lazy("words"), "i"),
    Tool(gettext_lazy("Link"), "link", "[", "](https://)", gettext_lazy("words of the link"), "k"),
    Tool(gettext_lazy("Heading"), "title", "\n\n## ", "\n\n", gettext_lazy("Heading")),
    Tool(gettext_lazy("List"), "format_list_bulleted", "\n\n- ", "\n", gettext_lazy("First")),
    Tool(gettext_lazy("Quote"), "format_quote", "\n\n> ", "\n", gettext_lazy("Words of somebody else")),
)

SNIPPETS: Mapping[str, str] = {
    gettext_noop("Callout"): "::: callout\n**What to remember.** Why it matters.\n:::",
    gettext_noop(
        "Table"
    ): '::: table caption="What gives"\n| Plan | What gives |\n|---|---|\n| A | cost |\n:::',
    gettext_noop("Compare"): (
        '::: compare caption="The same case, judged twice"\n| | Product | Project |\n|---|---|---|\n'
        "| Asked | Is it worth having? | Is it there as agreed? |\n:::"
    ),
    gettext_noop(
        "Steps"
    ): "::: steps\n1. **First do this.** Then say more.\n2. **Then do that.** And why.\n:::",
    gettext_noop("Figure"): (
        "::: figure overlap\ntitle: What both do.\ndescription: Two circles that overlap.\n"
        "product: [one thing]\nboth: [another]\nproject: [a third]\n:::"
    ),
    gettext_noop("Takeaways"): "::: takeaways\n- What stays when the rest is forgotten.\n:::",
}
"""Directives to begin with, by name in English. As they stand they have no fault."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list to pick from: what it is, and what the text then says.

    `{words}` in `insert` stands for the words that are selected, or for `words`.
    """

    title: str
    about: str
    insert: str
    words: str = ""
    picture: media.Shown | None = None


@dataclass(frozen=True, slots=True)
class Picker:
    """A list to pick from, for those who may look at its table."""

    label: "StrPromise"
    model: type[Model]
    find: Callable[[Lesson, str], list[Entry]]


def _facts(lesson: Lesson, query: str) -> list[Entry]:
    rows = Fact.objects.filter(live_version__isnull=False).select_related("source")
    rows = rows.filter(Q(statement__icontains=query) | Q(show__icontains=query) | Q(key__icontains=query))
    return [
        Entry(f"{row.show}: {row.statement}", f"{row.source.title}, {row.as_of}", f"[[fact:{row.key}]]")
        for row in rows[:SHOWN]
    ]


def _terms(lesson: Lesson, query: str) -> list[Entry]:
    rows = GlossaryTerm.objects.filter(live_version__isnull=False)
    rows = rows.filter(Q(name__icontains=query) | Q(key__icontains=query) | Q(meaning__icontains=query))
    found = []
    for row in rows[:SHOWN]:
        words = row.name if row.name[1:2].isupper() else row.name.lower()
        mark = "[{words}]{.term}" if slug(words) == row.key else f"[{{words}}]{{.term key={row.key}}}"
        found.append(Entry(row.name, row.meaning, mark, words))
    return found


def _checks(lesson: Lesson, query: str) -> list[Entry]:
    rows = Question.objects.filter(
        course_id=lesson.course_id, live_version__isnull=False, uses__contains=[Use.CHECK.value]
    ).select_related("module")
    rows = rows.filter(Q(prompt__icontains=query) | Q(key__icontains=query))
    # Those that are about this lesson first.
    ordered = sorted(rows[:200], key=lambda row: row.passage_lesson_id != lesson.pk)
    return [
        Entry(row.prompt, f"{row.type}, {row.module}", f"\n\n::: check {row.key}\n:::\n\n")
        for row in ordered[:SHOWN]
    ]


def _lessons(lesson: Lesson, query: str) -> list[Entry]:
    rows = Lesson.objects.filter(course_id=lesson.course_id, archived_at=None).exclude(pk=lesson.pk)
    rows = rows.filter(Q(title__icontains=query) | Q(key__icontains=query)).select_related("module")
    return [
        Entry(row.title, str(row.module), f"[{{words}}](lesson:{row.key})", row.title) for row in rows[:SHOWN]
    ]


def _pictures(lesson: Lesson, query: str) -> list[Entry]:
    rows = MediaAsset.objects.filter(
        Q(name__icontains=query) | Q(key__icontains=query) | Q(alt__icontains=query)
    )
    # Without words of its own the lesson shows the picture's, also when those are mended later.
    return [
        Entry(row.name, row.alt or _("decorative"), f"\n\n![](media:{row.key})\n\n", picture=media.of(row))
        for row in rows[:SHOWN]
    ]


PICKERS: Mapping[str, Picker] = {
    "fact": Picker(gettext_lazy("Fact"), Fact, _facts),
    "term": Picker(gettext_lazy("Term"), GlossaryTerm, _terms),
    "check": Picker(gettext_lazy("Question"), Question, _checks),
    "lesson": Picker(gettext_lazy("Lesson"), Lesson, _lessons),
    "media": Picker(gettext_lazy("Picture"), MediaAsset, _pictures),
}


def conflict(theirs: Lesson, mine: Text) -> dict[str, Any]:
    """Return what the page shows where a draft was saved elsewhere meanwhile."""
    there = Text.of(theirs)
    return {
        "theirs": there,
        "mine": mine,
        "revision": theirs.revision,
        "saved_at": theirs.updated_at,
        "differences": lesson_drafts.differences_of(there, mine),
    }
