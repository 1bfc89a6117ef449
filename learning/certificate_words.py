"""What a certificate says, in the same words on its page, in its PDF and in the signed credential."""

from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from django.conf import settings
from django.urls import reverse
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Organisation, User
from courses import languages, typesetting
from courses.models import Version
from learning.models import Certificate

NAME_SIZES = ((22, 36), (34, 28), (56, 21), (120, 15))
"""Up to so many letters a name is set in so many points: it stays on its line, or on two."""


def invented(user: User, *, now: datetime) -> Certificate:
    """Return a certificate that is made up and not stored, to see how certificates look."""
    return Certificate(
        user=user,
        outline=Version(body={"language": "en", "title": _("An invented course"), "summary": ""}, number=1),
        name=user.name,
        awarded_at=now,
        lessons=28,
        quizzes=8,
    )


def address(name: str, *args: object) -> str:
    """Return the whole address of a page of this room."""
    return f"{settings.BASE_URL}{reverse(f'learning:{name}', args=args)}"


def url(certificate: Certificate) -> str:
    """Return the whole address of a certificate's page."""
    return address("certificate", certificate.pk)


def points(certificate: Certificate) -> str:
    """Return the points of the final, 26 or 25.5, never rounded up; empty without a final."""
    if certificate.points is None:
        return ""
    cut = Decimal(certificate.points).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    return f"{cut.normalize():f}"


def earned_on(certificate: Certificate) -> date:
    """Return the learner's local date of the day the rule was met."""
    return certificate.awarded_at.astimezone(certificate.user.zone).date()


def facts(certificate: Certificate) -> list[tuple[str, str]]:
    """Return all that a certificate states, as pairs of what and how much."""
    found = [
        (_("Course"), languages.spoken(certificate.title, certificate.outline.body["language"])),
        (_("Its version"), str(certificate.outline.number)),
        (_("Finished on"), dateformat.format(earned_on(certificate), "j F Y")),
        (_("Lessons"), _("all %(lessons)s done") % {"lessons": certificate.lessons}),
    ]
    if certificate.questions is not None:
        score = _("%(points)s of %(questions)s points; %(pass_mark)s%% was needed") % _numbers(certificate)
        return [*found, (pgettext("quiz", "Final"), score)]
    if certificate.quizzes:
        return [*found, (_("Quizzes"), _("all %(quizzes)s passed") % {"quizzes": certificate.quizzes})]
    return found


def summary(certificate: Certificate) -> str:
    """Return the same in one sentence."""
    if certificate.questions is not None:
        words = _("All %(lessons)s lessons done; the final passed with %(points)s of %(questions)s points.")
    elif certificate.quizzes:
        words = _("All %(lessons)s lessons done; all %(quizzes)s quizzes passed.")
    else:
        words = _("All %(lessons)s lessons done.")
    return words % _numbers(certificate)


def _numbers(certificate: Certificate) -> dict[str, object]:
    return {
        "lessons": certificate.lessons,
        "quizzes": certificate.quizzes,
        "points": points(certificate),
        "questions": certificate.questions,
        "pass_mark": certificate.pass_mark,
    }


def rule(certificate: Certificate) -> str:
    """Return what had to be done for it."""
    if certificate.pass_mark is not None:
        words = _(
            "Every lesson of the course done, and the final passed with at least %(pass_mark)s%% of its "
            "points."
        )
        return words % _numbers(certificate)
    return _("Every lesson of the course done, and the quiz of every module passed.")


def proves(certificate: Certificate) -> str:
    """Return what it can bear."""
    if certificate.questions is not None:
        return _(
            "It proves that the holder of one account marked every lesson as done and passed the final, and "
            "that this portal graded the answers."
        )
    return _(
        "It proves that the holder of one account marked every lesson as done and passed the quizzes, and "
        "that this portal graded the answers."
    )


def proves_not(certificate: Certificate) -> str:
    """Return what it cannot bear."""
    if certificate.questions is not None:
        return _(
            "It does not prove who sat at the screen: nobody watched, the final may be tried again with "
            "other questions, and the name is as its holder wrote it. It is no licence, no professional "
            "certification and no experience."
        )
    return _(
        "It does not prove who sat at the screen: nobody watched, a quiz may be tried again with other "
        "questions, and the name is as its holder wrote it. It is no licence, no professional certification "
        "and no experience."
    )


def issuer(organisation: Organisation) -> str:
    """Return who gives certificates, as it stands on them."""
    return organisation.certificate_issuer or organisation.name


def document(
    certificate: Certificate, organisation: Organisation, *, logo: tuple[bytes, str] | None = None
) -> dict[str, object]:
    """Return what templates/documents/certificate.typ sets. `logo`: its bytes, and "png" or "jpeg".

    A note with letters that no font has is left out: it must not keep people from their certificates.
    """
    note = organisation.certificate_note
    size = next((size for most, size in NAME_SIZES if len(certificate.name) <= most), NAME_SIZES[-1][1])
    return {
        "lang": certificate.outline.body["language"],
        "issuer": issuer(organisation),
        "note": "" if note and typesetting.missing_letters(note) else note,
        "logo": {"bytes": list(logo[0]), "format": {"jpeg": "jpg"}.get(logo[1], logo[1])} if logo else None,
        "heading": _("This certifies that"),
        "name": certificate.name,
        "name_size": size,
        "did": _("has finished the course"),
        "title": certificate.title,
        "facts": [summary(certificate), dateformat.format(earned_on(certificate), "j F Y")],
        "proves": proves(certificate),
        "proves_not": proves_not(certificate),
        "check": _("To check it, open"),
        "url": url(certificate),
    }


def made_at(certificate: Certificate) -> datetime:
    """Return the instant that a document of it bears: it is the same whenever it is set."""
    return certificate.issued_at or certificate.awarded_at
