"""Put modules and lessons of a course in order, and add to it. Drafts only: publishing shows the order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from courses import course_tree
from courses.markdown_syntax import slug
from courses.models import Course, Lesson, Module, Quiz

Order = dict[int, list[int]]
"""The ids of the modules in order, and of the lessons in each."""

PASS_MARK = 70
"""Per cent; what a new quiz asks for until its editor says else."""

KEY_LENGTH = 60


class OrderChanged(ValueError):
    """The order is another one than that which a move was made from. Nothing was moved."""


class NotAdded(ValueError):
    """What was to be added cannot be; the words are for the editor."""


@dataclass(frozen=True, slots=True)
class Move:
    """Lessons that go into a module, or a module that goes to another place."""

    module: int
    """Where the lessons go; the module that goes, if there are no lessons."""

    at: int | None = None
    """The place among the others, from 0; None: the last."""

    lessons: Sequence[int] = ()


def moved(order: Order, move: Move) -> Order:
    """Return the order after a move; places beyond the end are the last. Pure.

    Raises KeyError if the course has no such module or lesson.
    """
    if move.module not in order:
        raise KeyError(move.module)
    if not move.lessons:
        modules = [module for module in order if module != move.module]
        modules.insert(len(modules) if move.at is None else move.at, move.module)
        return {module: order[module] for module in modules}
    there = {lesson for lessons in order.values() for lesson in lessons}
    if missing := set(move.lessons) - there:
        raise KeyError(missing.pop())
    going = [lesson for lessons in order.values() for lesson in lessons if lesson in set(move.lessons)]
    left = {module: [each for each in lessons if each not in going] for module, lessons in order.items()}
    at = len(left[move.module]) if move.at is None else move.at
    left[move.module][at:at] = going
    return left


@transaction.atomic
def arrange(*, course: Course, move: Move, seen: str, actor: User | None, now: datetime) -> bool:
    """Move modules or lessons of a draft; say whether that changed anything.

    `seen` is the digest of the order that the move was made from (`course_tree.Tree.order`). A move that has
    been made already is no fault, whatever was seen. Raises OrderChanged; KeyError for what is not there.
    """
    Course.objects.select_for_update().get(pk=course.pk)
    before = _order_of(course)
    after = moved(before, move)
    if list(after.items()) == list(before.items()):
        return False
    if seen != course_tree.digest_of(before):
        raise OrderChanged
    _write(course, before, after)
    audit.record(
        actor=actor,
        action="course.arrange",
        obj=course,
        before={"order": [list(each) for each in before.items()]},
        after={"order": [list(each) for each in after.items()]},
        now=now,
    )
    return True


def _order_of(course: Course) -> Order:
    order: Order = {module: [] for module in course.modules.values_list("pk", flat=True)}
    for lesson, module in course.lessons.values_list("pk", "module_id"):
        order[module].append(lesson)
    return order


def _write(course: Course, before: Order, after: Order) -> None:
    """Number what stands elsewhere than before; the rest keeps its number."""
    if list(before) != list(after):
        for number, pk in enumerate(after, start=1):
            course.modules.filter(pk=pk).exclude(order=number).update(order=number)
    touched = [module for module, lessons in after.items() if lessons != before[module]]
    rows = {row.pk: row for row in course.lessons.filter(pk__in=[pk for key in touched for pk in after[key]])}
    for module in touched:
        for number, pk in enumerate(after[module], start=1):
            rows[pk].module_id, rows[pk].order = module, number
    Lesson.objects.bulk_update(rows.values(), ["module", "order"])


@transaction.atomic
def add_module(*, course: Course, title: str, actor: User | None, now: datetime) -> Module:
    """Add a module at the end; one that was added so a moment ago is returned as it is. Raises NotAdded."""
    Course.objects.select_for_update().get(pk=course.pk)
    key = _key(title)
    there = course.modules.filter(key=key).first()
    if there:
        if there.title == title and there.archived_at is None and not there.lessons.exists():
            return there
        raise NotAdded(
            _("The module “%(title)s” has the key %(key)s already. Choose other words; reword it later.")
            % {"title": there, "key": key}
        )
    last = course.modules.order_by("order").last()
    row = course.modules.create(key=key, title=title, order=last.order + 1 if last else 1)
    audit.record(actor=actor, action="course.add_module", obj=row, after={"title": title}, now=now)
    return row


@transaction.atomic
def add_lesson(*, module: Module, title: str, question: str, actor: User | None, now: datetime) -> Lesson:
    """Add the empty draft of a lesson at the end of a module; one just added is returned. Raises NotAdded."""
    Course.objects.select_for_update().get(pk=module.course_id)
    key = _key(title)
    there = Lesson.objects.filter(course_id=module.course_id, key=key).first()
    if there:
        if (there.title, there.module_id, there.body) == (title, module.pk, ""):
            return there
        raise NotAdded(
            _("The lesson “%(title)s” has the key %(key)s already. Choose other words; reword it later.")
            % {"title": there, "key": key}
        )
    last = module.lessons.order_by("order").last()
    row = module.lessons.create(
        course_id=module.course_id,
        key=key,
        title=title,
        question=question,
        order=last.order + 1 if last else 1,
    )
    audit.record(actor=actor, action="course.add_lesson", obj=row, after={"title": title}, now=now)
    return row


@transaction.atomic
def add_quiz(*, course: Course, module: Module | None, actor: User | None, now: datetime) -> Quiz:
    """Add the draft of a quiz to a module, or the final to a course; one that is there is returned.

    It has no pools yet, which keeps it from being published.
    """
    Course.objects.select_for_update().get(pk=course.pk)
    key, title = (module.key, module.title) if module else ("final", f"Final: {course.title}"[:120])
    about = {"title": title, "pass_mark": PASS_MARK, "key": key}
    row, made = course.quizzes.get_or_create(module=module, defaults=about)
    if made:
        audit.record(actor=actor, action="course.add_quiz", obj=row, after={"title": title}, now=now)
    return row


def _key(title: str) -> str:
    """Return the key that comes of a title. Raises NotAdded if none does."""
    key = slug(title)[:KEY_LENGTH].strip("-")
    if not key:
        raise NotAdded(_("The title needs a Latin letter or a digit: the address is made of it."))
    return key
