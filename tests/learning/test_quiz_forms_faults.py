"""Whatever a form holds: a quiz, the review and the drill answer in words and count nothing wrong."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from courses import presentation, question_types
from courses.grading import InvalidResponse, Options
from courses.models import Course, Lesson, Question, Version
from learning import checks, progress, quizzes
from learning.models import Answer, Attempt, AttemptQuestion, DrillAnswer, ReviewLog
from tests.courses.test_every_question_type import CASES, form_of
from tests.courses.test_forged_forms import FORGED
from tests.factories import ALL_TYPES, NOW, make_bank_of_all_types
from tests.learning.quiz_steps import make_quiz
from tests.learning.sentences import make_sentences

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

Form = dict[str, list[str]]
PLAIN = "application/x-www-form-urlencoded"
few = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
anything = st.text(st.characters(), max_size=40)


@pytest.fixture
def bank(course: Course) -> dict[str, Version]:
    """The live version of a question of every type."""
    rows = make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))
    return {row.type: row.live_version for row in rows if row.live_version}


@pytest.fixture
def attempt(bank: dict[str, Version], learner: User) -> Attempt:
    """An attempt under way that asks one question of every type."""
    quiz = make_quiz()
    quiz.pools.all().delete()
    quiz.pools.create(order=1, draw=len(ALL_TYPES), tags=["all"])
    return quizzes.start(user=learner, quiz=make_quiz(), now=NOW)


def encoded(form: Mapping[str, list[str]]) -> bytes:
    """A form on the wire, lone halves of pairs and all."""

    def one(text: str) -> str:
        return quote_from_bytes(text.encode("utf-8", "surrogatepass"))

    return "&".join(f"{one(name)}={one(value)}" for name, values in form.items() for value in values).encode()


def send(client: Client, path: str, form: Mapping[str, list[str]], **headers: str) -> "Response":
    """Send a form as it is."""
    return client.generic("POST", path, encoded(form), content_type=PLAIN, headers=headers)


def forms_for(version: Version, options: Options, foreign: list[str]) -> st.SearchStrategy[Form]:
    """Forms with the fields of a question, some of them its own, and values right, foreign, odd or many."""
    ids = [public_id for public_id, _ in options]
    names = [
        "option",
        "answer",
        *(f"{name}-{one}" for name in ("bucket", "place") for one in [*ids, *foreign]),
    ]
    right = form_of(version, CASES[version.body["type"]].right, options)
    values = st.one_of(
        st.sampled_from([*ids, *foreign, *version.body["buckets"], "", "1", "2", "3000", "product", "\0"]),
        anything,
    )
    lists = st.lists(values, min_size=1, max_size=3)
    wild = st.dictionaries(st.one_of(st.sampled_from(names), anything.filter(bool)), lists, max_size=8)
    return st.one_of(wild, wild.map(lambda more: {**more, **right}), wild.map(lambda more: {**right, **more}))


def received(form: Mapping[str, list[str]]) -> Form:
    """A form as it is read: what is no character becomes the mark for that."""
    found: Form = {}
    for name, given_ in form.items():
        clean = [value.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for value in given_]
        found.setdefault(name.encode("utf-8", "surrogatepass").decode("utf-8", "replace"), []).extend(clean)
    return found


@pytest.mark.parametrize("type_", ALL_TYPES)
@few
@given(data=st.data())
def test_any_form_is_saved_as_the_answer_it_is_or_refused(
    bank: dict[str, Version], attempt: Attempt, browser: Client, type_: str, data: st.DataObject
) -> None:
    rows = {row.version.body["type"]: row for row in attempt.questions.select_related("version")}
    row = rows[type_]
    foreign = [public_id for public_id, _ in rows["single" if type_ != "single" else "multiple"].options]
    form = data.draw(forms_for(row.version, row.options, foreign))
    extra = data.draw(st.sampled_from([{}, FORGED]))
    with transaction.atomic():
        url = f"/attempts/{attempt.pk}/answers/{row.position}/"
        sent = send(browser, url, {**extra, **form, "sequence": ["3"], "sureness": ["sure"]})
        _is_as_it_was_sent(row, sent, received(form))
        quiet = {"HX-Request": "true", "HX-Target": "saved"}
        again = send(browser, url, {**form, "sequence": ["4"]}, **quiet)
        assert again.status_code == 200
        assert ("Not saved yet." in again.content.decode()) == (sent.status_code == 400)
        browser.post(f"/attempts/{attempt.pk}/submit/")
        _is_worth_what_it_is(row)
        transaction.set_rollback(True)


def _is_as_it_was_sent(row: AttemptQuestion, sent: "Response", form: Form) -> None:
    """The answer is kept as the type reads the form, or there is none and the page says so."""
    kind = question_types.get(row.version.body["type"])
    stored = Answer.objects.filter(attempt_question=row).first()
    try:
        response = kind.parse(form, row.version.body, row.options)
    except InvalidResponse:
        assert (sent.status_code, stored) == (400, None)
        assert 'role="alert"' in sent.content.decode()
    else:
        assert sent.status_code == 302
        assert stored
        assert (stored.response, stored.credit, stored.sureness) == (response, None, "sure")
    row.attempt.refresh_from_db()
    assert row.attempt.submitted_at is None


def _is_worth_what_it_is(row: AttemptQuestion) -> None:
    """The credit is the grade of what is stored; nothing of what a client says about it counts."""
    stored = Answer.objects.filter(attempt_question=row).first()
    row.attempt.refresh_from_db()
    credit = stored.credit if stored else 0
    assert row.attempt.credit == credit
    if stored:
        kind = question_types.get(row.version.body["type"])
        right = kind.grade(row.version.body, row.version.answer_key or {}, stored.response)
        assert float(stored.credit or 0) == right.credit
    assert list(checks.differences()) == []


@pytest.mark.parametrize("type_", ALL_TYPES)
@few
@given(data=st.data())
def test_any_form_is_an_answer_to_a_card_or_refused(
    bank: dict[str, Version], learner: User, browser: Client, type_: str, data: st.DataObject
) -> None:
    version = bank[type_]
    options = presentation.check_options(version)
    other = presentation.check_options(bank["single" if type_ != "single" else "multiple"])
    form = data.draw(forms_for(version, options, [public_id for public_id, _ in other]))
    with transaction.atomic():
        Question.objects.filter(live_version=version).update(uses=["review"])
        Question.objects.exclude(live_version=version).filter(key__startswith="all").update(live_version=None)
        long_ago = NOW.replace(year=2025)
        progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-1"), now=long_ago)
        card = learner.review_cards.get(term=None)
        hidden = {"number": ["1"], "version": [str(version.pk)]}
        sent = send(browser, f"/review/cards/{card.pk}/answer/", {**FORGED, **form, **hidden})
        logs = ReviewLog.objects.filter(source="review")
        try:
            kind = question_types.get(type_)
            response = kind.parse(received(form), version.body, options)
        except InvalidResponse:
            assert (sent.status_code, logs.count()) == (400, 0)
        else:
            assert (sent.status_code, logs.count()) == (302, 1)
            grade = kind.grade(version.body, version.answer_key or {}, response)
            assert (logs[0].response, float(logs[0].credit or 0)) == (response, grade.credit)
        assert list(checks.differences()) == []
        transaction.set_rollback(True)


@few
@given(
    form=st.dictionaries(
        st.one_of(st.sampled_from(["number", "sentence", "label", "time_zone"]), anything.filter(bool)),
        st.lists(
            st.one_of(st.sampled_from(["1", "sentence-0", "product", "UTC", "\0"]), anything), max_size=2
        ),
    )
)
@example(form={"number": ["1"], "label": ["product"], "sentence": ["\0"]})
@example(form={"number": ["\u00b2"], "label": ["product"], "sentence": ["sentence-0"]})
def test_any_form_is_an_answer_in_the_drill_or_a_visitor_stays_one(course: Course, form: Form) -> None:
    with transaction.atomic():
        make_sentences()
        client = Client()
        assert send(client, "/drill/answers/", form).status_code == 302
        assert DrillAnswer.objects.count() in (0, 1)
        assert User.objects.count() >= DrillAnswer.objects.count()
        transaction.set_rollback(True)


@few
@given(form=st.dictionaries(anything.filter(bool), st.lists(anything, max_size=2)), number=anything)
def test_any_number_of_a_card_or_a_save_is_told_in_words(
    attempt: Attempt, browser: Client, form: Form, number: str
) -> None:
    with transaction.atomic():
        names = ("sequence", "sureness", "number", "version", "sentence", "label", "time_zone", "question")
        odd = {**form, **{name: [number] for name in names}}
        for path in (
            f"/attempts/{attempt.pk}/answers/1/",
            f"/attempts/{attempt.pk}/answers/{10**30}/",
            f"/attempts/{attempt.pk}/submit/",
            "/review/cards/1/answer/",
            f"/review/cards/{10**30}/answer/",
            "/drill/answers/",
            "/learn/two-pms/quiz/module-1/start/",
            "/learn/two-pms/lesson-1/complete/",
            "/learn/two-pms/lesson-1/checks/check-1/",
        ):
            assert send(browser, path, odd).status_code in (200, 302, 400, 404), path
        assert not Answer.objects.exists()
        transaction.set_rollback(True)


# --- Floods, and text that is none --------------------------------------------------------------------------


@pytest.mark.parametrize("type_", ALL_TYPES)
@pytest.mark.parametrize("flood", ["a million values", "a million characters", "a thousand fields"])
def test_a_flood_is_refused_and_the_answer_before_it_stands(
    attempt: Attempt, browser: Client, type_: str, flood: str
) -> None:
    row = next(
        each for each in attempt.questions.select_related("version") if each.version.body["type"] == type_
    )
    url = f"/attempts/{attempt.pk}/answers/{row.position}/"
    right = form_of(row.version, CASES[type_].right, row.options)
    send(browser, url, {**right, "sequence": ["1"]})
    name, value = next((name, values[0]) for name, values in right.items())
    body = {
        "a million values": encoded({**right, "sequence": ["2"]}) + b"&option=x" * 1_000_000,
        "a million characters": encoded({**right, name: [value + "x" * 1_000_000], "sequence": ["2"]}),
        "a thousand fields": encoded({**right, "sequence": ["2"], **{f"f{n}": ["x"] for n in range(1001)}}),
    }[flood]
    sent = browser.generic("POST", url, body, content_type=PLAIN)
    assert sent.status_code == 400
    assert Answer.objects.get().sequence == 1
    browser.post(f"/attempts/{attempt.pk}/submit/")
    assert Answer.objects.get().credit == 1


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "hex", "idna", "utf-16", "no-such"])
def test_a_form_in_another_encoding_is_refused(attempt: Attempt, browser: Client, charset: str) -> None:
    row = attempt.questions.select_related("version").get(version__body__type="short_text")
    parts = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % part
        for part in ((b"answer", b"+2AA- \\ud800"), (b"sequence", b"1"))
    )
    for path in (f"/attempts/{attempt.pk}/answers/{row.position}/", "/drill/answers/"):
        sent = browser.generic(
            "POST",
            path,
            parts + b"--x--\r\n",
            content_type=f"multipart/form-data; boundary=x; charset={charset}",
        )
        assert sent.status_code == 400
        assert "Nothing was changed" in sent.content.decode()
    assert not Answer.objects.exists()


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=UTF-8"])
def test_a_form_in_parts_is_read_like_any_other(attempt: Attempt, browser: Client, charset: str) -> None:
    row = attempt.questions.select_related("version").get(version__body__type="short_text")
    body = (
        b'--x\r\nContent-Disposition: form-data; name="answer"\r\n\r\nproduct\r\n'
        b'--x\r\nContent-Disposition: form-data; name="sequence"\r\n\r\n1\r\n--x--\r\n'
    )
    url = f"/attempts/{attempt.pk}/answers/{row.position}/"
    sent = browser.generic("POST", url, body, content_type=f"multipart/form-data; boundary=x{charset}")
    assert sent.status_code == 302
    assert Answer.objects.get().response == {"text": "product"}


def test_what_is_kept_holds_no_character_that_cannot_be_seen(attempt: Attempt, browser: Client) -> None:
    row = attempt.questions.select_related("version").get(version__body__type="short_text")
    url = f"/attempts/{attempt.pk}/answers/{row.position}/"
    send(browser, url, {"answer": ["\0pro\u202educt\x07\ud800 "], "sequence": ["1"]})
    kept = Answer.objects.get()
    assert json.dumps(kept.response, ensure_ascii=False) == '{"text": "pro duct \ufffd\ufffd\ufffd"}'
