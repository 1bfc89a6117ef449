"""Import and export in the admin: a file is looked at first, and what was looked at is what is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from courses.admin.exchange_forms import FileForm, QuestionsForm
from courses.admin.publish_page import author_of
from courses.content_files import format as files
from courses.exchange import exporting, package, package_pictures, planning, uploads
from courses.exchange.limits import ChangedSince, NotReadable
from courses.models import Course, Question, Quiz, Upload
from mailing.clock import now

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

MOST_ROWS = 300
"""Lines of a report that one page shows."""

REFUSED = gettext_lazy("Refused")
DONE = {
    "add": gettext_lazy("New"),
    "change": gettext_lazy("Changed"),
    "update": gettext_lazy("Changed"),
    "same": gettext_lazy("Here already"),
    "keep": gettext_lazy("Left as it is"),
    "refuse": REFUSED,
}
GONE = gettext_lazy(
    "The file is no longer kept, or another one took its place. Choose it again; what was imported stays."
)
FAULTY = gettext_lazy("Nothing of it can be imported before this is mended.")
SEEN = gettext_lazy(
    "Nothing was imported: what is here changed meanwhile. This is what the file would do now."
)


Chosen = Mapping[str, Any]
"""What the form holds."""


@dataclass(frozen=True)
class Row:
    """A line of the report: where in the file, what becomes of it, what it is, and why."""

    place: str
    done: str
    what: str
    remarks: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether it does not come in."""
        return self.done == str(REFUSED)


@dataclass(frozen=True)
class Look:
    """What an import would do, for its page."""

    rows: list[Row]
    digest: str
    writes: int
    notes: tuple[str, ...] = ()
    unfinished: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many lines there are of each kind, in the order in which they are told."""
        names = dict.fromkeys(map(str, DONE.values()))
        found = {name: sum(row.done == name for row in self.rows) for name in names}
        return {name: many for name, many in found.items() if many}


@dataclass(frozen=True)
class Door:
    """One of the two ways in: how its files are looked at, and how they are imported."""

    title: "StrPromise"
    what: str
    back: str
    look: Callable[[Upload, Chosen], Look]
    bring: Callable[[Upload, Chosen, str, User], tuple[int, int]]
    """Returns how many objects are new and how many have changed. Raises ChangedSince."""


def import_questions(request: HttpRequest) -> HttpResponse:
    """Take a file with questions, say what would become of each, and import them once that was looked at."""
    form = QuestionsForm(request.POST or None, request.FILES or None)
    return _import(request, form, QUESTIONS)


def import_package(request: HttpRequest) -> HttpResponse:
    """Take a course package, say what would become of each of its objects, and import them."""
    return _import(request, FileForm(request.POST or None, request.FILES or None), PACKAGE)


def _import(request: HttpRequest, form: FileForm, door: Door) -> HttpResponse:
    """Show the form; after it, the report; after that, do what the report says."""
    look, upload, problem, faults = None, None, "", list[str]()
    if form.is_valid():
        try:
            upload = _uploaded(request, form, door)
            if "seen" in request.POST and _brought(request, form, door, upload):
                return HttpResponseRedirect(reverse(door.back))
            look = door.look(upload, form.cleaned_data)
        except NotReadable as refusal:
            problem = str(refusal)
        except package.Faulty as refusal:
            problem, faults = str(FAULTY), [str(one) for one in refusal.faults]
    context = {
        **admin.site.each_context(request),
        "title": door.title,
        "what": door.what,
        "form": form,
        "upload": upload,
        "look": look,
        "rows": sorted(look.rows, key=lambda row: not row.refused)[:MOST_ROWS] if look else [],
        "more": max(0, len(look.rows) - MOST_ROWS) if look else 0,
        "problem": problem,
        "faults": faults[:MOST_ROWS],
        "more_faults": max(0, len(faults) - MOST_ROWS),
        "back": reverse(door.back),
    }
    return TemplateResponse(request, "admin/courses/import.html", context)


def _uploaded(request: HttpRequest, form: FileForm, door: Door) -> Upload:
    """Return the file that came with the form, or the one that was looked at. Raises NotReadable."""
    file, user = form.cleaned_data["file"], author_of(request)
    if file is None:
        digest = request.POST.get("digest", "")
        kept = uploads.kept(user=user, digest=digest, now=now())
        if kept is None or (kept.kind == Upload.Kind.PACKAGE) != (door is PACKAGE):
            raise NotReadable(GONE if digest else _("Choose a file."))
        return kept
    content = file.read()
    kind = Upload.Kind.PACKAGE if door is PACKAGE else uploads.kind_of(file.name, content)
    return uploads.keep(user=user, kind=kind, name=file.name, content=content, now=now())


def _brought(request: HttpRequest, form: FileForm, door: Door, upload: Upload) -> bool:
    try:
        added, changed = door.bring(upload, form.cleaned_data, request.POST["seen"], author_of(request))
    except ChangedSince:
        messages.warning(request, SEEN)
        return False
    upload.delete()
    words = _(
        "Imported as drafts: %(added)s new, %(changed)s changed. Learners see them once they are published."
    ) % {"added": added, "changed": changed}
    messages.success(request, words)
    return True


def _look_at_questions(upload: Upload, chosen: Chosen) -> Look:
    reading = uploads.read_questions(upload.kind, bytes(upload.content))
    plan = planning.plan(reading, objective=chosen["objective"], change=chosen["change"])
    rows = [Row(line.found.place, str(DONE[line.action]), _words(line), line.remarks) for line in plan.lines]
    return Look(rows, plan.digest, len(plan.of("add", "change")), plan.notes, plan.unfinished)


def _words(line: planning.Line) -> str:
    question = line.question or line.found.question
    return f"{question.prompt} ({question.type.replace('_', ' ')})" if question else ""


def _bring_questions(upload: Upload, chosen: Chosen, seen: str, author: User) -> tuple[int, int]:
    reading = uploads.read_questions(upload.kind, bytes(upload.content))
    wanted = {"objective": chosen["objective"], "change": chosen["change"]}
    plan = planning.carry_out(reading, **wanted, seen=seen, author=author, now=now())
    return len(plan.of("add")), len(plan.of("change"))


def _look_at_package(upload: Upload, chosen: Chosen) -> Look:
    plan = package.plan(package.read(bytes(upload.content)), change=chosen["change"])
    rows = [
        Row(step.course, str(DONE[step.action]), f"{step.name[0].lower()} {step.item.key}", _why(step.reason))
        for step in plan.steps
    ]
    rows += [
        Row(
            _("pictures"),
            str(DONE[step.action]),
            _("picture %(key)s") % {"key": step.packed.about.key},
            _why(step.reason),
        )
        for step in plan.pictures
    ]
    return Look(rows, package.digest(plan), plan.many("add", "update"))


def _why(reason: str) -> tuple[str, ...]:
    return (reason,) if reason else ()


def _bring_package(upload: Upload, chosen: Chosen, seen: str, author: User) -> tuple[int, int]:
    found = package.read(bytes(upload.content))
    plan = package.carry_out(found, change=chosen["change"], seen=seen, author=author, now=now())
    return plan.many("add"), plan.many("update")


QUESTIONS = Door(
    gettext_lazy("Import questions"),
    "questions",
    "admin:courses_question_changelist",
    _look_at_questions,
    _bring_questions,
)
PACKAGE = Door(
    gettext_lazy("Import a course package"),
    "package",
    "admin:courses_course_changelist",
    _look_at_package,
    _bring_package,
)


def export_content(request: HttpRequest) -> HttpResponse:
    """Offer a course, and all of its questions or those of a quiz, as files; on POST, send one."""
    course, quiz = _chosen(request)
    if course is None:
        return _offer(request, None, [])
    found = exporting.plain(exporting.bank_of(course, quiz=quiz))
    if request.method == "POST":
        try:
            return sent(request, course, found)
        except package_pictures.Lost as refusal:
            messages.error(request, str(refusal))
    return _offer(request, course, found, quiz=quiz)


def export_selected(request: HttpRequest, chosen: QuerySet[Question]) -> HttpResponse | None:
    """Offer chosen questions as files; once a format is chosen, send one. They belong to one course."""
    courses = list(Course.objects.filter(questions__in=chosen).distinct()[:2])
    if len(courses) != 1:
        messages.error(request, _("Choose questions of one course: a file holds those of one."))
        return None
    found = exporting.plain(chosen)
    if "format" in request.POST:
        return sent(request, courses[0], found)
    hidden = [(ACTION_CHECKBOX_NAME, key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)]
    across = request.POST.get("select_across", "0")
    hidden += [("action", "export_selected"), ("select_across", across)]
    return _offer(request, courses[0], found, hidden=hidden)


def sent(request: HttpRequest, course: Course, found: list[files.Question]) -> HttpResponse:
    """Send the file of the format that was chosen."""
    kind = request.POST.get("format", "")
    if kind not in Upload.Kind.values:
        raise Http404
    name, content = exporting.export(course, kind, found, author=author_of(request), now=now())
    types = {Upload.Kind.CSV: "text/csv; charset=utf-8", Upload.Kind.GIFT: "text/plain; charset=utf-8"}
    answer = HttpResponse(content, content_type=types.get(Upload.Kind(kind), "application/zip"))
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return answer


def _offer(
    request: HttpRequest, course: Course | None, found: list[files.Question], **more: Any
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Export"),
        "courses": Course.objects.filter(archived_at__isnull=True).prefetch_related("quizzes"),
        "course": course,
        "many": len(found),
        "offers": exporting.offers(found) if found else [],
        "back": reverse("admin:courses_question_changelist"),
        **more,
    }
    return TemplateResponse(request, "admin/courses/export.html", context)


def _chosen(request: HttpRequest) -> tuple[Course | None, Quiz | None]:
    """Return the course that the address names, and the quiz of it. Raises Http404."""
    course_key, __, quiz_key = request.GET.get("of", "").partition("/")
    if not course_key:
        return None, None
    course = get_object_or_404(Course, key=course_key, archived_at__isnull=True)
    quiz = (
        get_object_or_404(course.quizzes.filter(archived_at__isnull=True), key=quiz_key) if quiz_key else None
    )
    return course, quiz
