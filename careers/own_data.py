"""What this room keeps about a person, in words: sections of the download of their own data."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.privacy.sections import Section, day, moment
from careers import report
from careers.models import AskedAgainSkipped, PlanFollowed, PreviewReaction, Response, Result, TaskChoice

Row = tuple[str, ...]


def sections(user: User) -> Iterator[Section]:
    """Yield what the person answered and picked, which nobody else sees."""
    yield Section(
        _("Fit check: results"),
        _("What came out, each score from 0 to 100 with its standard error. Nobody but you sees it."),
        (_("When"), _("Verdict"), _("Product"), _("Project"), _("Answers")),
        _results(user),
    )
    yield Section(
        _("Fit check: answers"),
        _("What you answered."),
        (_("When"), _("Check"), _("Question"), _("Your answer")),
        _responses(user),
    )
    yield Section(
        _("Fit check: previews"),
        _("How you took each role's preview."),
        (_("Role"), _("Part"), _("Reaction")),
        _reactions(user),
    )
    yield Section(
        _("Fit check: not asked again"),
        _("Modules after which you did not want to be asked."),
        (_("Module"), _("When")),
        _skipped(user),
    )
    yield Section(
        _("What you already do"), _("Everyday tasks you picked."), (_("Task"), _("Picked")), _tasks(user)
    )
    yield Section(
        _("Plans"),
        _("Plans of thirty days, and what you ticked."),
        (_("Plan"), _("Begun"), _("Ticked")),
        _plans(user),
    )


def _results(user: User) -> Iterator[Row]:
    for row in Result.objects.filter(response_set__user=user).order_by("at"):
        verdict = f"{row.get_verdict_display()}{f', {row.side}' if row.side else ''}"
        scores = (
            f"{row.product:.0f} ± {row.product_error:.0f}",
            f"{row.project:.0f} ± {row.project_error:.0f}",
        )
        yield (moment(row.at, user.zone), verdict, *scores, str(row.answered))


def _responses(user: User) -> Iterator[Row]:
    rows = Response.objects.filter(response_set__user=user).order_by("answered_at", "pk")
    for row in rows.select_related("item", "response_set__instrument").prefetch_related("item__options"):
        answer = report.in_words(row, row.response_set.instrument.answers)
        told = (answer.text, answer.words)
        yield (moment(row.answered_at, user.zone), str(row.response_set.number), *told)


def _reactions(user: User) -> Iterator[Row]:
    rows = PreviewReaction.objects.filter(response_set__user=user).order_by("pk").select_related("scale")
    for row in rows:
        yield (row.scale.name, row.get_part_display(), row.get_reaction_display())


def _skipped(user: User) -> Iterator[Row]:
    for row in AskedAgainSkipped.objects.filter(user=user).select_related("module").order_by("at"):
        yield (row.module.title, moment(row.at, user.zone))


def _tasks(user: User) -> Iterator[Row]:
    for row in TaskChoice.objects.filter(user=user).select_related("task").order_by("chosen_at"):
        yield (row.task.task, moment(row.chosen_at, user.zone))


def _plans(user: User) -> Iterator[Row]:
    rows = PlanFollowed.objects.filter(user=user).order_by("pk").select_related("plan")
    for row in rows.prefetch_related("plan__steps", "ticks"):
        texts = {step.key: step.text for step in row.plan.steps.all()}
        ticked = "\n".join(texts.get(tick.step, tick.step) for tick in row.ticks.all())
        yield (row.plan.title, day(row.started_on), ticked)
