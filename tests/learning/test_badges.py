"""Open Badges 3.0: the credential's shape, its signature, keys that change, and the picture that carries it.

The signature is checked with joserfc, which did not make it.
"""

import json
import re
import struct
import zlib
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError
from joserfc.jwk import KeySet, RSAKey
from pytest_django import Settings

from accounts.models import User
from courses.models import Course
from learning import certificates
from learning.models import Certificate
from portal import badge_keys
from tests.factories import NOW
from tests.learning.finishing import earn_issued, give_certificates

BASE = "http://testserver"


@pytest.fixture(scope="module")
def drawn() -> list[str]:
    """Two keys as they stand in the environment: today's and one of before."""
    return [badge_keys.make(), badge_keys.make()]


def use(settings: Settings, *texts: str) -> None:
    """Let the portal have these keys, the first to sign with."""
    keys = badge_keys.read(texts)
    settings.BADGE_KEY, settings.BADGE_PUBLIC_KEYS = keys.private, keys.public


@pytest.fixture
def issued(course: Course, learner: User, settings: Settings, drawn: list[str]) -> Certificate:
    """A shared certificate of a portal that signs."""
    use(settings, drawn[0])
    give_certificates(course)
    return earn_issued(learner, name="Lea Muster", shared=True)


def token_of(certificate: Certificate) -> str:
    """The signed credential, as a visitor gets it."""
    answer = Client().get(f"/certificates/{certificate.pk}.jwt")
    assert answer["Content-Type"] == "application/jwt"
    return answer.content.decode()


def verified(token: str) -> dict[str, Any]:
    """The claims of a token whose key the portal publishes. Raises BadSignatureError."""
    published = KeySet.import_key_set(Client().get("/certificates/keys.json").json())
    return dict(jwt.decode(token, published, algorithms=["RS256"]).claims)


# The shape ------------------------------------------------------------------------------------------------

# Rules of https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json
# (1EdTech, Open Badges 3.0): what each class needs, and whether it takes more than the schema names.
NEEDS = {
    "OpenBadgeCredential": {"@context", "id", "type", "issuer", "validFrom", "credentialSubject"},
    "Profile": {"id", "type"},
    "AchievementSubject": {"type", "achievement"},
    "Achievement": {"id", "type", "criteria", "description", "name"},
    "IdentityObject": {"type", "hashed", "identityHash", "identityType"},
    "Image": {"id", "type"},
    "ResultDescription": {"id", "type", "name", "resultType"},
    "Result": {"type"},
    "1EdTechRevocationList": {"id", "type"},
    "1EdTechJsonSchemaValidator2019": {"id", "type"},
}
CLOSED = {"IdentityObject": {"type", "hashed", "identityHash", "identityType", "salt"}}
CONTEXT = r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-\d+\.\d+\.\d+)*\.json"
DATE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"


def parts(value: object) -> Iterator[dict[str, Any]]:
    """Every object in a document that names its class."""
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for each in value.values():
            yield from parts(each)
    elif isinstance(value, list):
        for each in value:
            yield from parts(each)


def faults(credential: dict[str, Any]) -> list[str]:
    """What the schema has against a credential."""
    found = []
    for part in parts(credential):
        names = part["type"] if isinstance(part["type"], list) else [part["type"]]
        known = [name for name in names if name in NEEDS]
        found += [f"unknown class {names}"] * (not known)
        found += [f"{name} lacks {lacks}" for name in known for lacks in NEEDS[name] - part.keys()]
        found += [f"{n} has {more}" for n in known if n in CLOSED for more in part.keys() - CLOSED[n]]
    first, second = credential["@context"][:2]
    if first != "https://www.w3.org/ns/credentials/v2" or not re.fullmatch(CONTEXT, second):
        found.append("@context")
    if not {"VerifiableCredential", "OpenBadgeCredential"} <= set(credential["type"]):
        found.append("type")
    if not re.fullmatch(DATE, credential["validFrom"]):
        found.append("validFrom")
    subject = credential["credentialSubject"]
    if not subject.get("id") and not subject.get("identifier"):
        found.append("the subject is nobody")
    described = {each["id"] for each in subject["achievement"].get("resultDescription", [])}
    found += [
        f"result {each}" for each in subject.get("result", []) if each["resultDescription"] not in described
    ]
    return found


def test_the_payload_keeps_the_schema(issued: Certificate) -> None:
    answer = Client().get(f"/certificates/{issued.pk}.json")
    credential = answer.json()
    assert faults(credential) == []
    for name in ("validFrom", "issuer", "@context"):
        broken = {key: value for key, value in credential.items() if key != name} | {"@context": ["x", "y"]}
        assert faults({"validFrom": "", "type": [], **broken})
    assert credential["id"] == f"{BASE}/certificates/{issued.pk}/"
    assert credential["issuer"]["id"] == f"{BASE}/certificates/issuer.json"
    assert credential["credentialSubject"]["achievement"]["achievementType"] == "CertificateOfCompletion"
    assert credential["credentialSubject"]["result"][0]["value"] == "3"


def test_the_recipient_is_a_salted_hash(issued: Certificate, learner: User) -> None:
    text = Client().get(f"/certificates/{issued.pk}.json").content.decode()
    identity = json.loads(text)["credentialSubject"]["identifier"][0]
    assert identity["identityType"] == "emailAddress"
    expected = sha256(f"lea@example.org{identity['salt']}".encode()).hexdigest()
    assert identity["identityHash"] == f"sha256${expected}"
    for secret in ("lea@example.org", "mailto:", "Lea Muster"):
        assert secret not in text
    learner.email = "new@example.org"
    learner.save()
    assert Client().get(f"/certificates/{issued.pk}.json").content.decode() == text


# The signature --------------------------------------------------------------------------------------------


def test_the_token_verifies_and_says_what_the_json_says(issued: Certificate) -> None:
    claims = verified(token_of(issued))
    assert claims == Client().get(f"/certificates/{issued.pk}.json").json()
    assert claims["iss"] == f"{BASE}/certificates/issuer.json"
    assert claims["jti"] == claims["id"]
    assert claims["nbf"] == int(NOW.timestamp())
    assert datetime.fromisoformat(claims["validFrom"]) == NOW


def test_a_flipped_byte_fails(issued: Certificate) -> None:
    token = token_of(issued)
    header, payload, signature = token.split(".")
    for part in (payload, signature):
        at = len(part) // 2
        flipped = part[:at] + ("A" if part[at] != "A" else "B") + part[at + 1 :]
        with pytest.raises((BadSignatureError, ValueError)):
            verified(token.replace(part, flipped))
    assert header


def test_a_new_key_signs_and_the_old_one_still_verifies(
    issued: Certificate, settings: Settings, drawn: list[str]
) -> None:
    of_before, (old, new) = token_of(issued), drawn
    use(settings, new, old)
    of_now = token_of(issued)
    assert of_now != of_before
    assert verified(of_now) == verified(of_before)
    use(settings, new)
    with pytest.raises(InvalidKeyIdError):
        verified(of_before)


def test_the_header_names_the_key_by_the_address_that_gives_it(issued: Certificate) -> None:
    header = jws.extract_compact(token_of(issued).encode()).headers()
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")
    key = Client().get(header["kid"].removeprefix(BASE)).json()
    assert key["kid"] == header["kid"]
    assert header["kid"].endswith(f"/{RSAKey.import_key(key).thumbprint()}.json")
    assert Client().get("/certificates/keys/none.json").status_code == 404


def test_the_issuer_names_its_keys_and_nothing_private(issued: Certificate) -> None:
    issuer = Client().get("/certificates/issuer.json").json()
    assert issuer["type"] == ["Profile"]
    keys = Client().get("/certificates/keys.json").json()["keys"]
    assert [each["publicKeyJwk"] for each in issuer["verificationMethod"]] == keys
    assert set(keys[0]) == {"kty", "n", "e", "kid", "use", "alg"}


def test_what_does_not_stand_is_on_the_list_that_credentials_name(issued: Certificate, learner: User) -> None:
    status = verified(token_of(issued))["credentialStatus"]
    assert status == {"id": f"{BASE}/certificates/withdrawn.json", "type": "1EdTechRevocationList"}
    listed = Client().get("/certificates/withdrawn.json").json()
    assert (listed["id"], listed["revokedCredential"]) == (status["id"], [])
    certificates.issue(user=learner, certificate_id=issued.pk, name="Another", now=NOW)
    listed = Client().get("/certificates/withdrawn.json").json()["revokedCredential"]
    assert listed == [{"id": f"{BASE}/certificates/{issued.pk}/", "revoked": True}]


def test_without_a_key_there_is_no_badge(issued: Certificate, settings: Settings) -> None:
    assert "Open Badge" in Client().get(f"/certificates/{issued.pk}/").content.decode()
    use(settings)
    assert "Open Badge" not in Client().get(f"/certificates/{issued.pk}/").content.decode()
    ends = (f"{issued.pk}.jwt", f"{issued.pk}.json", f"{issued.pk}/badge.png", "issuer.json", "keys.json")
    assert {Client().get(f"/certificates/{end}").status_code for end in ends} == {404}
    assert Client().get(f"/certificates/{issued.pk}.pdf").status_code == 200


# The picture ----------------------------------------------------------------------------------------------


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG, their checksums checked."""
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length]) == (zlib.crc32(kind + data),)
        yield kind, data
        at += 12 + length


def test_both_pictures_carry_the_token(issued: Certificate) -> None:
    token = token_of(issued)
    png = Client().get(f"/certificates/{issued.pk}/badge.png").content
    texts = [data for kind, data in chunks(png) if kind == b"iTXt"]
    assert texts == [b"openbadgecredential\0\0\0\0\0" + token.encode()]
    svg = Client().get(f"/certificates/{issued.pk}/badge.svg").content
    carrier = ElementTree.fromstring(svg).find("{https://purl.imsglobal.org/ob/v3p0}credential")  # noqa: S314 - our own
    assert carrier is not None
    assert carrier.get("verify") == token
    assert Client().get(f"/certificates/{issued.pk}/badge.gif").status_code == 404


# The keys in the environment ------------------------------------------------------------------------------


def test_a_public_key_will_do_for_what_only_verifies(drawn: list[str]) -> None:
    from base64 import b64encode

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

    public = load_pem_public_key(badge_keys.read([drawn[1]]).public[0])
    text = b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    assert badge_keys.read([drawn[0], text]) == badge_keys.read(drawn)


@pytest.mark.parametrize("text", ["nonsense", "bm9uc2Vuc2U=", "ключ"])
def test_a_key_that_is_none_stops_the_start_and_is_not_shown(text: str, drawn: list[str]) -> None:
    for texts in ([text], [drawn[0], text]):
        with pytest.raises(ValueError, match="BADGE_KEYS must hold RSA keys") as told:
            badge_keys.read(texts)
        assert text not in str(told.value)
