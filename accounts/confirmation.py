"""Codes that confirm one step of a logged-in person: kept hashed in the session, 15 minutes, five tries."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare, salted_hmac

GOOD_FOR = timedelta(minutes=15)
TRIES = 5


def issue(session: SessionBase, *, purpose: str, now: datetime) -> str:
    """Return a new 6-digit code for this purpose; the one before it is void."""
    code = f"{secrets.randbelow(10**6):06}"
    session[_key(purpose)] = {"hash": _hash(purpose, code), "at": now.timestamp(), "tries": 0}
    return code


def is_waiting(session: SessionBase, *, purpose: str, now: datetime) -> bool:
    """Say whether a code was issued that can still be used."""
    state: dict[str, Any] | None = session.get(_key(purpose))
    if state is None or state["tries"] >= TRIES:
        return False
    return bool(now.timestamp() - state["at"] < GOOD_FOR.total_seconds())


def check(session: SessionBase, *, purpose: str, code: str, now: datetime) -> bool:
    """Say whether this is the code, and use it up; a wrong one counts as a try."""
    if not is_waiting(session, purpose=purpose, now=now):
        return False
    state = session[_key(purpose)]
    figures = "".join(letter for letter in code if letter.isdigit())
    if constant_time_compare(_hash(purpose, figures), state["hash"]):
        del session[_key(purpose)]
        return True
    session[_key(purpose)] = {**state, "tries": state["tries"] + 1}
    return False


def _key(purpose: str) -> str:
    return f"confirmation:{purpose}"


def _hash(purpose: str, code: str) -> str:
    return salted_hmac(f"accounts.confirmation.{purpose}", code, algorithm="sha256").hexdigest()
