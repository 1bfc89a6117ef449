"""Nobody but the person sees an answer, a result, a pick or a tick: not in the admin, not in an export."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts import organisation
from accounts.models import AuditLog, User
from accounts.privacy import erasure
from careers import again, already, assessment, plans
from careers.models import PRIVATE, Instrument, Item, Response, ResponseSet, Result
from courses.models import Course, Module, Question
from tests.accounts.people import own_data
from tests.careers.answering import take
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("asked")
EXPORTED = {AuditLog, Course, Question}
"""What staff take along as files: what is taught, and what staff did. Nothing of it leads to a learner."""


@pytest.fixture
def owner(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser in which somebody with every right and a second factor is logged in."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    return client


def do_everything(user: User, side: str) -> None:
    """Leave rows in every private table."""
    take(user, side, count=30)
    assessment.react(user=user, given=[("product", "dull", "not" if side == "project" else "like")], now=NOW)
    picks = ["shift"] if side == "project" else ["ask-guests"]
    again.skip(user=user, module=Module.objects.get(), now=NOW)
    already.choose(user=user, shown=["shift", "ask-guests"], chosen=picks, now=NOW)
    plans.tick(user=user, key="both", done=["read"] if side == "project" else ["talk"], now=NOW)


def test_all_tables_that_reach_a_person_are_named_private() -> None:
    owned = {
        model
        for model in apps.get_app_config("careers").get_models()
        if any(
            field.is_relation and field.related_model in (User, ResponseSet, *PRIVATE)
            for field in model._meta.concrete_fields
        )
    }
    assert owned == set(PRIVATE)


def test_no_admin_page_and_no_inline_is_of_a_private_table() -> None:
    for model, page in admin.site._registry.items():
        assert model not in PRIVATE
        assert not {inline.model for inline in page.inlines} & set(PRIVATE), model
        shown = [*page.list_display, *page.list_filter, *page.search_fields, *(page.fields or ())]
        names = [name if isinstance(name, str) else str(name) for name in shown]
        for private in ("fit_checks", "task_choices", "plans_followed", "response_sets", "reactions"):
            assert not any(private in name for name in names), (model, private)


def pages_of(owner: Client, user: User) -> Iterator[tuple[str, str]]:
    """Yield every admin page: lists, forms, histories and the questions before deleting."""
    rows: list[Model] = [user]
    yield "/admin/", owner.get("/admin/").content.decode()
    for model, page in sorted(admin.site._registry.items(), key=str):
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        rows += list(model._default_manager.all()[:2])
        for query in ("", "?q=lea"):
            path = reverse(f"{name}_changelist") + query
            yield path, owner.get(path).content.decode()
        assert model in EXPORTED or not any("export" in str(action) for action in page.actions or ())
    for row in rows:
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        for kind in ("change", "delete", "history"):
            try:
                path = reverse(f"{name}_{kind}", args=[row.pk])
            except NoReverseMatch:
                continue
            yield path, owner.get(path).content.decode()


def plain(page: str) -> str:
    """A page without its token, which differs each time."""
    return re.sub(r"[A-Za-z0-9]{64}", "", page)


def test_no_admin_page_changes_with_what_a_person_answered(owner: Client, learner: User) -> None:
    organisation.forget()
    organisation.current()  # its row is made once; another test's memory of it would hide that
    dict(pages_of(owner, learner))
    do_everything(learner, "product")
    first = {path: plain(page) for path, page in pages_of(owner, learner)}
    ResponseSet.objects.all().delete()
    learner.task_choices.all().delete()
    learner.fit_checks_skipped.all().delete()
    learner.plans_followed.all().delete()
    ids = [list(model._default_manager.values_list("pk", flat=True)) for model in PRIVATE]
    assert not any(ids)
    do_everything(learner, "project")
    second = {path: plain(page) for path, page in pages_of(owner, learner)}
    assert len(first) > 40
    for path, page in first.items():
        assert re.sub(r"\d+", "", page) == re.sub(r"\d+", "", second[path]), path


def test_what_somebody_sees_who_looks_in_does_not_change_with_what_a_person_answered(
    owner: Client, learner: User
) -> None:
    path = f"/admin/accounts/user/{learner.pk}/progress/"
    before = plain(owner.post(path, {"reason": "You asked."}).content.decode())
    assert "Noted for the learner" in before
    do_everything(learner, "product")
    assert plain(owner.post(path, {"reason": "You asked."}).content.decode()) == before


def test_staff_see_nobody_elses_result(owner: Client, learner: User) -> None:
    take(learner, "product")
    assert owner.get("/fit/result/").headers["Location"] == "/fit/"
    assert owner.get("/fit/result/1/").status_code == 404


def test_own_data_hold_all_of_it_and_erasing_takes_it(learner: User) -> None:
    other = User.objects.create_user("bob@example.org")
    do_everything(other, "project")
    do_everything(learner, "product")
    tables, page = own_data(learner)
    for model in PRIVATE:
        assert tables[model._meta.label], model
    assert len(tables["careers.Response"]) == 30
    assert tables["careers.Result"][0]["verdict"] == "clear"
    assert "strongly agree" in page
    erasure.erase(user=learner, now=NOW)
    left = {model._meta.label: model._default_manager.count() for model in PRIVATE}
    assert left["careers.Response"] == 30
    assert left["careers.Result"] == 1
    assert Result.objects.get().response_set.user == other


def test_below_thirty_people_admins_see_nothing_and_from_thirty_on_one_line_a_scale(owner: Client) -> None:
    instrument = Instrument.objects.get()
    path = reverse("admin:careers_instrument_change", args=[instrument.pk])
    for number in range(30):
        assert "Product orientation: shown from 30 people on." in owner.get(path).content.decode() or number
        person = User.objects.create_user(f"person-{number}@example.org")
        crowd(person, instrument, level=number % 5)
        if number == 28:
            page = owner.get(path).content.decode()
            assert page.count("shown from 30 people on.") == 2
            assert "alpha" not in page
    page = owner.get(path).content.decode()
    assert re.search(r"Product orientation: Cronbach.s alpha 0\.\d\d, n = 30\.", page)
    assert "These do not fit the rest of their scale" in page
    assert "(product-3)" in page
    assert "(product-1)" not in page
    assert "person-" not in page


def crowd(person: User, instrument: Instrument, *, level: int) -> None:
    """Give somebody a complete fit check; all statements agree but product-3, which runs against them."""
    responses = ResponseSet.objects.create(user=person, instrument=instrument, number=1, started_at=NOW)
    rows = []
    for item in Item.objects.filter(kind="statement").select_related("scale"):
        points = 25 * ((4 - level) if item.key == "product-3" else level)
        side = {"product": points} if item.key.startswith("product") else {"project": points}
        rows.append(Response(response_set=responses, item=item, value=3, answered_at=NOW, **side))
    Response.objects.bulk_create(rows)
    Result.objects.create(
        response_set=responses,
        answered=24,
        product=50,
        product_error=5,
        project=50,
        project_error=5,
        verdict="balanced",
        at=NOW,
    )


def test_editors_archive_a_statement_and_freeze_its_meaning(owner: Client) -> None:
    row = Item.objects.get(key="product-2")
    path = reverse("admin:careers_item_change", args=[row.pk])
    page = owner.get(path)
    assert page.status_code == 200
    editable = set(page.context["adminform"].form.fields)
    assert editable == {"text", "order"}
    assert owner.post(path.replace("change", "delete"), {"post": "yes"}).status_code == 403
    owner.post(
        reverse("admin:careers_item_changelist"), {"action": "archive_selected", "_selected_action": [row.pk]}
    )
    assert "product-2" not in {asked.item.key for asked in assessment.current(None).asked}


@pytest.mark.parametrize("name", ["instrument", "item", "task", "plan"])
def test_every_form_opens_and_saves_what_it_shows(owner: Client, name: str) -> None:
    row = apps.get_model("careers", name).objects.first()
    path = reverse(f"admin:careers_{name}_change", args=[row.pk])
    page = owner.get(path)
    data: dict[str, object] = {"_continue": "1"}
    forms = [page.context["adminform"].form]
    for formset in page.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.initial_forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                data[bound.html_name] = value
    answer = owner.post(path, data)
    assert answer.status_code == 302, answer.context["errors"]
