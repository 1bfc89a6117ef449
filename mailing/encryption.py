"""Keys derived from SECRET_KEY: one that closes payloads, one that hashes addresses.

Old keys in SECRET_KEY_FALLBACKS still open what they closed and still find the addresses they hashed.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

PAYLOAD_PURPOSE = b"crossroads: payload of a mail"
ADDRESS_PURPOSE = b"crossroads: hash of an address"


def _keys(purpose: bytes) -> list[bytes]:
    """Return the 32-byte keys for one purpose, the current one first."""
    secrets = [force_bytes(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return [HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret) for secret in secrets]


def _box() -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in _keys(PAYLOAD_PURPOSE)])


def close(payload: dict[str, Any]) -> bytes:
    """Encrypt a payload (anything that JSON can hold)."""
    return _box().encrypt(json.dumps(payload).encode())


def open_payload(closed: bytes) -> dict[str, Any]:
    """Decrypt a payload. Raises cryptography.fernet.InvalidToken if no known key closed it."""
    payload: dict[str, Any] = json.loads(_box().decrypt(closed))
    return payload


def address_hashes(address: str) -> list[str]:
    """Return the keyed hashes of an address in any letter case: by the current key, then by older ones."""
    canonical = address.strip().lower().encode()
    return [hmac.new(key, canonical, hashlib.sha256).hexdigest() for key in _keys(ADDRESS_PURPOSE)]
