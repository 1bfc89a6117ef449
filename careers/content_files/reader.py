"""Read the careers room's files of a content folder; faults join those of the whole reading."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from careers.content_files import format as files
from courses.content_files.reading import Reading, listed, whole
from courses.yaml_records import Record


def read(reading: Reading) -> files.Package:
    """Read fit-check.yaml, already.yaml and plans.yaml where they are. Files may be missing.

    Call it after the courses were read: a lesson that is named must be among theirs.
    """
    package = files.Package()
    places: list[tuple[Record, str, str]] = []  # record, field of it, lesson that it names
    _read_fit_check(reading, package)
    for order, record in enumerate(_once(listed(reading, reading.root / files.ALREADY, "tasks")), start=1):
        package.tasks.append(task := files.task(record, order))
        places.append((record, "lesson", task.lesson))
    for record in _once(listed(reading, reading.root / files.PLANS, "plans")):
        package.plans.append(plan := files.plan(record))
        lessons = [step.lesson for step in plan.steps]
        places += [
            (inner, "lesson", lesson) for inner, lesson in zip(record.records("steps"), lessons, strict=False)
        ]
    if not reading.faults:
        known = {
            f"{each.course.key}/{lesson.key}" for each in reading.package.courses for lesson in each.lessons
        }
        for record, name, lesson in places:
            if lesson and lesson not in known:
                record.report(name, _("unknown lesson %s; write <course>/<lesson>") % repr(lesson))
    return package


def _read_fit_check(reading: Reading, package: files.Package) -> None:
    path = reading.root / files.FIT_CHECK
    record = whole(reading, path) if path.exists() else None
    if record is None:
        return
    package.fit_check = files.fit_check(record)
    keys: set[str] = set()
    for order, entry in enumerate(_once(record.records("statements"), keys), start=1):
        package.statements.append(files.statement(entry, order))
    for order, entry in enumerate(_once(record.records("scenarios"), keys), start=1):
        package.scenarios.append(files.scenario(entry, order))
    record.finish()


def _once(records: "Iterator[Record] | list[Record]", keys: set[str] | None = None) -> Iterator[Record]:
    """Yield the entries of a list; two with one key are a fault."""
    seen = set() if keys is None else keys
    for record in records:
        key = str(record.fields["key"].value) if record.has("key") else ""
        if key in seen:
            record.report("key", _("two entries have the key %s") % repr(key))
        seen.add(key)
        yield record
