"""No table reaches a person without a decision about it: `portal/personal_data.py` is complete and true."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.models import Model

from accounts.models import User
from portal.personal_data import Rule

RULES: tuple[Rule, ...] = settings.PERSONAL_DATA
WITHOUT_A_MODEL = {"cache_entries", "django_migrations"}
ABOUT_AN_ADDRESS = ("email", "address", "hmac", "session_data", "recipient")
FATES = {"deleted": models.CASCADE, "anonymised": models.SET_NULL}


def fields_to(model: type[Model], targets: set[type[Model]]) -> Iterator["models.ForeignKey[Model, Model]"]:
    """Every foreign key of a model that leads to one of these."""
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.remote_field.model in targets:
            yield field


def everything() -> list[type[Model]]:
    """All models, with the tables between two of them."""
    return list(apps.get_models(include_auto_created=True))


def owned() -> set[type[Model]]:
    """The person, and what goes with them by the database's own references, however far away."""
    found: set[type[Model]] = {User}
    while True:
        more = {
            model
            for model in everything()
            for field in fields_to(model, found)
            if field.remote_field.on_delete is models.CASCADE
        }
        if more <= found:
            return found
        found |= more


def test_a_table_that_reaches_a_person_has_its_fate_decided() -> None:
    ruled = {rule.table for rule in RULES}
    people = owned()
    undecided = [
        model._meta.label
        for model in everything()
        if model._meta.label not in ruled
        and (
            model in people
            or any(fields_to(model, people))
            or any(name in field.name for field in model._meta.concrete_fields for name in ABOUT_AN_ADDRESS)
        )
    ]
    assert not undecided, f"decide in portal/personal_data.py what becomes of {undecided} when a person goes"


def test_each_key_to_a_person_does_what_its_rule_says() -> None:
    ruled = {(rule.table, rule.path): rule.fate for rule in RULES}
    for model in everything():
        for field in fields_to(model, {User}):
            fate = ruled.get((model._meta.label, field.name))
            said = f"{model._meta.label}.{field.name}: "
            assert fate, said + "portal/personal_data.py does not name it"
            assert field.remote_field.on_delete is FATES[fate], said + f"is not {fate} by its on_delete"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.table} {rule.path}")
def test_a_rules_path_leads_to_a_person_and_is_deleted_with_them(rule: Rule) -> None:
    if not rule.path:
        assert not rule.in_download, "without a path there are no rows to take along"
        return
    model: type[Model] = apps.get_model(rule.table)
    if rule.path == "pk":
        assert model is User
        return
    *hops, last = rule.path.split("__")
    for hop in hops:
        field = model._meta.get_field(hop)
        assert isinstance(field, models.ForeignKey)
        assert field.remote_field.on_delete is models.CASCADE
        model = field.remote_field.model
    field = model._meta.get_field(last)
    assert isinstance(field, models.ForeignKey)
    assert field.remote_field.model is User
    assert field.remote_field.on_delete is FATES[rule.fate]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.table} {rule.path}")
def test_a_rule_names_a_table_and_fields_that_exist(rule: Rule) -> None:
    assert rule.why
    if rule.table in WITHOUT_A_MODEL:
        return
    names = {field.name for field in apps.get_model(rule.table)._meta.concrete_fields}
    assert set(rule.only) | set(rule.without) <= names


def test_a_table_is_told_once() -> None:
    told = Counter(rule.table for rule in RULES if rule.in_download)
    assert max(told.values()) == 1
    assert max(Counter((rule.table, rule.path) for rule in RULES).values()) == 1


@pytest.mark.django_db
def test_the_database_has_no_table_that_nobody_knows() -> None:
    known = {model._meta.db_table for model in everything()} | WITHOUT_A_MODEL
    assert set(connection.introspection.table_names()) <= known


def test_what_opens_the_account_is_left_out() -> None:
    left_out = {(rule.table, name) for rule in RULES for name in rule.without}
    assert {("accounts.User", "password"), ("mfa.Authenticator", "data")} <= left_out
