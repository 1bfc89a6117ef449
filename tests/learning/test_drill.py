"""The drill: a sentence, four labels, the reason at once; for guests too, with and without scripts."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import organisation
from accounts.models import User
from courses.models import Advert, AdvertDuty, DrillSentence, Label
from learning import drill, enrollment
from learning.activity import tally
from learning.models import DailyActivity, DrillAnswer, LearningEvent
from tests.factories import NOW
from tests.learning.sentences import LABELS, make_sentences

pytestmark = pytest.mark.django_db
DRILL = {"HX-Request": "true", "HX-Target": "drill"}
TODAY = NOW.date()


def shown(client: Client) -> str:
    """The page of the drill, without what differs on every page: the tokens against forgery."""
    text = client.get("/drill/").content.decode()
    return re.sub(r"[A-Za-z0-9]{64}", "token", text)


def asked(client: Client) -> dict[str, str]:
    """The hidden fields of the sentence that is asked."""
    return dict(re.findall(r'name="(number|sentence)" value="([^"]*)"', shown(client)))


def answer(client: Client, label: str, changes: dict[str, str] | None = None) -> str:
    """Answer what is asked and return the page that follows."""
    form = {**asked(client), "label": label, **(changes or {})}
    return client.post("/drill/answers/", form, follow=True).content.decode()


def play(user: User, turns: int, *, given: str = "", days: int = 0) -> None:
    """Answer so many turns: rightly, or always with one label."""
    for _ in range(turns):
        turn = drill.next_turn(user, today=TODAY)
        assert turn.sentence
        sentence = DrillSentence.objects.get(pk=turn.sentence.pk)
        drill.answer(
            user=user,
            number=turn.number,
            sentence=sentence,
            given=Label(given or sentence.label),
            now=NOW + timedelta(days=days),
        )


def test_an_answer_shows_at_once_what_is_right_and_why(browser: Client) -> None:
    make_sentences()
    sentence = DrillSentence.objects.get(key=asked(browser)["sentence"])
    page = answer(browser, sentence.label)
    assert f"Right: {sentence.label}." in page
    assert sentence.reason in page
    assert "A deadline makes it a project?" not in page


def test_a_wrong_answer_names_the_misconception_behind_it(browser: Client) -> None:
    make_sentences()
    DrillSentence.objects.filter(label="project").update(archived_at=NOW)
    page = answer(browser, "project")
    assert "Not quite:" in page
    assert "You said project." in page
    assert "A deadline makes it a project?" in page
    assert "Dates occur in product work too." in page


def test_a_script_gets_the_answer_and_the_next_sentence_as_parts(browser: Client) -> None:
    make_sentences()
    form = {**asked(browser), "label": "both"}
    answered = browser.post("/drill/answers/", form, headers=DRILL).content.decode()
    following = browser.get("/drill/", headers=DRILL).content.decode()
    assert answered.lstrip().startswith("<section")
    assert "The reason of number" in answered
    assert following.lstrip().startswith("<section")
    assert "Sentence 2" in following


def test_each_answer_stands_in_the_ledger_and_counts_on_its_day(learner: User) -> None:
    make_sentences()
    play(learner, 3)
    play(learner, 2, days=1)
    days = DailyActivity.objects.filter(user=learner).order_by("local_date")
    assert [day.answers for day in days] == [3, 2]
    assert {day: counts.answers for day, counts in tally(learner).items()} == {
        TODAY: 3,
        TODAY + timedelta(days=1): 2,
    }
    assert LearningEvent.objects.filter(user=learner, kind="drill_answered").count() == 5
    call_command("check_progress")


def test_an_event_that_is_missing_is_found(learner: User) -> None:
    make_sentences()
    play(learner, 1)
    sentence = DrillSentence.objects.all()[0]
    DrillAnswer.objects.create(
        user=learner,
        number=2,
        sentence=sentence,
        given=sentence.label,
        expected=sentence.label,
        correct=True,
        at=NOW,
        local_date=TODAY,
    )
    with pytest.raises(Exception, match="1"):
        call_command("check_progress")


def test_the_same_answer_sent_twice_counts_once_and_shows_the_first(browser: Client, learner: User) -> None:
    make_sentences()
    form = asked(browser)
    browser.post("/drill/answers/", {**form, "label": "both"})
    again = browser.post("/drill/answers/", {**form, "label": "product"}, follow=True)
    assert learner.drill_answers.get().given == "both"
    assert again.redirect_chain == [("/drill/answers/1/", 302)]


@pytest.mark.parametrize(
    "changes",
    [
        {"label": "rubbish"},
        {"sentence": "no-such-sentence"},
        {"number": "7"},
        {"number": "-1"},
        {"number": "0"},
        {"number": "9" * 30},
        {"number": "²"},
    ],
)
def test_a_forged_or_old_form_counts_nothing(browser: Client, learner: User, changes: dict[str, str]) -> None:
    make_sentences()
    page = answer(browser, "both", changes)
    assert "Whose work is each about?" in page
    assert not learner.drill_answers.exists()


def test_a_visitor_becomes_a_guest_with_the_first_answer_and_keeps_it(client: Client) -> None:
    make_sentences()
    assert not User.objects.exists()
    answer(client, "both")
    guest = User.objects.get()
    assert guest.is_guest
    assert "1 of 1 right" in shown(client) or "0 of 1 right" in shown(client)
    assert client.get("/drill/answers/1/").status_code == 200


def test_nobody_sees_somebody_elses_answers(client: Client, learner: User) -> None:
    make_sentences()
    play(learner, 1)
    assert client.get("/drill/answers/1/").status_code == 404


def test_what_a_guest_answered_comes_after_what_the_account_answered(learner: User) -> None:
    make_sentences()
    guest = User.objects.create(last_seen_on=TODAY)
    play(learner, 2)
    play(guest, 3, days=1)
    enrollment.inherit(guest=guest, user=learner, now=NOW + timedelta(days=2))
    kept = learner.drill_answers.order_by("number")
    assert [one.number for one in kept] == [1, 2, 3, 4, 5]
    assert [one.at.day - NOW.day for one in kept] == [0, 0, 1, 1, 1]
    assert [counts.answers for _, counts in sorted(tally(learner).items())] == [2, 3]
    call_command("check_progress")


def test_after_each_ten_comes_a_short_summary(browser: Client, learner: User) -> None:
    make_sentences(20)
    play(learner, 9)
    assert "of the last 10 right" not in shown(browser)
    play(learner, 1)
    assert "10 of the last 10 right." in shown(browser)
    play(learner, 1)
    assert "of the last 10 right" not in shown(browser)


def test_the_table_says_what_was_called_what(browser: Client, learner: User) -> None:
    make_sentences(40)
    DrillSentence.objects.exclude(label__in=["both", "project"]).update(archived_at=NOW)
    play(learner, 6, given="project")
    page = shown(browser)
    assert "You most often say “project” where it is “both”." in page
    assert "data-focus" not in page


def test_a_mended_label_makes_no_past_answer_wrong(learner: User) -> None:
    make_sentences(4)
    play(learner, 1)
    DrillSentence.objects.update(label="neither")
    assert drill.next_turn(learner, today=TODAY).table.right == 1


def test_what_is_told_apart_is_counted_from_the_latest_answers(
    learner: User, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sentences(8)
    play(learner, 6, given="project")
    monkeypatch.setattr(drill, "LATEST", 4)
    play(learner, 2)
    assert drill.next_turn(learner, today=TODAY).table.total == 4
    assert " of 4 right." in shown(browser)


def test_an_archived_sentence_is_asked_no_more(learner: User) -> None:
    make_sentences(8)
    DrillSentence.objects.exclude(key="sentence-3").update(archived_at=NOW)
    for _ in range(3):
        turn = drill.next_turn(learner, today=TODAY)
        assert turn.sentence
        assert turn.sentence.key == "sentence-3"
        play(learner, 1)


def test_an_empty_bank_says_so(browser: Client) -> None:
    assert "There are no sentences here yet." in shown(browser)


@pytest.mark.parametrize("answers", [0, 1])
def test_the_page_before_the_answer_does_not_depend_on_the_label(
    browser: Client, learner: User, answers: int
) -> None:
    make_sentences(12)
    play(learner, answers)
    before, key = shown(browser), asked(browser)["sentence"]
    for label in LABELS:
        DrillSentence.objects.filter(key=key).update(label=label, reason=f"It is {label}, as we say.")
        assert shown(browser) == before
    assert "The reason of number" not in before
    assert "A deadline" not in before


def spent(client: Client, path: str, form: dict[str, str] | None = None) -> int:
    """Queries that an answer costs; the marks of transactions are not counted."""
    with CaptureQueriesContext(connection) as queries:
        response = client.post(path, form, headers=DRILL) if form else client.get(path)
    assert response.status_code == 200
    marks = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")
    return sum(not query["sql"].startswith(marks) for query in queries.captured_queries)


@pytest.mark.parametrize(("sentences", "events", "answered"), [(8, 10, 10), (1_000, 10_000, 2_000)])
def test_pages_cost_the_same_for_any_bank_and_any_past(
    browser: Client, learner: User, sentences: int, events: int, answered: int
) -> None:
    bank = make_sentences(sentences)
    DrillAnswer.objects.bulk_create(
        DrillAnswer(
            user=learner,
            number=number,
            sentence=bank[number % sentences],
            given="both",
            expected=bank[number % sentences].label,
            correct=bank[number % sentences].label == "both",
            at=NOW,
            local_date=TODAY,
        )
        for number in range(1, answered + 1)
    )
    kind, zone = LearningEvent.Kind.LESSON_UNDONE, "UTC"
    LearningEvent.objects.bulk_create(
        LearningEvent(user=learner, kind=kind, at=NOW, local_date=TODAY, time_zone=zone)
        for _ in range(events)
    )
    organisation.current()
    browser.get("/drill/")
    assert spent(browser, "/drill/") == 6
    assert spent(browser, "/drill/answers/", {**asked(browser), "label": "project"}) <= 10
    assert spent(browser, "/drill/answers/", {**asked(browser), "label": "neither"}) <= 10
    assert spent(browser, f"/drill/answers/{answered}/") <= 5


def make_advert() -> Advert:
    """An advert of three project duties and one for product."""
    advert = Advert.objects.create(key="lockers", title="PM, parcel lockers", opening="A town builds them.")
    sides = ["project", "project", "product", "project"]
    for order, side in enumerate(sides):
        AdvertDuty.objects.create(
            advert=advert,
            key=f"duty-{order}",
            text=f"Do {order}",
            side=side,
            reason=f"Since {order}.",
            order=order,
        )
    return advert


def test_an_advert_shows_its_share_after_its_duties_are_marked(client: Client) -> None:
    make_advert()
    assert "PM, parcel lockers" in client.get("/drill/adverts/").content.decode()
    before = client.get("/drill/adverts/lockers/").content.decode()
    assert "Since 0." not in before
    form = {f"duty-duty-{order}": "project" for order in range(4)}
    page = client.post("/drill/adverts/lockers/", form).content.decode()
    assert "This “PM” is 75% project." in page
    assert "You and we agree on 3 of 4." in page
    assert "Product; you said project." in page
    assert "Since 2." in page
    assert not User.objects.exists()


def test_duties_that_are_not_marked_are_asked_for_and_the_other_marks_stay(client: Client) -> None:
    make_advert()
    page = client.post(
        "/drill/adverts/lockers/", {"duty-duty-0": "other", "duty-duty-1": "x"}
    ).content.decode()
    assert "3 duties are not marked yet." in page
    assert re.search(r'name="duty-duty-0" value="other" checked', page)
    assert "Since 0." not in page


def test_the_page_before_the_marks_does_not_depend_on_the_sides(client: Client) -> None:
    advert = make_advert()
    path, token = "/drill/adverts/lockers/", re.compile(r"[A-Za-z0-9]{64}")
    before = token.sub("", client.get(path).content.decode())
    advert.duties.update(side="other", reason="No reason.")
    assert token.sub("", client.get(path).content.decode()) == before


def test_an_archived_advert_is_gone(client: Client) -> None:
    make_advert()
    Advert.objects.update(archived_at=NOW)
    assert client.get("/drill/adverts/lockers/").status_code == 404
    assert "There are no adverts here yet." in client.get("/drill/adverts/").content.decode()
