"""The product's settings with what makes tests fast; nothing that is a test's subject is replaced."""

import os

# conftest.py names the real servers; these stand in for tools that only read the settings (mypy).
os.environ.setdefault("DATABASE_URL", "postgres://crossroads@127.0.0.1:1/crossroads")
os.environ.setdefault("BROKER_URL", "redis://127.0.0.1:1/0")
os.environ.setdefault("EMAIL_URL", "smtp://127.0.0.1:1")
os.environ.setdefault(
    "SECRET_KEY", "a key for tests, long enough that no check complains about it, and no secret"
)
os.environ.setdefault("BASE_URL", "http://testserver")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")

from portal.settings import *  # noqa: F403 - settings are inherited by star

DATABASES["default"]["ENGINE"] = "tests.database"  # noqa: F405 - as above
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Pages are rendered without collecting the static files first; WhiteNoise wants its folder all the same.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 - as above
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405 - as above
