"""What the code must not do, but for the places that are listed here with their reason."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from portal.celery import app

ROOT = Path(settings.BASE_DIR)
ROOMS = ("accounts", "careers", "courses", "learning", "mailing", "portal")
MARKED_SAFE = {
    "accounts/privacy/archive.py": "our own style sheet, in a file that a person downloads",
    "courses/glossary.py": "Markdown, cleaned by the allow-list",
    "courses/illustrations.py": "drawings by code of ours, and segments escaped when they were made",
    "courses/lessons.py": "Markdown, cleaned by the allow-list, and segments escaped when they were made",
    "courses/presentation.py": "Markdown, cleaned by the allow-list",
    "portal/boards.py": "what a template made, kept, with the token of a form put in",
    "portal/templatetags/admin_fields.py": "what widgets made, escaped labels, help of our own forms",
    "portal/templatetags/admin_filters.py": "escaped choices, in markup of our own",
    "portal/templatetags/admin_headers.py": "escaped headers, in markup of our own",
    "portal/templatetags/admin_parts.py": "cells that were escaped, in markup of our own",
    "portal/templatetags/kept.py": "what templates made",
    "portal/templatetags/translated.py": "our own words, and values that were escaped, as Django's tag does",
    "portal/views/legal.py": "Markdown, cleaned by the allow-list",
    "learning/views/lesson_page.py": "a page's heading, marked in HTML that was safe before",
}
WITHOUT_TOKEN = {
    "learning/views/reminders.py": "mail programs post without a cookie (RFC 8058); the signed link is it",
    "mailing/views/webhooks.py": "a provider has no cookie; its user name and password are its right",
}
NEVER = re.compile(
    r"\byaml\.(unsafe_|full_)?load\(|\bpickle\b|\bmarshal\b|(?<![\w.])(eval|exec)\(|\.extra\(|shell=True"
)


def files_with(pattern: str | re.Pattern[str]) -> set[str]:
    """The modules of the product in which this stands."""
    modules = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return {str(path.relative_to(ROOT)) for path in modules if re.search(pattern, path.read_text())}


def test_nothing_unpickles_evaluates_or_loads_what_could_run() -> None:
    assert files_with(NEVER) == set()


def test_only_listed_places_call_text_safe() -> None:
    assert files_with(r'\bmark_safe\(|\bSafeString\((?!("")?\))') == set(MARKED_SAFE)


def test_no_template_calls_text_safe_but_the_help_of_our_own_forms() -> None:
    templates = (ROOT / "templates").rglob("*.html")
    found = {
        str(path.relative_to(ROOT))
        for path in templates
        if re.search(r"\|\s*safe\b|autoescape off", path.read_text())
    }
    assert found == {"templates/components/field.html"}


def test_only_listed_addresses_take_forms_without_a_token() -> None:
    assert files_with(r"@csrf_exempt") == set(WITHOUT_TOKEN)


def test_workers_take_json_alone() -> None:
    assert (app.conf.accept_content, app.conf.task_serializer) == (["json"], "json")


MADE_UP = {"tests/portal/test_programs.py"}
"""What holds a key that opens nothing."""
MADE_HERE = {
    ".git",
    ".venv",
    "var",
    "staticfiles",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
}
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    r"|SECRET_KEY\s*=\s*[\"'][^\"']{30,}[\"']"
)


def looks_like_a_secret(text: str) -> bool:
    return SECRETS.search(text) is not None


def test_no_file_holds_a_secret() -> None:
    names = {".py", ".md", ".toml", ".yaml", ".yml", ".txt", ".sh", ".json", ""}
    folders = [path for path in ROOT.iterdir() if path.is_dir() and path.name not in MADE_HERE]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in names]
    files += [path for path in ROOT.iterdir() if path.suffix in names]
    held = {
        str(path.relative_to(ROOT))
        for path in files
        if path.is_file() and looks_like_a_secret(path.read_text(errors="replace"))
    }
    assert held <= MADE_UP


@pytest.mark.parametrize(
    "planted",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        "SECRET_KEY" + ' = "django-insecure-0123456789abcdefghijklmnop"',
    ],
)
def test_a_secret_would_be_found(planted: str) -> None:
    assert looks_like_a_secret(f"first line\n{planted}\nlast line")
