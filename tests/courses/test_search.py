"""The search finds what is live, by stems, beginnings and slips of the pen, and shows no more than it may."""

from typing import Any

import pytest
from django.core.management import call_command

from courses import publishing, search, search_index
from courses.models import Course, GlossaryTerm, Lesson, Question, SearchEntry, SearchWord, Version
from courses.search import Findings
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    return make_course()


def find(words: str, *, guest: bool = False) -> Findings:
    return search.find(words, met=search.Met(), guest=guest)


def keys(words: str, **who: bool) -> list[str]:
    return [found.key for found in find(words, **who).found]


def rewrite(key: str, body: str, **fields: Any) -> Lesson:
    """Publish a lesson with other words."""
    lesson = Lesson.objects.get(key=key)
    lesson.body = body
    for name, value in fields.items():
        setattr(lesson, name, value)
    lesson.save()
    publishing.publish(lesson, author=None, now=NOW)
    return lesson


def test_a_lesson_is_found_by_its_text_and_shown_where_the_words_stand(course: Course) -> None:
    rewrite(
        "lesson-1", "A beginning.\n\n## The budget\n\nOne sponsor **pays** for all the bricks of the tower."
    )
    (found,) = find("bricks tower").found
    assert (found.kind, found.key, found.course_key) == ("lesson", "lesson-1", "two-pms")
    assert (found.heading, found.heading_id) == ("The budget", "the-budget")
    assert found.snippet_html == "One sponsor pays for all the <mark>bricks</mark> of the <mark>tower</mark>."


def test_words_are_found_in_other_forms(course: Course) -> None:
    rewrite("lesson-1", "She prioritises the riskiest stories.")
    assert keys("prioritising story") == ["lesson-1"]


def test_a_last_word_may_be_a_beginning(course: Course) -> None:
    rewrite("lesson-1", "Prototypes are thrown away.")
    assert keys("proto") == ["lesson-1"]
    assert keys("pr") == []


@pytest.mark.parametrize("slip", ["sponsr", "spnosor", "sponzor", "sponsoor"])
def test_a_slip_of_the_pen_still_finds_the_word(course: Course, slip: str) -> None:
    findings = find(slip)
    assert ("term", "sponsor") in [(found.kind, found.key) for found in findings.found]
    assert findings.instead == {slip: ["sponsor"]}
    assert "<mark>Sponsor</mark>" in [str(found.title_html) for found in findings.found]


def test_a_right_word_is_not_taken_for_a_slip(course: Course) -> None:
    assert find("sponsor").instead == {}
    assert find("sponsors").instead == {}


@pytest.mark.parametrize("words", ["cafe", "café", "CAFÉ", "Cafe\u0301"])
def test_accents_and_capitals_do_not_matter(course: Course, words: str) -> None:
    rewrite("lesson-1", "They meet in a café.")
    (found,) = find(words).found
    assert found.snippet_html == "They meet in a <mark>café</mark>."


def test_each_course_is_searched_by_the_stems_of_its_language(course: Course) -> None:
    Course.objects.update(language="de-AT")
    rewrite("lesson-1", "Häuser werden gebaut.")
    assert keys("haus bauen") == []
    assert keys("gebauten Häusern") == ["lesson-1"]
    assert SearchEntry.objects.get(version__key="lesson-1", version__kind="lesson").config == "german"


def test_the_best_comes_first(course: Course) -> None:
    rewrite("lesson-1", "Somewhere the word estimate occurs in a long text about quite different matters.")
    rewrite("lesson-2", "Text.", title="Estimate with ranges")
    assert keys("estimate") == ["lesson-2", "lesson-1"]


def test_all_words_have_to_occur_but_for_those_that_are_too_common(course: Course) -> None:
    rewrite("lesson-1", "The tower leans.")
    assert keys("the tower") == ["lesson-1"]
    assert keys("tower zzzzz") == []


def test_a_question_is_found_only_by_whom_it_is_said_to_have_met(course: Course) -> None:
    assert keys("choosing firms") == []
    met = search.Met("SELECT true AS found, NULL::uuid AS attempt_id WHERE question.key = %s", ["single-1"])
    (found,) = search.find("choosing firms", met=met, guest=False).found
    assert (found.kind, found.key, found.passage) == ("question", "single-1", "lesson-1#listen-for-the-end")
    assert "<mark>Choosing</mark> which <mark>firms</mark>" in found.snippet_html


def test_nothing_of_an_answer_key_is_in_the_index(course: Course) -> None:
    assert keys("feedback") == []
    entry = SearchEntry.objects.get(version__key="single-1")
    assert "Feedback" not in str(entry.sections)
    assert "finished" not in str(entry.sections) + entry.title  # the explanation's word


def test_words_of_questions_correct_nobodys_spelling(course: Course) -> None:
    assert not SearchWord.objects.filter(word="choosing").exists()
    assert SearchWord.objects.filter(word="sponsor").exists()


def test_guests_see_of_a_closed_lesson_what_the_course_page_shows(course: Course) -> None:
    rewrite("lesson-3", "A secret brick.\n\n## Bricks\n\nMore brick.")
    (found,) = find("brick", guest=True).found
    assert not found.open
    assert (found.snippet_html, found.heading, found.heading_id) == ("How do you tell?", "", "")
    (found,) = find("brick").found
    assert found.heading_id == "bricks"


def test_what_is_published_archived_or_rolled_back_is_found_so_at_once(course: Course) -> None:
    lesson = rewrite("lesson-1", "Only a giraffe.")
    first = lesson.live_version
    assert isinstance(first, Version)
    rewrite("lesson-1", "Only a zebra.")
    assert (keys("giraffe"), keys("zebra")) == ([], ["lesson-1"])
    publishing.roll_back(lesson, version=first, author=None, now=NOW)
    assert (keys("giraffe"), keys("zebra")) == (["lesson-1"], [])
    publishing.archive(lesson, now=NOW)
    assert keys("giraffe") == []


def test_a_draft_is_not_found(course: Course) -> None:
    Lesson.objects.filter(key="lesson-1").update(body="Only a giraffe.")
    assert keys("giraffe") == []


def test_a_course_that_is_not_live_is_not_found(course: Course) -> None:
    rewrite("lesson-1", "Only a giraffe.")
    Course.objects.update(live_version=None)
    assert keys("giraffe") == []


def test_the_index_can_be_written_again(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    before = list(SearchEntry.objects.order_by("pk").values())
    words = set(SearchWord.objects.values_list("word", flat=True))
    SearchEntry.objects.all().delete()
    SearchWord.objects.create(word="left-over")
    call_command("rebuild_search")
    assert list(SearchEntry.objects.order_by("pk").values()) == before
    assert set(SearchWord.objects.values_list("word", flat=True)) == words
    assert capsys.readouterr().out == f"{len(before)} entries written.\n"


def test_publishing_together_costs_the_search_the_same_for_few_and_many(
    course: Course, django_assert_num_queries: Any
) -> None:
    questions = list(Question.objects.select_related("live_version"))
    for few in (questions[:2], questions):
        with django_assert_num_queries(3):
            search_index.follow(few)


@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "\x00",
        "'",
        "&|!():*",
        "a" * 500,
        "the",
        "%_\\",
        "x' OR 1=1 --",
        "😀",
        "語" * 300,
        "İıß",
        "<->",
        "-5",
    ],
)
def test_no_text_is_too_odd_to_be_searched_for(course: Course, words: str) -> None:
    assert isinstance(find(words), Findings)


@pytest.mark.parametrize("language", ["en", "de", "xx", "pt-BR", ""])
def test_every_language_has_a_configuration(course: Course, language: str) -> None:
    Course.objects.update(language=language)
    search_index.rebuild()
    assert keys("clinic")


def test_hostile_texts_stay_text(course: Course) -> None:
    GlossaryTerm.objects.update(
        name="<img src=x onerror=alert(1)> sponsor & co", meaning="<script>sponsor</script>"
    )
    publishing.publish(GlossaryTerm.objects.get(), author=None, now=NOW)
    (found,) = [found for found in find("sponsor onerror").found if found.kind == "term"]
    assert found.title_html == (
        "&lt;img src=x <mark>onerror</mark>=alert(1)&gt; <mark>sponsor</mark> &amp; co"
    )
    assert found.snippet_html == "&lt;script&gt;<mark>sponsor</mark>&lt;/script&gt;"


def test_marks_that_authors_write_mark_nothing(course: Course) -> None:
    rewrite("lesson-1", "A \ue000tower\ue001 and bricks.")
    (found,) = find("tower").found
    assert found.snippet_html == "A <mark>tower</mark> and bricks."


def test_at_most_twenty_are_shown(course: Course) -> None:
    for number in range(30):
        term = GlossaryTerm.objects.create(
            key=f"t{number}", name=f"Giraffe {number}", meaning="An animal.", used_by="both"
        )
        publishing.publish(term, author=None, now=NOW)
    assert len(find("giraffe").found) == 20
