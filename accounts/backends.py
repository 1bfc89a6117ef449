"""Who may log in, and who comes back with a session: Django's and allauth's rules, one quicker read."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend

from accounts import prepared
from accounts.models import User


class PasswordBackend(ModelBackend):
    """Log in with address and password; permissions."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the person of a session, if their account is active."""
        return _active(user_id)


class CodeBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth is not typed
    """Log in by what allauth offers."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the person of a session, if their account is active."""
        return _active(user_id)


def _active(user_id: Any) -> User | None:
    user = prepared.by_id(User, user_id)
    return user if user and user.is_active else None
