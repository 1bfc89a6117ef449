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
from jwt.algorithms import RSAAlgorithm

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
    name = words.address("badge_key", thumbprint)
    return {"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "kid": name, "use": "sig", "alg": ALGORITHM}


def key_set() -> dict[str, Any]:
    """Return the public keys as a JWK set (RFC 7517), the one that signs now first."""
    return {"keys": [_public(pem) for pem in settings.BADGE_PUBLIC_KEYS]}


def key(thumbprint: str) -> dict[str, Any] | None:
    """Return the public key of that thumbprint as JWK, or None."""
    name = words.address("badge_key", thumbprint)
    return next((jwk for jwk in key_set()["keys"] if jwk["kid"] == name), None)


def issuer(organisation: Organisation) -> dict[str, Any]:
    """Return the issuer's document: an Open Badges profile that names the keys it signs with."""
    from learning import badge_claims  # 3 MB that a process holds only once somebody asks for a badge

    me = words.address("badge_issuer")
    return {
        **badge_claims.issuer(organisation),
        "jwks_uri": words.address("badge_keys"),
        "verificationMethod": [
            {"id": jwk["kid"], "type": "JsonWebKey", "controller": me, "publicKeyJwk": jwk}
            for jwk in key_set()["keys"]
        ],
    }


def revocations(withdrawn: Sequence[UUID]) -> dict[str, Any]:
    """Return the 1EdTech revocation list that credentials name as their status."""
    return {
        "id": words.address("badge_revocations"),
        "issuer": words.address("badge_issuer"),
        "revokedCredential": [
            {"id": words.address("certificate", each), "revoked": True} for each in withdrawn
        ],
    }


def payload(certificate: Certificate, organisation: Organisation) -> dict[str, Any]:
    """Return what is signed: the credential, with the claims of a JWT beside its members."""
    from learning import badge_claims

    return badge_claims.credential(certificate, organisation)


def token(certificate: Certificate, organisation: Organisation) -> str:
    """Return the credential as compact JWT. Only where `available`."""
    claims, named = payload(certificate, organisation), key_set()["keys"][0]["kid"]
    private = _private(settings.BADGE_KEY)
    return jwt.encode(claims, private, algorithm=ALGORITHM, headers={"kid": named})


def baked(certificate: Certificate, organisation: Organisation, *, kind: str) -> bytes:
    """Return the badge's picture with the signed credential inside. Only where `available`."""
    from learning import badge_claims

    signed = token(certificate, organisation)
    content = {
        "lang": certificate.outline.body["language"],
        "title": certificate.title,
        "issuer": words.issuer(organisation),
    }
    picture = typesetting.picture(BADGE, content, kind=kind, made_at=words.made_at(certificate))
    return badge_claims.baked(picture, signed, kind=kind)
