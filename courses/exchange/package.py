"""Courses as a zip of content files: what an import would do with each object, and doing it, in drafts."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, picture_files
from accounts.models import User
from courses import markdown_syntax, media
from courses.content_files import format as files
from courses.content_files import rows, sync
from courses.content_files.reader import read_folder
from courses.content_files.steps import Name, Plan, Step
from courses.content_files.steps import Shipped as Held
from courses.content_files.writer import package_files
from courses.exchange import package_pictures
from courses.exchange.limits import CONTROL, Archive, ChangedSince, Deadline, NotReadable, shown, unpack
from courses.exchange.package_pictures import Packed
from courses.exchange.planning import IMPORTED
from courses.models import Course
from courses.models.versions import Shipped
from courses.yaml_records import ContentFault

READ = (".yaml", ".md")
HOLDS = gettext_lazy("a package holds .yaml and .md files, and pictures in the folder pictures")
ALWAYS = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Package:
    """What a package holds: texts, and the pictures that its lessons show."""

    content: files.Package
    pictures: tuple[Packed, ...] = ()


@dataclass
class PackagePlan(Plan[files.Item]):
    """What an import does with each object and each picture."""

    pictures: list[package_pictures.Step] = field(default_factory=list)

    def many(self, *actions: str) -> int:
        """How many objects and pictures there are with one of these actions."""
        return sum(step.action in actions for step in self.steps) + sum(
            step.action in actions for step in self.pictures
        )


class Faulty(ValueError):
    """Files of the package have faults; none of it can be imported before they are mended."""

    def __init__(self, faults: Sequence[ContentFault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = list(faults)


def read(data: bytes) -> Package:
    """Return what a package holds. Raises NotReadable for what is none, Faulty for faults in its files.

    Lessons may show the pictures that the package brings and those that are here (2 queries).
    """
    deadline = Deadline()
    archive = unpack(data)
    found, faults = package_pictures.read(archive, deadline)
    if faults:
        raise Faulty(faults)
    with _unpacked(archive, deadline) as root:
        reading = read_folder(root, media={*media.keys(), *(packed.about.key for packed in found)})
        deadline.check()
        if reading.faults:
            raise Faulty([_told(fault, root) for fault in reading.faults])
    for __, item in reading.package.items():
        if any(CONTROL.search(text) for text in _texts(asdict(item))):
            raise NotReadable(
                _("%(kind)s %(name)s has a character that no text has.")
                % {"kind": type(item).__name__, "name": shown(item.key)}
            )
    if not reading.package.courses:
        raise NotReadable(_("There is no course in it: a package has a folder with course.yaml in it."))
    return Package(reading.package, tuple(found))


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a value: YAML can write characters that a database refuses."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts([*value, *value.values()])
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


@contextmanager
def _unpacked(archive: Archive, deadline: Deadline) -> Iterator[Path]:
    """Write the texts of an archive, whose names were checked, into a folder that goes away again."""
    with TemporaryDirectory(prefix="package-") as folder:
        for name in archive:
            deadline.check()
            if package_pictures.is_file(name) or name == package_pictures.MANIFEST:
                continue
            if not name.endswith(READ):
                raise NotReadable(f"{shown(name)}: {HOLDS}.")
            path = Path(folder, name)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(name))
            except (OSError, ValueError) as error:
                raise NotReadable(_("%(name)s is no name of a file.") % {"name": shown(name)}) from error
        yield Path(folder)


def _told(fault: ContentFault, root: Path) -> ContentFault:
    return ContentFault(fault.file.removeprefix(f"{root}/"), fault.line, fault.message)


def plan(package: Package, *, change: bool) -> PackagePlan:
    """Say what an import would do. Reads only. `change`: whether drafts that are here follow the package."""
    held = _numbered(dict(sync.held()))
    found = PackagePlan(pictures=package_pictures.plan(package.pictures, change=change))
    for course, item in package.content.items():
        found.steps.append(
            _step(course, item, held.get((type(item).__name__, course, item.key)), change=change)
        )
    sync.block_orphans(found)
    return found


def _numbered(held: dict[Name, Held[files.Item]]) -> dict[Name, Held[files.Item]]:
    """Number lessons and questions as their files do: one by one within the module, without gaps."""
    modules: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for (kind, course, key), one in held.items():
        if isinstance(one.item, files.Lesson | files.Question) and not one.archived:
            modules.setdefault((kind, course, one.item.module), []).append((one.item.order, key))
    places = {
        (kind, course, key): place
        for (kind, course, _), found in modules.items()
        for place, (_, key) in enumerate(sorted(found), start=1)
    }
    numbered = dict(held)
    for name, place in places.items():
        item = held[name].item
        if isinstance(item, files.Lesson | files.Question):
            numbered[name] = replace(held[name], item=replace(item, order=place))
    return numbered


def _step(course: str, item: files.Item, held: Held[files.Item] | None, *, change: bool) -> Step[files.Item]:
    if held is None:
        return Step("add", course, item)
    if held.item == item:
        return Step("same", course, item)
    if held.archived:
        return Step("keep", course, item, _("it is archived here"))
    return Step("update", course, item) if change else Step("keep", course, item, _("it differs here"))


def digest(plan: PackagePlan) -> str:
    """Name what a plan would write: another plan has another name."""
    said = [(step.action, *step.name, files.digest(step.item)) for step in plan.steps]
    shown = [(step.action, step.packed.about) for step in plan.pictures]
    return hashlib.sha256(repr((said, shown)).encode()).hexdigest()


def carry_out(
    package: Package, *, change: bool, seen: str, author: User | None, now: datetime
) -> PackagePlan:
    """Do what `plan` said, all of it or nothing, and return it. The same import again changes nothing.

    `seen`: the digest of the plan that somebody looked at. Raises ChangedSince where it is another by now.
    """
    with picture_files.storing() as store, transaction.atomic():
        list(Course.objects.select_for_update().order_by("pk").values_list("pk"))
        found = plan(package, change=change)
        if digest(found) != seen:
            raise ChangedSince
        package_pictures.write(found.pictures, store, author=author, now=now)
        _write(found, author=author, now=now)
        counts = {action: found.many(action) for action in ("add", "update", "same", "keep")}
        keys = [each.course.key for each in package.content.courses]
        audit.record(actor=author, action="package.import", after={**counts, "courses": keys}, now=now)
    return found


def _write(found: PackagePlan, *, author: User | None, now: datetime) -> None:
    desk = rows.Desk(now, "")
    rows_here = {name: row for name, row, _ in sync.named_rows()} if found.of("update") else {}
    made: dict[str, list[Shipped]] = {"add": [], "update": []}
    for step in found.of("add", "update"):
        row = rows_here.get(step.name)
        if row is None:
            row = rows.draft(step.course, step.item, desk)
        else:
            rows.rewrite(row, step.course, step.item, now=now)
        made[step.action].append(row)
    audit.record_each(made["add"], actor=author, action="add", after=IMPORTED, now=now)
    audit.record_each(made["update"], actor=author, action="change", after=IMPORTED, now=now)


def write(course: Course) -> bytes:
    """Return a course with all that it names, as the zip that `read` reads. Equal drafts make equal bytes.

    Raises Lost where the files of a picture are gone.
    """
    content = only(sync.from_database(), course.key)
    named = _named(lesson for each in content.courses for lesson in each.lessons)
    return packed(content, package_pictures.files_of(named["media"]))


def packed(content: files.Package, pictures: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
    """Return content and files of pictures as a zip."""
    texts = {name: text.encode() for name, text in package_files(content).items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted({**texts, **pictures}.items()):
            info = zipfile.ZipInfo(name, ALWAYS)
            is_small_already = package_pictures.is_file(name)
            info.compress_type = zipfile.ZIP_STORED if is_small_already else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return out.getvalue()


def _named(lessons: Iterable[files.Lesson]) -> dict[str, set[str]]:
    """Return the keys that lessons' texts name, by kind."""
    found: dict[str, set[str]] = {"fact": set(), "term": set(), "media": set()}
    for lesson in lessons:
        for reference in markdown_syntax.read(lesson.body).references:
            found.setdefault(reference.kind, set()).add(reference.key)
    return found


def only(package: files.Package, key: str) -> files.Package:
    """Return one course with the facts, sources, terms and misconceptions that its files name."""
    owned = [each for each in package.courses if each.course.key == key]
    lessons = [lesson for each in owned for lesson in each.lessons]
    questions = [question for each in owned for question in each.questions]
    keys = _named(lessons)
    facts = [fact for fact in package.facts if fact.key in keys["fact"]]
    sources = {name for lesson in lessons for name in lesson.sources} | {fact.source for fact in facts}
    terms = keys["term"] | {name for lesson in lessons for name in lesson.terms}
    wrong = {question.misconception for question in questions}
    wrong |= {choice.misconception for question in questions for choice in question.choices}
    return files.Package(
        sources=[source for source in package.sources if source.key in sources],
        facts=facts,
        terms=[term for term in package.terms if term.key in terms],
        misconceptions=[one for one in package.misconceptions if one.key in wrong],
        courses=owned,
    )
