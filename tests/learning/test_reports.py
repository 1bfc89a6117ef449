"""“Something wrong here?”: said about what was shown, answered by editors, told to whoever said it."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import AuditLog, User
from courses import marks, publishing
from courses.models import Course, DrillSentence, Fact, Lesson, Question, Version
from learning import enrollment, overview, report_mail, reports
from learning.models import ContentReport
from mailing.models import OutboxMail
from tests.factories import NOW
from tests.learning.sentences import make_sentences
from tests.learning.test_lessons import answer

pytestmark = pytest.mark.django_db
LESSON = "/learn/two-pms/lesson-1/"
SAID = {"kind": "typo", "text": "“Teh” should be “the”.", "back": LESSON}
INLINE = {"HX-Request": "true", "HX-Target": "report"}
States = ContentReport.State


@pytest.fixture
def lesson(course: Course) -> Lesson:
    """A published lesson."""
    return course.lessons.select_related("live_version").get(key="lesson-1")


@pytest.fixture
def address(lesson: Lesson) -> str:
    """Where one says what is wrong with it."""
    return address_of(lesson.live_version)


def address_of(version: Version | None) -> str:
    """Where one says what is wrong with a version."""
    assert version
    return reverse("learning:report", args=[marks.of_version(version.pk)])


def report_on(lesson: Lesson, user: User | None, **other: object) -> ContentReport:
    """Something that somebody said."""
    said = {"version": lesson.live_version, "kind": "wrong", "text": "It is not so.", "created_at": NOW}
    return ContentReport.objects.create(user=user, **{**said, **other})


def mend(lesson: Lesson) -> Version:
    """Publish the lesson with other words."""
    lesson.title = "Lesson one"
    lesson.save()
    return publishing.publish(lesson, author=None, now=NOW)


# --- Saying it --------------------------------------------------------------------------------------------


def test_a_visitor_says_what_is_wrong_with_a_lesson_and_comes_back(client: Client, course: Course) -> None:
    page = client.get(LESSON).content.decode()
    (address,) = set(re.findall(r'href="(/report/[^"]+)"[^>]*>Something wrong in this lesson', page))
    form = client.get(address, headers={"Referer": f"http://testserver{LESSON}"}).content.decode()
    assert "About the lesson “Lesson 1”, as you saw it." in form
    assert f'name="back" value="{LESSON}"' in form
    assert "Tell me by mail" not in form
    sent = client.post(address, SAID)
    assert sent["Location"] == LESSON
    assert "Thank you. An editor looks at it." in client.get(LESSON).content.decode()
    kept = ContentReport.objects.get()
    assert (kept.kind, kept.text, kept.state) == ("typo", SAID["text"], States.WAITING)
    assert (kept.version and kept.version.key, kept.user and kept.user.is_guest) == ("lesson-1", True)


def test_with_a_script_the_form_opens_in_the_page_and_stays_there(client: Client, address: str) -> None:
    form = client.get(address, headers=INLINE).content.decode()
    assert form.lstrip().startswith('<section class="card stack" id="report"')
    wrong = client.post(address, {**SAID, "text": ""}, headers=INLINE)
    assert "Say in a few words what is wrong." in wrong.content.decode()
    thanks = client.post(address, SAID, headers=INLINE).content.decode()
    assert "Thank you. An editor looks at it." in thanks
    assert "<html" not in thanks


def test_the_link_under_a_lesson_costs_no_query(
    browser: Client, lesson: Lesson, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser.get(LESSON)
    with django_assert_max_num_queries(5):
        assert b"Something wrong in this lesson?" in browser.get(LESSON).content


def test_a_figure_and_an_answered_question_have_their_own(
    browser: Client, learner: User, lesson: Lesson
) -> None:
    fact = Fact.objects.select_related("live_version").get(key="pay")
    lesson.body += "\n\nThey earn [[fact:pay]].\n"
    lesson.save()
    publishing.publish(lesson, author=None, now=NOW)
    page = browser.get(LESSON).content.decode()
    assert address_of(fact.live_version) in page
    question = Question.objects.get(key="check-1")
    assert address_of(question.live_version) not in page  # not before the answer
    assert address_of(question.live_version) in answer(browser, "moving-app", sureness="sure")


def test_a_sentence_of_the_drill_is_kept_as_it_was_shown(browser: Client, learner: User) -> None:
    make_sentences()
    sentence = DrillSentence.objects.earliest("pk")
    browser.post(reverse("learning:report", args=[marks.of_sentence(sentence.pk)]), SAID)
    DrillSentence.objects.update(text="Something else.")
    kept = learner.content_reports.get()
    assert kept.wording.startswith(sentence.text)
    assert kept.sentence_id == sentence.pk


@pytest.mark.parametrize("mark", ["v1", "v1:forged", "s1:AAAA", "x", "v1:" + "A" * 43, "%00"])
def test_only_what_was_shown_can_be_spoken_of(client: Client, address: str, mark: str) -> None:
    assert client.get(f"/report/{mark}/").status_code == 404
    assert client.post(f"/report/{mark}/", SAID).status_code == 404


def test_the_form_about_a_question_tells_nothing_of_its_key(client: Client, course: Course) -> None:
    question = Question.objects.select_related("live_version").get(key="check-1")
    page = client.get(address_of(question.live_version)).content.decode()
    assert question.prompt in page
    assert question.explanation not in page


def test_the_same_words_twice_are_one_report(browser: Client, learner: User, address: str) -> None:
    for _ in range(2):
        assert browser.post(address, SAID).status_code == 302
    assert learner.content_reports.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"text": ""}, "Say in a few words what is wrong."),
        ({"text": "x" * 2001}, "at most 2000 characters"),
        ({"kind": "nonsense"}, "nonsense is not one of the available choices"),
        ({"text": "a\0b"}, "Null characters are not allowed"),
    ],
)
def test_a_form_that_cannot_be_kept_says_why_and_keeps_what_was_typed(
    client: Client, address: str, wrong: dict[str, str], words: str
) -> None:
    page = client.post(address, {**SAID, **wrong}).content.decode()
    assert words in page
    assert (wrong.get("text") or "<textarea")[:3] in page
    assert not ContentReport.objects.exists()
    assert not User.objects.exists()


ELSEWHERE = ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil", ""]


@pytest.mark.parametrize("back", ELSEWHERE)
def test_nobody_is_sent_elsewhere_afterwards(client: Client, address: str, back: str) -> None:
    assert client.post(address, {**SAID, "back": back})["Location"] == "/"


def test_one_person_says_so_much_a_day_and_no_more(browser: Client, learner: User, lesson: Lesson) -> None:
    for number in range(reports.MOST_A_DAY):
        report_on(lesson, learner, text=f"{number}", created_at=timezone.now())
    refused = browser.post(address_of(lesson.live_version), SAID)
    assert refused.status_code == 429
    assert "should be “the”" in refused.content.decode()
    ContentReport.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert browser.post(address_of(lesson.live_version), SAID).status_code == 302


def test_one_network_says_so_much_an_hour_and_no_more(lesson: Lesson, settings: Settings) -> None:
    assert settings.ACCOUNT_RATE_LIMITS["report"] == "60/h/ip"
    settings.ACCOUNT_RATE_LIMITS = {"report": "3/h/ip"}
    address = address_of(lesson.live_version)
    answers = [Client().post(address, {**SAID, "text": f"{number}"}).status_code for number in range(4)]
    assert answers == [302, 302, 302, 429]
    assert ContentReport.objects.count() == 3


def test_only_who_has_an_account_can_ask_for_a_mail(browser: Client, address: str, client: Client) -> None:
    browser.post(address, {**SAID, "wants_mail": "on"})
    Client().post(address, {**SAID, "wants_mail": "on"})
    assert sorted(ContentReport.objects.values_list("wants_mail", flat=True)) == [False, True]


def test_what_a_guest_said_moves_to_their_account(learner: User, lesson: Lesson) -> None:
    guest = User.objects.create()
    report_on(lesson, guest)
    report_on(lesson, guest, text="Both said this.")
    report_on(lesson, learner, text="Both said this.")
    enrollment.inherit(guest=guest, user=learner, now=NOW)
    assert set(learner.content_reports.values_list("text", flat=True)) == {"It is not so.", "Both said this."}


def test_the_words_outlive_who_said_them(learner: User, lesson: Lesson) -> None:
    report = report_on(lesson, learner)
    learner.delete()
    report.refresh_from_db()
    assert (report.user, report.text) == (None, "It is not so.")


def test_a_guest_who_reports_is_remembered_from_that_day(client: Client, address: str) -> None:
    client.post(address, SAID)
    assert User.objects.get().last_seen_on == timezone.now().date()


# --- Answering it -----------------------------------------------------------------------------------------


def test_fixed_names_the_version_that_learners_see_now(learner: User, lesson: Lesson) -> None:
    report = report_on(lesson, learner)
    with pytest.raises(reports.NothingChangedError, match="still see the version"):
        reports.decide(report=report, state=States.FIXED, reply="", actor=None, now=NOW)
    mended = mend(lesson)
    held = reports.decide(report=report, state=States.FIXED, reply="", actor=None, now=NOW)
    assert held.fixed_in == mended
    assert reports.answer(held) == "Fixed in version 2. Thank you."
    assert AuditLog.objects.filter(action="report.decide", object_id=str(report.pk)).exists()


def test_mended_elsewhere_is_fixed_with_words(learner: User, lesson: Lesson) -> None:
    held = reports.decide(
        report=report_on(lesson, learner), state=States.FIXED, reply="The figure was.", actor=None, now=NOW
    )
    assert (reports.answer(held), held.fixed_in) == ("Fixed. Thank you.", None)


def test_a_figure_is_found_again_by_its_key(course: Course) -> None:
    fact = Fact.objects.select_related("live_version").get(key="pay")
    report = ContentReport(version=fact.live_version)
    assert reports.row_of(report) == fact
    Fact.objects.filter(pk=fact.pk).update(live_version=None)
    assert reports.mended(report) is None


def test_the_progress_page_says_what_became_of_it(
    browser: Client, learner: User, lesson: Lesson, client: Client
) -> None:
    browser.post(f"{LESSON}complete/")
    report = report_on(lesson, learner)
    other = report_on(lesson, learner, text="Nonsense.")
    waiting = report_on(lesson, learner, text="And this.")
    mend(lesson)
    now = timezone.now()
    reports.decide(report=report, state=States.FIXED, reply="A slip of ours.", actor=None, now=now)
    reports.decide(report=other, state=States.SET_ASIDE, reply="", actor=None, now=now)
    page = browser.get("/dashboard/").content.decode()
    assert "You reported “Lesson 1”: Fixed in version 2. Thank you. A slip of ours." in page
    assert page.count("You reported") == 1
    assert waiting.state == States.WAITING
    assert overview.of(learner, today=(now + timedelta(days=40)).date()).outcomes == []


@pytest.mark.parametrize(
    ("wants", "state", "mails"),
    [(True, "fixed", 1), (True, "set_aside", 0), (False, "fixed", 0)],
)
def test_a_mail_goes_to_whoever_asked_for_it_once(
    learner: User, lesson: Lesson, wants: bool, state: str, mails: int
) -> None:
    report = report_on(lesson, learner, wants_mail=wants)
    for reply in ("Mended.", "Mended, truly."):
        reports.decide(report=report, state=state, reply=reply, actor=None, now=NOW)
    assert OutboxMail.objects.filter(kind="report").count() == mails


def test_the_mail_says_what_became_of_it_in_both_forms(learner: User, lesson: Lesson) -> None:
    EmailAddress.objects.create(user=learner, email=learner.email or "", verified=True, primary=True)
    report = report_on(lesson, learner, wants_mail=True, text="5 < 4 & so on")
    reports.decide(report=report, state=States.FIXED, reply="Turned round.", actor=None, now=NOW)
    mail, kind = OutboxMail.objects.get(kind="report"), report_mail.ReportMail()
    assert kind.recheck([mail], now=NOW) == {mail.pk: None}
    message = kind.render(mail, now=NOW)
    assert message.to_address == learner.email
    assert message.subject == "What you reported: Fixed. Thank you."
    for part in (message.text, message.html.replace("&lt;", "<").replace("&amp;", "&")):
        assert "lesson “Lesson 1”" in part
        assert "Turned round." in part
        assert "5 < 4 & so on" in part
    EmailAddress.objects.all().delete()
    assert report_mail.ReportMail().recheck([mail], now=NOW) == {mail.pk: "address_unconfirmed"}
    learner.delete()
    assert report_mail.ReportMail().recheck([mail], now=NOW) == {mail.pk: "erased"}


def test_what_changes_before_the_mail_is_sent_counts(learner: User, lesson: Lesson) -> None:
    report = report_on(lesson, learner, wants_mail=True)
    reports.decide(report=report, state=States.FIXED, reply="Mended.", actor=None, now=NOW)
    mail = OutboxMail.objects.get(kind="report")
    ContentReport.objects.update(state=States.SET_ASIDE)
    assert report_mail.ReportMail().recheck([mail], now=NOW) == {mail.pk: "withdrawn"}
    User.objects.filter(pk=learner.pk).update(is_active=False)
    assert report_mail.ReportMail().recheck([mail], now=NOW) == {mail.pk: "inactive"}


# --- The queue --------------------------------------------------------------------------------------------


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser of somebody who may answer reports, and nothing else."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    user = User.objects.create_user("editor@example.org", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__endswith="_contentreport"))
    client = Client()
    client.force_login(user)
    return client


def test_an_editor_sees_what_waits_then_and_now_and_answers(
    editor: Client, learner: User, lesson: Lesson
) -> None:
    report = report_on(lesson, learner)
    report_on(lesson, learner, text="Long done.", state=States.ANSWERED, decided_at=NOW)
    queue = editor.get(reverse("admin:learning_contentreport_changelist")).content.decode()
    assert "(&#x27;" not in queue, "the state stands there in words"
    assert "Lesson “Lesson 1”" in queue
    assert "Long done." not in queue
    address = reverse("admin:learning_contentreport_change", args=[report.pk])
    assert "Learners see the same today." in editor.get(address).content.decode()
    refused = editor.post(address, {"state": "fixed", "reply": ""}).content.decode()
    assert "Learners still see the version that was reported." in refused
    mend(lesson)
    page = editor.get(address).content.decode()
    assert "Learners see version 2 today" in page
    assert (learner.email or "") not in page
    assert editor.post(address, {"state": "fixed", "reply": ""}).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.fixed_in and report.fixed_in.number) == (States.FIXED, 2)
    assert "Fixed in version 2. Thank you." in editor.get(address).content.decode()


def test_the_mail_is_read_before_it_goes(editor: Client, learner: User, lesson: Lesson) -> None:
    report = report_on(lesson, learner, wants_mail=True, text="5 < 4 & so on")
    address = reverse("admin:learning_contentreport_change", args=[report.pk])
    page = editor.get(address).content.decode()
    assert "<b>What you reported: Looked at; it stays as it is.</b>" in page
    assert "(Your reply stands here.)" in page
    assert "5 &lt; 4 &amp; so on" in page
    report.refresh_from_db()
    assert report.state == States.WAITING
    ContentReport.objects.update(wants_mail=False)
    assert "What you reported:" not in editor.get(address).content.decode()


def test_the_queue_shows_all_that_was_ever_said_to_whoever_asks(
    editor: Client, learner: User, lesson: Lesson
) -> None:
    report_on(lesson, learner, text="Long done.", state=States.ANSWERED, decided_at=NOW)
    address = reverse("admin:learning_contentreport_changelist")
    assert "Long done." in editor.get(address, {"state": "all"}).content.decode()
    assert "Long done." not in editor.get(address, {"state": "fixed"}).content.decode()


def test_a_report_is_not_closed_as_fixed_if_the_mended_version_went_meanwhile(
    editor: Client, learner: User, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, mended = report_on(lesson, learner), iter([mend(lesson), None])
    monkeypatch.setattr(reports, "mended", lambda report: next(mended))
    address = reverse("admin:learning_contentreport_change", args=[report.pk])
    page = editor.post(address, {"state": "fixed", "reply": ""}, follow=True).content.decode()
    assert "Not closed. Learners still see the version that was reported." in page
    report.refresh_from_db()
    assert report.state == States.WAITING


def test_what_was_said_of_something_that_is_gone_can_still_be_answered(
    editor: Client, learner: User, course: Course
) -> None:
    fact = Fact.objects.select_related("live_version").get(key="pay")
    report = ContentReport.objects.create(
        user=learner, version=fact.live_version, kind="wrong", text="Too much.", created_at=NOW
    )
    address = reverse("admin:learning_contentreport_change", args=[report.pk])
    assert "to mend it" in editor.get(address).content.decode()
    fact.delete()
    assert "to mend it" not in editor.get(address).content.decode()
    assert editor.post(address, {"state": "answered", "reply": "It is gone."}).status_code == 302


def test_an_answer_that_changes_nothing_needs_words(editor: Client, learner: User, lesson: Lesson) -> None:
    report = report_on(lesson, learner)
    address = reverse("admin:learning_contentreport_change", args=[report.pk])
    assert "Say why it stays as it is" in editor.post(address, {"state": "answered"}).content.decode()
    assert editor.post(address, {"state": "waiting", "reply": ""}).status_code == 200
    report.refresh_from_db()
    assert report.state == States.WAITING


def test_the_start_page_counts_what_waits(editor: Client, learner: User, lesson: Lesson) -> None:
    assert "wait" not in re.sub(r"\s+", " ", editor.get("/admin/").content.decode()).partition("Health")[0]
    report_on(lesson, learner)
    assert "1 report of learners waits for an answer." in editor.get("/admin/").content.decode()


def test_the_queue_costs_the_same_however_long_it_is(
    editor: Client, learner: User, lesson: Lesson, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        report_on(lesson, learner, text=str(number))
    with django_assert_max_num_queries(12):
        editor.get(reverse("admin:learning_contentreport_changelist"))
