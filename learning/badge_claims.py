"""What a badge says, in the shapes of Open Badges 3.0. Only `learning.badges` asks, which signs it."""

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from openbadgeslib import baking
from openbadgeslib.ob3 import Achievement, IdentityObject, Issuer, OpenBadgeCredential
from openbadgeslib.ob3 import Result as FinalResult
from openbadgeslib.ob3.credential import OB3_CONTEXT, ResultDescription

from accounts.models import Organisation
from learning import certificate_words as words
from learning.models import Certificate


def issuer(organisation: Organisation) -> dict[str, Any]:
    """Return the profile of whoever issues badges."""
    return {"@context": OB3_CONTEXT, **_issuer(organisation).to_dict()}


def credential(certificate: Certificate, organisation: Organisation) -> dict[str, Any]:
    """Return the credential, with the claims of a JWT beside its members."""
    return _credential(certificate, organisation).to_jwt_payload()


def baked(picture: bytes, signed: str, *, kind: str) -> bytes:
    """Return a picture with a signed credential inside; `kind`: "png" or "svg"."""
    if kind == "png":
        return baking.bake_png(picture, signed, keyword=baking.ITXT_KEYWORD_OB3)
    return baking.bake_svg(picture, signed, element=baking.SVG_ELEMENT_OB3, namespace=baking.SVG_NS_OB3)


def _issuer(organisation: Organisation) -> Issuer:
    return Issuer(
        id=words.address("badge_issuer"),
        name=words.issuer(organisation),
        url=f"{settings.BASE_URL}/",
        email=organisation.support_email or None,
    )


def _credential(certificate: Certificate, organisation: Organisation) -> OpenBadgeCredential:
    return OpenBadgeCredential(
        id=words.url(certificate),
        issuer=_issuer(organisation),
        recipient_id=None,
        identifiers=[
            IdentityObject(certificate.identity_hash, "emailAddress", True, salt=certificate.identity_salt)
        ],
        achievement=_achievement(certificate),
        results=_results(certificate),
        issuance_date=words.made_at(certificate),
        credential_status=[{"id": words.address("badge_revocations"), "type": "1EdTechRevocationList"}],
    )


def _achievement(certificate: Certificate) -> Achievement:
    course = f"{settings.BASE_URL}{reverse('courses:course', args=[certificate.course.key])}"
    described = []
    if certificate.questions is not None:
        final = ResultDescription(
            id=f"{course}#final",
            name=_("Points in the final"),
            result_type="RawScore",
            value_min="0",
            value_max=str(certificate.questions),
        )
        described = [final]
    return Achievement(
        id=course,
        name=certificate.title,
        description=str(certificate.outline.body["summary"]),
        criteria_narrative=words.rule(certificate),
        achievement_type="CertificateOfCompletion",
        image_url=f"{settings.BASE_URL}{static('share.png')}",
        result_descriptions=described,
    )


def _results(certificate: Certificate) -> list[FinalResult]:
    if certificate.questions is None:
        return []
    course = f"{settings.BASE_URL}{reverse('courses:course', args=[certificate.course.key])}"
    return [FinalResult(value=words.points(certificate), result_description=f"{course}#final")]
