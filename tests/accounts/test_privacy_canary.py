"""Somebody with a name and address like no other uses everything, and is erased: nothing of them is left."""

import io
import re
import zipfile
from datetime import time, timedelta
from pathlib import Path

import pytest
import redis
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from accounts.models import Invitation, InvitationWave, User
from accounts.privacy import erasure, exports, look_ins, records
from careers import again, already, assessment, plans
from courses import marks
from courses.models import Course, DrillSentence, Label, Module, Question
from learning import checks, drill, goals, notes, progress, quizzes, reports, review_plan
from learning.models import (
    Accommodation,
    AttemptQuestion,
    Certificate,
    Cohort,
    CohortMember,
    DigestTrial,
    RegradeRecord,
)
from learning.reminders import contract
from learning.rhythm import Rhythm
from mailing import delivery, encryption, events, outbox
from mailing.clock import now
from mailing.models import MailEvent, OutboxMail, Suppression
from portal import database_programs
from tests.accounts.people import CODE_PAGE, SIGN_UP, make_member, newest_code, own_data, prove
from tests.accounts.test_privacy_export import folder
from tests.careers import small
from tests.careers.answering import take
from tests.factories import make_course
from tests.learning import quiz_steps
from tests.learning.reminding import put_reminder
from tests.learning.sentences import make_sentences
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["folder"]  # a fixture: a sweep in another process would take what its own database does not name
NAME = "Zebulon Quillfeather"
ADDRESS = "zebulon.quillfeather@canary.example"
TRACES = ("quillfeather", "canary.example", "zebulon")
NEVER_USED = {
    # tables of the download that the canary has no row in, and why
    "courses.Version": "it writes no lessons",
    "accounts.AuditLog": "it is no staff",
    "accounts.Leaver": "it has not been sent away",
}


def traces(text: str) -> list[str]:
    """Where the canary's name or address stands in a text, with some letters around."""
    found = re.finditer("|".join(TRACES), text, flags=re.IGNORECASE)
    return [text[max(hit.start() - 60, 0) : hit.end() + 20] for hit in found]


def in_the_database() -> list[str]:
    """Traces in a full dump, in what sessions hold, and in what mails carry closed."""
    program = database_programs.find("pg_dump", major=database_programs.server_major())
    dump = database_programs.run([str(program), "--inserts"])
    assert dump.returncode == 0, dump.stderr
    opened = [str(session.get_decoded()) for session in Session.objects.all()]
    closed = OutboxMail.objects.filter(payload__isnull=False)
    opened += [str(encryption.open_payload(bytes(mail.payload))) for mail in closed if mail.payload]
    return traces("\n".join([dump.stdout, *opened]))


def in_files(exported: Path) -> list[str]:
    """Traces in the files under DATA_DIR and in what was exported, those in ZIPs included."""
    found: list[str] = []
    for path in (*Path(settings.DATA_DIR).rglob("*"), *exported.rglob("*")):
        if path.is_file() and not {"static", "programs"} & set(path.parts):
            content = path.read_bytes()
            found += traces(f"{path.name}\n{content.decode(errors='replace')}")
            if zipfile.is_zipfile(io.BytesIO(content)):
                with zipfile.ZipFile(io.BytesIO(content)) as bundle:
                    for name in bundle.namelist():
                        found += traces(bundle.read(name).decode())
    return found


def in_the_broker() -> list[str]:
    """Traces in the names and values of all that Valkey holds."""
    broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    try:
        return traces("\n".join(f"{key!r} {broker.dump(key)!r}" for key in broker.scan_iter()))
    finally:
        broker.close()


def sign_up(client: Client) -> User:
    """Become the canary, as people do."""
    client.post("/accounts/signup/", {**SIGN_UP, "email": ADDRESS.title(), "name": NAME})
    client.post(CODE_PAGE, {"code": newest_code()})
    return User.objects.get(name=NAME)


def learn(user: User, course: Course) -> None:
    """Leave rows in every table of learning."""
    today = now()
    lesson = course.lessons.select_related("live_version", "course").get(key="lesson-1")
    progress.complete_lesson(user=user, lesson=lesson, now=today)
    check = Question.objects.select_related("live_version").get(key="check-1")
    right = {"choice": "moving-app"}
    progress.answer_check(user=user, lesson=lesson, question=check, response=right, sureness="", now=today)
    quiz = quizzes.get_live(course.key, "module-1")
    quiz_steps.take(user, quiz, right=3, now=today)
    notes.write(user=user, lesson=lesson, text=f"{user.name} wonders.", revision=0, now=today)
    notes.mark(user=user, lesson=lesson, wanted=True, now=today)
    drill.answer(user=user, number=1, sentence=DrillSentence.objects.all()[0], given=Label.PRODUCT, now=today)
    goals.set_goal(user=user, days=3, now=today)
    review_plan.choose(user=user, chosen=Rhythm.WEEKLY, now=today)
    Accommodation.objects.create(user=user, extra_time_percent=25, reason="Agreed.", given_at=today)
    DigestTrial.objects.create(user=user, day=today.date(), at=today, held_out=False)
    thing = marks.Marked(version=lesson.live_version)
    reports.take_down(
        user=user, thing=thing, kind="typo", text="A word is missing.", wants_mail=True, now=today
    )
    cohort = Cohort.objects.create(course=course, name=f"Autumn {user.pk}", created_at=today)
    cohort.owners.add(user)
    CohortMember.objects.create(cohort=cohort, user=user, joined_at=today, via=CohortMember.Via.STAFF)
    said = {"userinfo": {"name": user.name, "email": user.email}}
    SocialAccount.objects.create(user=user, provider="organisation", uid=str(user.pk), extra_data=said)
    give_certificate(user, course)


def give_certificate(user: User, course: Course) -> None:
    """Leave a certificate with the canary's name on it."""
    assert course.live_version
    Certificate.objects.create(
        user=user,
        course=course,
        outline=course.live_version,
        awarded_at=now(),
        lessons=1,
        quizzes=1,
        name=user.name,
    )


def be_graded_again(user: User) -> None:
    """Have an answer graded again, in name only."""
    row = AttemptQuestion.objects.filter(attempt__user=user).first()
    assert row
    RegradeRecord.objects.create(
        attempt=row.attempt,
        attempt_question=row,
        from_version=row.version,
        to_version=row.version,
        credit_before=0,
        credit_after=1,
        total_before=3,
        total_after=3,
        passed_before=True,
        passed_after=True,
        reason="The key was wrong.",
        at=now(),
    )


def find_out(user: User) -> None:
    """Leave rows in every table of careers."""
    take(user, "product", count=30)
    assessment.react(user=user, given=[("product", "dull", "like")], now=now())
    again.skip(user=user, module=Module.objects.filter(key__startswith="module").latest("pk"), now=now())
    already.choose(user=user, shown=["shift"], chosen=["shift"], now=now())
    plans.tick(user=user, key="both", done=["read"], now=now())


def be_written_to(user: User, course: Course, sink: MailSink) -> None:
    """Ask for reminders, get one, bounce, begin to move to another address."""
    lesson = course.lessons.select_related("live_version", "course").get(key="lesson-2")
    progress.complete_lesson(user=user, lesson=lesson, now=now() - timedelta(days=2))
    contract.save(
        user=user, weekdays=range(1, 8), local_time=time(9), ceiling_per_week=4, kinds=["resume"], now=now()
    )
    long_ago = now() - timedelta(days=2)  # nobody is told in a mail what a page just said
    User.objects.filter(pk=user.pk).update(last_login=long_ago, last_page_at=long_ago)
    reminder = put_reminder(user, now=now())
    delivery.drain(now=now())
    reminder.refresh_from_db()
    assert (reminder.state, sink.recipients()[-1]) == (OutboxMail.State.SENT, ADDRESS)
    told = events.Told("bounce-1", MailEvent.Kind.HARD, ADDRESS, now())
    events.take([told], now=now())
    EmailAddress.objects.create(user=user, email="quillfeather@new.example")


def be_looked_after(user: User) -> None:
    """Be invited, be looked in on, have a second step at the log-in."""
    staff = User.objects.get(is_staff=True)
    wave = InvitationWave.objects.create(label="Spring", starts_at=now(), created_by=staff, created_at=now())
    Invitation.objects.create(wave=wave, email=ADDRESS, user=user, created_at=now())
    Invitation.objects.create(wave=wave, email="quillfeather@new.example", created_at=now())
    look_ins.record(staff=staff, user=user, page="Progress page", now=now())
    Authenticator.objects.create(user=user, type="totp", data={"secret": "closed"})


def test_nothing_of_an_erased_person_is_left_anywhere(
    client: Client, sink: MailSink, tmp_path: Path, folder: Path
) -> None:
    cache.clear()
    course = make_course()
    make_sentences()
    small.bring(tmp_path)
    make_member("staff@example.org", is_staff=True)
    other = make_member("bob@example.org")
    learn(other, course)
    others = own_data(other)[0]
    canary = sign_up(client)
    be_written_to(canary, course, sink)
    learn(canary, course)
    be_graded_again(canary)
    find_out(canary)
    be_looked_after(canary)
    exports.ask(user=canary, rows=1, now=now())
    assert exports.make_next(now=now())
    cache.clear()  # as if the last code were long ago
    Client().post("/accounts/login/code/", {"email": ADDRESS})  # begun in another browser, and left
    outbox.put(
        user=None,
        kind="account",
        slot="later",
        priority=3,
        due_at=now() + timedelta(days=30),
        now=now(),
        to_address=ADDRESS,
        payload={"to": ADDRESS},
    )

    empty = {weight.table.label for weight in records.weigh(canary) if not weight.rows}
    assert empty == set(NEVER_USED), "let the canary use these, so that the erasing is shown of them too"
    assert len(in_the_database()) > 10
    assert in_files(folder)

    prove(client, ADDRESS)
    assert client.post("/settings/privacy/erase/")["Clear-Site-Data"] == '"storage"', "their device too"
    delivery.drain(now=now())
    assert erasure.erase_due(now=now() + timedelta(days=7)) == 1
    assert in_the_database() == []
    assert in_files(folder) == []
    assert in_the_broker() == []
    assert own_data(other)[0] == others
    assert list(checks.differences()) == []
    assert Suppression.objects.get().address_hmac == encryption.address_hashes(ADDRESS)[0]
