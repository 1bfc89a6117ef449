"""What each reason for a reminder says in one sentence, for the preview, the simulator and the mail."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learning import rhythm
from learning.reminders.reasons import Matters, Reason


def of(reason: Reason, matters: Matters, *, today: date) -> str:
    """Return the sentence for a reason on a local date. Raises ValueError if it does not apply."""
    return {
        Reason.LAST: _last,
        Reason.DIGEST: _digest,
        Reason.QUIZ: _quiz,
        Reason.GOAL: _goal,
        Reason.REVIEW: _review,
        Reason.RESUME: _resume,
    }[reason](matters, today)


def _last(matters: Matters, today: date) -> str:
    return _("The one last mail: these mails stop until you are back.")


def _digest(matters: Matters, today: date) -> str:
    return _("Your three counts: done, shown, would recall today.")


def _quiz(matters: Matters, today: date) -> str:
    if (quiz := matters.unfinished) is None:
        raise ValueError("there is no open quiz")
    return _("Your open quiz: %(quiz)s, %(answered)s of %(questions)s questions answered.") % {
        "quiz": quiz.title,
        "answered": quiz.answered,
        "questions": quiz.questions,
    }


def _goal(matters: Matters, today: date) -> str:
    if (week := matters.week) is None:
        raise ValueError("there is no week goal")
    left = (week.sunday - today).days + 1
    if left == 1:
        words = ngettext(
            "Your week goal: %(days)s day to go, today is the last.",
            "Your week goal: %(days)s days to go, today is the last.",
            week.missing,
        )
    else:
        words = ngettext(
            "Your week goal: %(days)s day to go, %(left)s are left.",
            "Your week goal: %(days)s days to go, %(left)s are left.",
            week.missing,
        )
    return words % {"days": week.missing, "left": left}


def _review(matters: Matters, today: date) -> str:
    words = ngettext(
        "%(things)s thing is due for review, about %(minutes)s.",
        "%(things)s things are due for review, about %(minutes)s.",
        matters.due,
    )
    return words % {"things": matters.due, "minutes": _minutes(rhythm.minutes(matters.due))}


def _resume(matters: Matters, today: date) -> str:
    if (step := matters.step) is None:
        raise ValueError("there is no next step")
    words = _("Where you stopped: %(step)s, %(minutes)s.")
    return words % {"step": step.title, "minutes": _minutes(step.minutes)}


def _minutes(minutes: int) -> str:
    return ngettext("%(minutes)s minute", "%(minutes)s minutes", minutes) % {"minutes": minutes}
