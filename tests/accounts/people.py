"""People and their mails for the tests of accounts."""

import json
import zipfile
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.signing import get_cookie_signer
from django.http import HttpResponse
from django.test import Client

from accounts import guests
from accounts.models import User
from accounts.privacy import exports
from mailing import outbox
from mailing.clock import now
from mailing.models import OutboxMail

ADDRESS = "ada@example.org"
PASSWORD = "a good long password"
PRIVACY = "/settings/privacy/"
PROOF = "/settings/privacy/code/"
CODE_PAGE = "/accounts/login/code/confirm/"
SIGN_UP = {
    "email": ADDRESS,
    "name": "Ada",
    "old_enough": "on",
    "accept_terms": "on",
    "time_zone": "Europe/Lisbon",
}


def mails() -> list[dict[str, Any]]:
    """Return the payloads of the mails that wait, the oldest first."""
    waiting = OutboxMail.objects.filter(state="pending").order_by("created_at", "id")
    return [outbox.decrypt(mail) for mail in waiting]


def newest_code() -> str:
    """Return the code of the newest mail."""
    return str(mails()[-1]["context"]["code"])


def wrong_code() -> str:
    """Return a code that is not the newest one."""
    return "000000" if newest_code() != "000000" else "000001"


def wait_out_the_limits() -> None:
    """Be as if an hour had passed since the last try."""
    cache.clear()


def make_member(email: str = ADDRESS, **fields: object) -> User:
    """Make an account with a proven address and a password."""
    user = User.objects.create_user(email, PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=email.lower(), verified=True, primary=True)
    return user


def log_in_by_code(client: Client, email: str = ADDRESS) -> HttpResponse:
    """Log in as a person does: ask for a code, take it from the mail, type it."""
    client.post("/accounts/login/code/", {"email": email})
    return client.post(CODE_PAGE, {"code": newest_code()})  # type: ignore[return-value]  # the test client's own class


def study(user: User) -> None:
    """Leave a day of learning."""
    user.daily_activity.create(local_date=date(2026, 11, 21))


def prove(client: Client, email: str = ADDRESS) -> None:
    """Prove by a code who is logged in, as the download and the erasing ask for."""
    wait_out_the_limits()
    client.post(f"{PROOF}send/")
    mail = OutboxMail.objects.filter(to_address=email, slot__startswith="own_data_code").latest("created_at")
    client.post(PROOF, {"code": outbox.decrypt(mail)["context"]["code"]})


def own_data(user: User) -> tuple[dict[str, list[dict[str, Any]]], str]:
    """Return what a person's download holds: the tables of data.json, and index.html."""
    with exports.make_now(user, now=now()) as file, zipfile.ZipFile(file) as bundle:
        assert bundle.namelist() == ["data.json", "index.html"]
        return json.loads(bundle.read("data.json"))["tables"], bundle.read("index.html").decode()


def as_guest(client: Client) -> User:
    """Give the browser a guest with a row, as the first answer in a lesson does."""
    row = User.objects.create(last_seen_on=now().date())
    signer = get_cookie_signer(salt=guests.COOKIE + guests.SALT)
    client.cookies[guests.COOKIE] = signer.sign(str(row.pk))
    return row
