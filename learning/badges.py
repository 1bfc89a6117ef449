"""Certificates as Open Badges 3.0: the signed credential, the badge that carries it, and the keys that sign.

https://www.imsglobal.org/spec/ob/v3p0: native VC-JWT (section 8.2), signed with RS256, which every verifier
knows. The header names its key by an address that gives the key (`kid`); with the key itself in it, it would
be longer than some verifiers take. The recipient is a salted hash of their address; their name is not in it,
but at the credential's own address, as long as they share that. The first of BADGE_KEYS signs, all verify.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from jwt.algorithms import RSAAlgorithm
from openbadgeslib import baking
from openbadgeslib.ob3 import Achievement, IdentityObject, Issuer, OpenBadgeCredential
from openbadgeslib.ob3 import Result as FinalResult
from openbadgeslib.ob3.credential import OB3_CONTEXT, ResultDescription

from accounts.models import Organisation
from courses import typesetting
from learning import certificate_words as words
from learning.models import Certificate

ALGORITHM = "RS256"
BADGE = "badge"  # templates/documents/badge.typ
PICTURES = {"png": "image/png", "svg": "image/svg+xml"}
"""What a badge comes as, and as which media type."""


def available() -> bool:
    """Say whether this portal has a key to sign with."""
    return settings.BADGE_KEY is not None


@cache
def _private(private_pem: bytes) -> RSAPrivateKey:
    key = load_pem_private_key(private_pem, password=None)
    assert isinstance(key, RSAPrivateKey)  # noqa: S101 - BADGE_KEYS takes no other
    return key


@cache
def _public(public_pem: bytes) -> dict[str, Any]:
    """Return a public key as JWK. It is named by an address that ends with its thumbprint (RFC 7638)."""
    jwk: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(load_pem_public_key(public_pem)))  # type: ignore[arg-type]  # badge_keys takes RSA alone
    needed = json.dumps({name: jwk[name] for name in ("e", "kty", "n")}, separators=(",", ":"))
    thumbprint = urlsafe_b64encode(hashlib.sha256(needed.encode()).digest()).rstrip(b"=").decode()
    name = _whole("badge_key", thumbprint)
    return {"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "kid": name, "use": "sig", "alg": ALGORITHM}


def _whole(name: str, *args: object) -> str:
    return f"{settings.BASE_URL}{reverse(f'learning:{name}', args=args)}"


def key_set() -> dict[str, Any]:
    """Return the public keys as a JWK set (RFC 7517), the one that signs now first."""
    return {"keys": [_public(pem) for pem in settings.BADGE_PUBLIC_KEYS]}


def key(thumbprint: str) -> dict[str, Any] | None:
    """Return the public key of that thumbprint as JWK, or None."""
    name = _whole("badge_key", thumbprint)
    return next((jwk for jwk in key_set()["keys"] if jwk["kid"] == name), None)


def issuer(organisation: Organisation) -> dict[str, Any]:
    """Return the issuer's document: an Open Badges profile that names the keys it signs with."""
    me = _whole("badge_issuer")
    return {
        "@context": OB3_CONTEXT,
        **_issuer(organisation).to_dict(),
        "jwks_uri": _whole("badge_keys"),
        "verificationMethod": [
            {"id": jwk["kid"], "type": "JsonWebKey", "controller": me, "publicKeyJwk": jwk}
            for jwk in key_set()["keys"]
        ],
    }


def _issuer(organisation: Organisation) -> Issuer:
    return Issuer(
        id=_whole("badge_issuer"),
        name=words.issuer(organisation),
        url=f"{settings.BASE_URL}/",
        email=organisation.support_email or None,
    )


def revocations(withdrawn: Sequence[UUID]) -> dict[str, Any]:
    """Return the 1EdTech revocation list that credentials name as their status."""
    return {
        "id": _whole("badge_revocations"),
        "issuer": _whole("badge_issuer"),
        "revokedCredential": [{"id": _whole("certificate", each), "revoked": True} for each in withdrawn],
    }


def payload(certificate: Certificate, organisation: Organisation) -> dict[str, Any]:
    """Return what is signed: the credential, with the claims of a JWT beside its members."""
    return _credential(certificate, organisation).to_jwt_payload()


def token(certificate: Certificate, organisation: Organisation) -> str:
    """Return the credential as compact JWT. Only where `available`."""
    claims, named = payload(certificate, organisation), key_set()["keys"][0]["kid"]
    private = _private(settings.BADGE_KEY)
    return jwt.encode(claims, private, algorithm=ALGORITHM, headers={"kid": named})


def baked(certificate: Certificate, organisation: Organisation, *, kind: str) -> bytes:
    """Return the badge's picture with the signed credential inside. Only where `available`."""
    signed = token(certificate, organisation)
    content = {
        "lang": certificate.outline.body["language"],
        "title": certificate.title,
        "issuer": words.issuer(organisation),
    }
    picture = typesetting.picture(BADGE, content, kind=kind, made_at=words.made_at(certificate))
    if kind == "png":
        return baking.bake_png(picture, signed, keyword=baking.ITXT_KEYWORD_OB3)
    return baking.bake_svg(picture, signed, element=baking.SVG_ELEMENT_OB3, namespace=baking.SVG_NS_OB3)


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
        credential_status=[{"id": _whole("badge_revocations"), "type": "1EdTechRevocationList"}],
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
