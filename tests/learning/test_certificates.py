"""Certificates: earned once by what is on record, issued under a name, replaced, withdrawn, erased."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditLog, User
from courses import outline, publishing
from courses.models import Course, Lesson, Version
from learning import certificate_words, certificates, enrollment, progress, quizzes, state
from learning.certificates import Shown
from learning.models import Certificate, IssuedAddress
from mailing.models import OutboxMail
from tests.factories import NOW
from tests.learning.finishing import earn, earn_issued, give_certificates, pass_final, read_all
from tests.learning.quiz_steps import take

LATER = NOW + timedelta(days=2)


@pytest.fixture
def giving(course: Course) -> Course:
    """The course, with a final, giving certificates."""
    return give_certificates(course)


# The rule -------------------------------------------------------------------------------------------------


def test_the_last_lesson_after_the_final_earns_it(giving: Course, learner: User) -> None:
    pass_final(learner)
    read_all(learner, but="lesson-4")
    assert not learner.certificates.exists()
    progress.complete_lesson(user=learner, lesson=Lesson.objects.live().get(key="lesson-4"), now=NOW)
    assert learner.certificates.get().lessons == 4


def test_the_final_after_the_last_lesson_earns_it(giving: Course, learner: User) -> None:
    read_all(learner)
    pass_final(learner, right=1)
    assert not learner.certificates.exists()
    pass_final(learner, right=3, now=LATER)
    earned = learner.certificates.get()
    assert (earned.awarded_at, earned.questions, earned.pass_mark) == (LATER, 4, 70)
    assert Decimal(3) <= (earned.points or 0) < 4


def test_without_a_final_every_modules_quiz_earns_it(course: Course, learner: User) -> None:
    give_certificates(course, final=False)
    read_all(learner)
    take(learner, quizzes.get_live("two-pms", "module-1"), right=4)
    assert not learner.certificates.exists()
    take(learner, quizzes.get_live("two-pms", "module-2"), right=4)
    earned = learner.certificates.get()
    assert (earned.quizzes, earned.points) == (2, None)
    assert dict(certificate_words.facts(earned))["Quizzes"] == "all 2 passed"
    assert certificate_words.summary(earned) == "All 4 lessons done; all 2 quizzes passed."
    assert certificate_words.rule(earned).endswith("and the quiz of every module passed.")


def test_a_course_without_quizzes_speaks_of_its_lessons_alone(learner: User) -> None:
    made = Version(body={"language": "en", "title": "Two jobs"}, number=3)
    told = Certificate(user=learner, outline=made, awarded_at=NOW, lessons=4)
    assert certificate_words.summary(told) == "All 4 lessons done."
    assert [name for name, _ in certificate_words.facts(told)] == [
        "Course",
        "Its version",
        "Finished on",
        "Lessons",
    ]


def test_a_course_that_gives_none_gives_none(course: Course, learner: User) -> None:
    read_all(learner)
    for key in ("module-1", "module-2"):
        take(learner, quizzes.get_live("two-pms", key), right=4)
    assert not Certificate.objects.exists()


def test_it_is_earned_once_whatever_is_done_again(giving: Course, learner: User) -> None:
    first = earn(learner)
    lesson = Lesson.objects.live().get(key="lesson-1")
    progress.undo_lesson(user=learner, lesson=lesson, now=LATER)
    progress.complete_lesson(user=learner, lesson=lesson, now=LATER)
    pass_final(learner, now=LATER)
    assert certificates.look_again(user=learner, course=giving, now=LATER) is None
    assert learner.certificates.get() == first
    assert OutboxMail.objects.filter(kind="certificate").count() == 1


def test_undoing_a_lesson_takes_no_certificate_away(giving: Course, learner: User) -> None:
    earn(learner)
    progress.undo_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-1"), now=LATER)
    assert learner.certificates.get().stands is False  # earned, and not issued yet
    assert learner.certificates.get().revoked_at is None


def test_a_lesson_undone_before_the_final_has_to_be_done_again(giving: Course, learner: User) -> None:
    read_all(learner)
    progress.undo_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-1"), now=NOW)
    pass_final(learner)
    assert not learner.certificates.exists()


def test_its_facts_stay_when_the_course_changes(giving: Course, learner: User) -> None:
    earned = earn(learner)
    Course.objects.filter(pk=giving.pk).update(title="Another name")
    publishing.publish(Course.objects.get(pk=giving.pk), author=None, now=LATER)
    assert Certificate.objects.select_related("outline").get(pk=earned.pk).title == "Two jobs"


def test_who_had_finished_before_gets_it_when_asked(course: Course, learner: User) -> None:
    read_all(learner)
    for key in ("module-1", "module-2"):
        take(learner, quizzes.get_live("two-pms", key), right=4)
    giving = give_certificates(course, final=False)
    assert certificates.finished(outline.of(giving), state.of(learner, giving))
    assert certificates.look_again(user=learner, course=giving, now=LATER)
    assert learner.certificates.count() == 1


def test_a_guest_and_the_account_earn_it_together(giving: Course, learner: User) -> None:
    guest = User.objects.create(email=None)
    read_all(learner)
    pass_final(guest)
    enrollment.inherit(guest=guest, user=learner, now=LATER)
    assert learner.certificates.get().awarded_at == LATER


def test_a_guests_certificate_comes_along_and_never_twice(giving: Course, learner: User) -> None:
    guest = User.objects.create(email=None)
    earn(guest)
    own = earn(learner)
    enrollment.inherit(guest=guest, user=learner, now=LATER)
    assert learner.certificates.get() == own


def test_looking_costs_one_query_more_and_giving_five(giving: Course, learner: User) -> None:
    read_all(learner, but="lesson-4")
    last = Lesson.objects.live().get(key="lesson-4")
    before = cost_of_completing(learner, Lesson.objects.live().get(key="lesson-3"))
    assert cost_of_completing(learner, last) == before + 1
    pass_final(learner)
    progress.undo_lesson(user=learner, lesson=last, now=LATER)
    learner.certificates.all().delete()
    assert cost_of_completing(learner, last) == before + 5


def cost_of_completing(user: User, lesson: Lesson) -> int:
    """How many queries completing a lesson again costs; the marks of transactions are not counted."""
    progress.undo_lesson(user=user, lesson=lesson, now=NOW)
    with CaptureQueriesContext(connection) as queries:
        progress.complete_lesson(user=user, lesson=lesson, now=NOW)
    return sum("SAVEPOINT" not in query["sql"] for query in queries.captured_queries)


# The name -------------------------------------------------------------------------------------------------


def test_a_name_is_set_as_it_is_written(giving: Course, learner: User) -> None:
    earned = earn(learner)
    for typed, kept in {
        "  Lea   Muster ": "Lea Muster",
        "Юлия Ёлкина": "Юлия Ёлкина",
        "Γιώργος": "Γιώργος",
        "محمد علي": "محمد علي",
        "אברהם": "אברהם",
        "Nguyễn Thị Hương": "Nguyễn Thị Hương",
        "Zoe\u0308": "Zoë",
        "abc\u202edef": "abcdef",
    }.items():
        issued = certificates.issue(user=learner, certificate_id=earned.pk, name=typed, now=NOW)
        assert (issued.name, issued.issued_at, issued.shared) == (kept, NOW, False)


def test_a_name_that_cannot_be_set_is_refused(giving: Course, learner: User) -> None:
    earned = earn(learner)
    for name, said in {
        "": "Write the name",
        "x" * 121: "121 letters",
        "Li 李小龙": "“李小龙”",
        "김 🙂": "“김🙂”",
    }.items():
        with pytest.raises(certificates.CannotIssueError, match=said):
            certificates.issue(user=learner, certificate_id=earned.pk, name=name, now=NOW)
    assert not IssuedAddress.objects.exists()


def test_a_guest_is_told_to_sign_up_first(giving: Course) -> None:
    guest = User.objects.create(email=None)
    earned = earn(guest)
    with pytest.raises(certificates.CannotIssueError, match="sign up"):
        certificates.issue(user=guest, certificate_id=earned.pk, name="Lea", now=NOW)


def test_the_same_name_twice_changes_nothing(giving: Course, learner: User) -> None:
    issued = earn_issued(learner)
    again = certificates.issue(user=learner, certificate_id=issued.pk, name=issued.name, now=LATER)
    assert (again.pk, again.issued_at, again.identity_salt) == (issued.pk, NOW, issued.identity_salt)


def test_another_name_replaces_it_and_forgets_the_old_one(giving: Course, learner: User) -> None:
    old = earn_issued(learner, name="Old Name", shared=True)
    new = certificates.issue(user=learner, certificate_id=old.pk, name="New Name", now=LATER)
    assert new.pk != old.pk
    assert (new.name, new.shared, new.points, new.awarded_at) == ("New Name", True, old.points, NOW)
    old.refresh_from_db()
    assert (old.replaced_at, old.name, old.stands) == (LATER, "", False)
    repeated = certificates.issue(user=learner, certificate_id=old.pk, name="New Name", now=LATER)
    assert repeated.pk == new.pk


def test_nobody_issues_or_shares_what_is_not_theirs(giving: Course, learner: User) -> None:
    issued, other = earn_issued(learner), User.objects.create_user("bob@example.org")
    with pytest.raises(Certificate.DoesNotExist):
        certificates.issue(user=other, certificate_id=issued.pk, name="Bob", now=NOW)
    assert not certificates.share(user=other, certificate_id=issued.pk, shared=True)


# Who finds what ---------------------------------------------------------------------------------------------


def find(certificate: Certificate, viewer: User | None = None) -> Shown:
    """What somebody finds at an address where there is something to find."""
    shown = certificates.find(certificate.pk, viewer=viewer)
    assert shown
    return shown


def test_others_find_it_only_while_it_is_shared(giving: Course, learner: User) -> None:
    issued = earn_issued(learner)
    assert certificates.find(issued.pk, viewer=None) is None
    certificates.share(user=learner, certificate_id=issued.pk, shared=True)
    assert (find(issued).status, find(issued).own) == ("valid", False)
    certificates.share(user=learner, certificate_id=issued.pk, shared=False)
    assert certificates.find(issued.pk, viewer=User.objects.create_user("bob@example.org")) is None
    assert find(issued, learner).own


def test_the_old_address_leads_to_the_new_one_while_that_is_shared(giving: Course, learner: User) -> None:
    old = earn_issued(learner, shared=True)
    new = certificates.issue(user=learner, certificate_id=old.pk, name="New", now=LATER)
    assert (find(old).status, find(old).successor) == ("replaced", new.pk)
    certificates.share(user=learner, certificate_id=new.pk, shared=False)
    assert find(old).successor is None
    assert find(old, learner).successor == new.pk


def test_withdrawing_is_said_audited_and_listed(giving: Course, learner: User) -> None:
    issued = earn_issued(learner, shared=True)
    staff = User.objects.create_user("staff@example.org", is_staff=True)
    for expected in (True, False):
        done = certificates.revoke(certificate=issued, reason="Sat by another.", actor=staff, now=LATER)
        assert done is expected
    assert find(issued).status == "withdrawn"
    assert certificates.withdrawn() == [issued.pk]
    row = AuditLog.objects.get()
    assert (row.action, row.actor, row.object_id) == ("certificate_withdrawn", staff, str(issued.pk))
    assert "another" not in str(row.after)
    with pytest.raises(certificates.CannotIssueError, match="withdrawn"):
        certificates.issue(user=learner, certificate_id=issued.pk, name="New", now=LATER)
    assert certificates.restore(certificate=issued, actor=staff, now=LATER)
    assert certificates.withdrawn() == []


def test_a_withdrawn_certificate_is_not_earned_anew(giving: Course, learner: User) -> None:
    certificates.revoke(certificate=earn_issued(learner), reason="Why.", actor=None, now=NOW)
    pass_final(learner, now=LATER)
    assert learner.certificates.count() == 1


def test_after_erasure_the_address_says_withdrawn_and_knows_nobody(giving: Course, learner: User) -> None:
    issued = earn_issued(learner, shared=True)
    learner.delete()
    assert not Certificate.objects.exists()
    assert (find(issued).status, find(issued).certificate) == ("withdrawn", None)
    assert certificates.withdrawn() == [issued.pk]
    assert [field.name for field in IssuedAddress._meta.get_fields()] == ["id"]
    assert certificates.find(uuid4(), viewer=None) is None


def test_while_the_account_sleeps_it_reads_as_withdrawn_and_comes_back_with_it(
    giving: Course, learner: User
) -> None:
    issued = earn_issued(learner, shared=True)
    User.objects.filter(pk=learner.pk).update(erase_at=LATER)
    assert (find(issued).status, find(issued).certificate) == ("withdrawn", None)
    assert certificates.withdrawn() == [issued.pk]
    User.objects.filter(pk=learner.pk).update(erase_at=None)
    assert (find(issued).status, certificates.withdrawn()) == ("valid", [])


def test_what_was_never_issued_leaves_no_trace(giving: Course, learner: User) -> None:
    earned = earn(learner)
    learner.delete()
    assert certificates.find(earned.pk, viewer=None) is None
