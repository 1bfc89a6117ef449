"""The course builder: modules, lessons and quizzes as one tree on the course's page in the admin.

Everything is a form that works by itself; with static/js/authoring it can be dragged, and the page stays.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.cache import caches
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from courses import arranging, course_tree
from courses.arranging import Move
from courses.models import Course, Lesson, Module
from mailing.clock import now

MOVE = re.compile(
    r"(?P<kind>lesson|module)-(?P<id>[0-9]{1,18}):(?:module-(?P<module>[0-9]{1,18}):)?(?P<at>[0-9]{1,4})"
)
"""What a button of the tree says: `lesson-12:module-3:0`, or `module-3:1`; the place counts from 0."""

TREE = "admin/courses/builder_tree.html"
RIGHTS = ("may_arrange", "may_add_lessons", "may_add_quizzes")
KEPT = ("picked", "into", "title", "question")
"""What of a form is shown again where it came to nothing."""

STALE = gettext_lazy(
    "Nothing was moved: the order has changed since you opened this page. It "
    "stands here as it is now. Move again if you still want to."
)


class NewLesson(forms.Form):
    """A lesson to add: what it is called, and what it answers."""

    title = forms.CharField(max_length=120)
    question = forms.CharField(max_length=200)


class NewModule(forms.Form):
    """A module to add."""

    title = forms.CharField(max_length=120)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a form: words for the person, whether it worked, and where on the page to look."""

    words: str
    done: bool = True
    at: str = "builder"
    kept: Mapping[str, str] = field(default_factory=dict)
    """What was ticked and typed, where it came to nothing."""


def context_of(request: HttpRequest, course: Course, *, answer: Answer | None = None) -> dict[str, Any]:
    """Return what the builder's template shows of a course, with what became of a form."""
    told = answer.kept if answer else request.GET
    kept = {name: told[name] for name in KEPT if name in told}
    stamp, tree = course_tree.stamped(course)
    context = {
        "course": course,
        "tree": tree,
        "stretches": _with_moves(tree),
        "answer": answer,
        "kept": kept,
        "picked": [int(each) for each in kept.get("picked", "").split(",") if _is_id(each)],
        "minutes": sum(module.minutes for module in tree.modules if not module.archived),
        "may_arrange": _may(request, Course) and _may(request, Lesson),
        "may_add_modules": request.user.has_perm("courses.add_module"),
        "may_add_lessons": request.user.has_perm("courses.add_lesson"),
        "may_add_quizzes": request.user.has_perm("courses.add_quiz"),
    }
    return {**context, "drawn": _drawn(context, stamp)}


def _drawn(context: dict[str, Any], stamp: str) -> SafeString:
    """Return the tree as HTML: kept for those with the same rights and clock, until the course changes."""
    if context["kept"]:
        return render_to_string(TREE, context)
    alike = [context["course"].pk, timezone.get_current_timezone_name(), *(context[name] for name in RIGHTS)]
    name = f"builder:{alike}"
    kept: tuple[str, SafeString] = caches["versions"].get(name, ("", ""))
    if kept[0] != stamp:
        kept = (stamp, render_to_string(TREE, context))
        caches["versions"].set(name, kept)
    return kept[1]


def _may(request: HttpRequest, model: type[Course] | type[Lesson]) -> bool:
    return request.user.has_perm(f"courses.change_{model._meta.model_name}")


def _is_id(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 19


def _with_moves(tree: course_tree.Tree) -> list[dict[str, Any]]:
    """Return the modules with the moves up and down of each, and of each lesson; "" where there is none.

    Up from the first place of a module leads to the end of the one before, so that the keys reach everywhere.
    """
    found = []
    modules = tree.modules
    for number, module in enumerate(modules):
        before, after = modules[number - 1 : number], modules[number + 1 : number + 2]
        lessons = []
        for place, lesson in enumerate(module.lessons):
            up = f"lesson-{lesson.id}:module-{module.id}:{place - 1}" if place else ""
            if not up and before:
                up = f"lesson-{lesson.id}:module-{before[0].id}:{len(before[0].lessons)}"
            last = place == len(module.lessons) - 1
            down = "" if last else f"lesson-{lesson.id}:module-{module.id}:{place + 1}"
            if not down and after:
                down = f"lesson-{lesson.id}:module-{after[0].id}:0"
            lessons.append({"leaf": lesson, "up": up, "down": down})
        found.append(
            {
                "module": module,
                "number": number + 1,
                "lessons": lessons,
                "up": f"module-{module.id}:{number - 1}" if number else "",
                "down": f"module-{module.id}:{number + 1}" if after else "",
            }
        )
    return found


def change(model_admin: Any, request: HttpRequest, object_id: int) -> HttpResponse:
    """Take a form of the tree: a move, or something to add. The script asks for the tree alone."""
    course = get_object_or_404(Course.objects.select_related("live_version"), pk=object_id)
    if request.method != "POST" or not model_admin.has_change_permission(request, course):
        raise PermissionDenied
    answer = _add(request, course) if "add" in request.POST else _move(request, course)
    if request.headers.get("X-Part") == "builder":
        context = context_of(request, course, answer=answer)
        return render(request, "admin/courses/builder.html", context)
    messages.add_message(request, messages.SUCCESS if answer.done else messages.ERROR, answer.words)
    address = reverse("admin:courses_course_change", args=[course.pk])
    kept = f"?{urlencode(answer.kept)}" if answer.kept else ""
    return HttpResponseRedirect(f"{address}{kept}#{answer.at}")


def _move(request: HttpRequest, course: Course) -> Answer:
    if not (_may(request, Course) and _may(request, Lesson)):
        raise PermissionDenied
    move, at = _asked_move(request)
    if move is None:
        return Answer(_("Tick the lessons that are to move first."), done=False)
    actor = request.user if isinstance(request.user, User) else None
    try:
        changed = arranging.arrange(
            course=course, move=move, seen=request.POST.get("order", ""), actor=actor, now=now()
        )
    except KeyError:
        return Answer(_("Nothing was moved: it is not in this course."), done=False)
    except arranging.OrderChanged:
        return Answer(str(STALE), False, at, {"picked": ",".join(map(str, move.lessons))})
    if not changed:
        return Answer(_("It stands there already."), at=at)
    return Answer(_where(course, move), at=at)


def _asked_move(request: HttpRequest) -> tuple[Move | None, str]:
    """Return the move of a form and where it leads on the page; None if no lesson was picked."""
    asked = MOVE.fullmatch(request.POST.get("move", ""))
    if asked is None:
        to, picked = request.POST.get("to", ""), request.POST.getlist("pick")
        if "move" in request.POST or not all(map(_is_id, [to, *picked])):
            raise BadRequest(_("No move of this tree."))
        return (Move(int(to), None, [int(each) for each in picked]) if picked else None), f"module-{to}"
    at = int(asked["at"])
    if asked["kind"] == "module":
        return Move(int(asked["id"]), at), f"module-{asked['id']}"
    if asked["module"] is None:
        raise BadRequest(_("No move of this tree."))
    return Move(int(asked["module"]), at, [int(asked["id"])]), f"lesson-{asked['id']}"


def _where(course: Course, move: Move) -> str:
    """Say where something stands now that it was moved."""
    modules = list(course.modules.values_list("pk", "title"))
    title = dict(modules)[move.module]
    if not move.lessons:
        place = [pk for pk, _ in modules].index(move.module) + 1
        return _("“%(title)s” is module %(place)s of %(count)s now.") % {
            "title": title,
            "place": place,
            "count": len(modules),
        }
    there = list(course.lessons.filter(module=move.module).values_list("pk", "title"))
    if len(move.lessons) > 1:
        many = len(move.lessons)
        said = ngettext(
            "%(count)s lesson stands in “%(title)s” now.", "%(count)s lessons stand in “%(title)s” now.", many
        )
        return said % {"count": many, "title": title}
    place = [pk for pk, _ in there].index(move.lessons[0]) + 1
    return _("“%(title)s” is lesson %(place)s of %(count)s in “%(module)s” now.") % {
        "title": dict(there)[move.lessons[0]],
        "place": place,
        "count": len(there),
        "module": title,
    }


def _add(request: HttpRequest, course: Course) -> Answer:
    kind, __, module = request.POST["add"].partition(":")
    if kind not in ("module", "lesson", "quiz") or not (module == "" or _is_id(module)):
        raise BadRequest(_("Nothing that this tree holds."))
    if not request.user.has_perm(f"courses.add_{kind}"):
        raise PermissionDenied
    where = get_object_or_404(course.modules, pk=int(module)) if module else None
    try:
        return _added(request, course, kind, where)
    except arranging.NotAdded as refusal:
        kept = {"into": module, **{name: request.POST.get(name, "")[:200] for name in ("title", "question")}}
        return Answer(str(refusal), False, f"module-{module}" if module else "builder", kept)


def _added(request: HttpRequest, course: Course, kind: str, module: Module | None) -> Answer:
    """Add what a form asks for. Raises arranging.NotAdded."""
    by: dict[str, Any] = {"actor": request.user if isinstance(request.user, User) else None, "now": now()}
    if kind == "quiz":
        quiz = arranging.add_quiz(course=course, module=module, **by)
        words = _("The quiz “%(quiz)s” is there as a draft. Give it pools of questions.") % {"quiz": quiz}
        return Answer(words, at=f"quiz-{quiz.pk}")
    form = NewLesson(request.POST) if kind == "lesson" else NewModule(request.POST)
    if not form.is_valid():
        wrong = [f"{name}: {found.as_text()}" for name, found in form.errors.items()]
        raise arranging.NotAdded(_("Nothing was added. %(why)s") % {"why": " ".join(wrong)})
    if kind == "module":
        new = arranging.add_module(course=course, title=form.cleaned_data["title"], **by)
        return Answer(
            _("The module “%(module)s” stands at the end.") % {"module": new}, at=f"module-{new.pk}"
        )
    if module is None:
        raise BadRequest(_("A lesson stands in a module."))
    lesson = arranging.add_lesson(module=module, **form.cleaned_data, **by)
    return Answer(
        _("The lesson “%(lesson)s” is there as a draft.") % {"lesson": lesson}, at=f"lesson-{lesson.pk}"
    )
