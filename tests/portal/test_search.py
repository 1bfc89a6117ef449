"""The search page, its results in the palette, the glossary: what each person finds, and nothing more."""

from html import escape
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from accounts import organisation
from accounts.models import User
from courses import publishing, search_index
from courses.models import Course, GlossaryTerm, Lesson, Module, Question, Version
from learning import progress, quizzes
from learning.models import Enrollment
from tests.factories import NOW, make_course
from tests.learning.quiz_steps import take

pytestmark = pytest.mark.django_db
PALETTE = {"HX-Request": "true", "HX-Target": "palette-found"}


@pytest.fixture
def course() -> Course:
    return make_course()


@pytest.fixture
def learner() -> User:
    return User.objects.create_user("lea@example.org")


@pytest.fixture
def browser(learner: User) -> Client:
    client = Client()
    client.force_login(learner)
    return client


def see(client: Client, words: str, **more: Any) -> str:
    answer = client.get("/search/", {"q": words}, **more)
    assert answer.status_code == 200
    return answer.content.decode()


def test_lessons_and_terms_are_found_with_their_addresses(course: Course, browser: Client) -> None:
    page = see(browser, "sponsor")
    assert '<a href="/glossary/#term-sponsor"><mark>Sponsor</mark>' in page
    assert 'href="/learn/two-pms/lesson-1/#listen-for-the-end"' in page
    assert "The <mark>sponsor</mark> chooses." in page
    assert ">Lessons</h2>" in page
    assert ">Glossary</h2>" in page


def test_a_slip_of_the_pen_is_said_and_forgiven(course: Course, browser: Client) -> None:
    term = GlossaryTerm.objects.create(
        key="stakeholder", name="Stakeholder", meaning="Who cares.", used_by="both"
    )
    publishing.publish(term, author=None, now=NOW)
    page = see(browser, "stakholder")
    assert "/glossary/#term-stakeholder" in page
    assert "No text has “stakholder”; shown is what has “stakeholder”." in page


def test_without_words_it_says_what_can_be_found(course: Course, client: Client) -> None:
    page = see(client, "  ")
    assert "Lessons, the glossary, and questions you have answered." in page
    assert "No result" not in page


def test_without_result_it_says_what_to_try(course: Course, client: Client) -> None:
    page = see(client, "qqqq")
    assert "No result for “qqqq”." in page
    assert "Try fewer or other words" in page


def test_guests_are_told_what_needs_an_account_and_read_nothing_of_it(course: Course, client: Client) -> None:
    page = see(client, "clinic floor")
    assert page.count("Needs an account") == 2
    assert page.count("A <mark>clinic</mark> moves") == 2


def test_learners_read_all_lessons(course: Course, browser: Client) -> None:
    page = see(browser, "clinic floor")
    assert "Needs an account" not in page
    assert page.count("A <mark>clinic</mark> moves") == 4


def test_a_check_is_found_once_it_is_answered_and_leads_to_itself(
    course: Course, learner: User, browser: Client
) -> None:
    assert "check-1" not in see(browser, "choosing firms")
    answer_check(learner)
    page = see(browser, "choosing firms")
    assert 'href="/learn/two-pms/lesson-1/#check-check-1"' in page
    assert page.count(">Questions you have answered</h2>") == 1
    assert "check-2" not in page


def test_a_question_in_a_quiz_is_found_once_the_quiz_is_handed_in(
    course: Course, learner: User, browser: Client
) -> None:
    quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-1"), now=NOW)
    assert "Questions you have answered" not in see(browser, "which project")
    attempt = take(learner, quizzes.get_live("two-pms", "module-1"), right=3)
    page = see(browser, "which project")
    assert page.count(f'href="/attempts/{attempt.pk}/result/"') == 4


def test_what_others_answered_is_not_found(course: Course, learner: User, client: Client) -> None:
    answer_check(learner)
    client.force_login(User.objects.create_user("other@example.org"))
    assert "Questions you have answered" not in see(client, "choosing firms")


def test_no_key_of_an_answer_is_found_before_or_after(course: Course, learner: User, browser: Client) -> None:
    for _ in range(2):
        page = see(browser, "feedback")
        assert "No result" in page
        answer_check(learner)


def test_the_palette_gets_the_results_alone(course: Course, browser: Client) -> None:
    part = see(browser, "sponsor", headers=PALETTE)
    assert "<html" not in part
    assert "<mark>Sponsor</mark>" in part
    assert "<html" in see(browser, "sponsor", headers={"HX-Request": "true", "HX-Target": "else"})


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "sponsor</mark><svg/onload=alert(1)>",
        "{{ request.user }}{% now 'Y' %}",
        "sponsor' OR 1=1; --",
    ],
)
@pytest.mark.parametrize("headers", [{}, PALETTE], ids=["page", "palette"])
def test_hostile_words_stay_words(
    course: Course, client: Client, words: str, headers: dict[str, str]
) -> None:
    page = see(client, words, headers=headers)
    assert escape(words)[:60] in page or "…" in page
    for harm in ("<script>alert", "<img src=x", "<svg/onload"):
        assert harm not in page


def test_hostile_content_stays_text(course: Course, browser: Client) -> None:
    lesson = Lesson.objects.get(key="lesson-1")
    lesson.title = "<script>alert(1)</script> giraffe"
    lesson.body = "A giraffe `<img src=x onerror=alert(1)>` eats."
    lesson.save()
    publishing.publish(lesson, author=None, now=NOW)
    page = see(browser, "giraffe")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <mark>giraffe</mark>" in page
    assert "&lt;img src=x" in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("words", ["a" * 500, "project " * 2000, "\x00", "'", "&|!():*", "😀" * 200, "%"])
def test_no_words_break_the_page(course: Course, client: Client, words: str) -> None:
    assert "<h1>Search</h1>" in see(client, words)


def test_bytes_that_are_no_text_do_not_break_it(course: Course, client: Client) -> None:
    assert client.get("/search/?q=%ff%fe%00&q=").status_code == 200


def test_what_one_person_finds_is_kept_for_nobody(course: Course, browser: Client, client: Client) -> None:
    for who in (browser, client):
        answer = who.get(f"/search/?q={quote('sponsor')}")
        assert "no-store" in answer.headers["Cache-Control"]
        assert '<meta name="robots" content="noindex">' in answer.content.decode()


def test_nothing_can_be_sent_to_it(client: Client) -> None:
    assert client.post("/search/", {"q": "x"}).status_code == 405


@pytest.fixture
def thousand_lessons(course: Course) -> Course:
    """A course with a thousand live lessons more, made past the editor's checks."""
    live = Version.objects.get(live_lesson__key="lesson-1")
    module = Module.objects.get(key="module-1", course=course)
    filler = "Product and project people plan, estimate and listen to the sponsor. " * 30
    versions = Version.objects.bulk_create(
        Version(
            kind="lesson",
            course=course,
            key=f"more-{number}",
            number=1,
            body={
                **live.body,
                "title": f"More {number}",
                "markdown": f"{live.body['markdown']}\n\n## About giraffe{number}\n\n{filler}",
            },
            content_hash=f"{number:064}",
            created_at=NOW,
        )
        for number in range(1000)
    )
    rows = Lesson.objects.bulk_create(
        Lesson(course=course, module=module, key=v.key, title=v.key, question="?", body="", live_version=v)
        for v in versions
    )
    search_index.follow(rows)
    return course


@pytest.mark.parametrize("words", ["sponsor", "giraffe77", "girafe77", "spnosor project", "qqqq", ""])
def test_it_costs_a_learner_at_most_four_queries_among_a_thousand_lessons(
    thousand_lessons: Course, learner: User, browser: Client, django_assert_max_num_queries: Any, words: str
) -> None:
    now = timezone.now()
    Enrollment.objects.get_or_create(
        user=learner, course=thousand_lessons, defaults={"started_at": now, "last_active_at": now}
    )
    answer_check(learner)
    organisation.current()
    with django_assert_max_num_queries(4):
        see(browser, words)
    with django_assert_max_num_queries(3):
        see(browser, words, headers=PALETTE)


def test_it_costs_a_visitor_one_query(
    course: Course, client: Client, django_assert_max_num_queries: Any
) -> None:
    organisation.current()
    with django_assert_max_num_queries(1):
        see(client, "sponsor")


def test_every_page_links_to_the_search(course: Course, client: Client, browser: Client) -> None:
    for who in (client, browser):
        page = who.get("/help/").content.decode()
        assert page.count('href="/search/"') == 2  # header, and the phone's menu
        assert '<dialog class="palette" id="palette"' in page


def test_the_glossary_shows_all_live_terms_and_whose_they_are(course: Course, client: Client) -> None:
    GlossaryTerm.objects.create(key="draft", name="Draft term", meaning="Not yet.", used_by="both")
    page = client.get("/glossary/").content.decode()
    assert 'id="term-sponsor"' in page
    assert "Who answers for the money." in page
    assert '<span class="tag project">Project</span>' in page
    assert "Draft term" not in page


def test_an_empty_glossary_says_so(client: Client) -> None:
    assert "No word is explained yet" in client.get("/glossary/").content.decode()


def test_the_glossary_is_kept_by_caches_until_a_term_changes(course: Course, client: Client) -> None:
    first = client.get("/glossary/")
    assert "public" in first.headers["Cache-Control"]
    kept = {"if-none-match": first.headers["ETag"]}
    assert client.get("/glossary/", headers=kept).status_code == 304
    term = GlossaryTerm.objects.get()
    term.meaning = "Who <script>pays</script>."
    term.save()
    publishing.publish(term, author=None, now=NOW)
    again = client.get("/glossary/", headers=kept)
    assert again.status_code == 200
    assert "<script>pays" not in again.content.decode()


def answer_check(learner: User) -> None:
    """Answer the first lesson's check."""
    progress.answer_check(
        user=learner,
        lesson=Lesson.objects.get(key="lesson-1"),
        question=Question.objects.select_related("live_version").get(key="check-1"),
        response={"choice": "moving-app"},
        sureness="sure",
        now=NOW,
    )
    caches["versions"].clear()
