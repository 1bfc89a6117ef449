"""The keys of badges as they stand in the environment: base64 of DER on one line, with commas between keys.

The first is private and signs; the others, private or public, only verify what they once signed.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

BITS = 2048
REMEDY = "BADGE_KEYS must hold RSA keys of at least 2048 bits as base64 of DER, the private one first"


@dataclass(frozen=True)
class BadgeKeys:
    """What signs, as PEM (None without a key), and what verifies, the one that signs now first."""

    private: bytes | None
    public: tuple[bytes, ...]


def make() -> str:
    """Return a new private key as it stands in the environment."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    return b64encode(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()


def read(texts: Sequence[str]) -> BadgeKeys:
    """Read BADGE_KEYS. Raises ValueError with one line that says what they must be and shows none of them."""
    if not texts:
        return BadgeKeys(None, ())
    try:
        first = load_der_private_key(b64decode(texts[0], validate=True), password=None)
        private = first.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = [_public(b64decode(text, validate=True)) for text in texts]
    except (ValueError, TypeError) as error:
        raise ValueError(REMEDY) from error
    return BadgeKeys(private, tuple(public))


def _public(der: bytes) -> bytes:
    """Return the public half of a key, or the public key itself, as PEM. Raises ValueError."""
    try:
        key: object = load_der_private_key(der, password=None)
    except ValueError:
        key = load_der_public_key(der)
    if isinstance(key, rsa.RSAPrivateKey):
        key = key.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < BITS:
        raise ValueError(REMEDY)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
