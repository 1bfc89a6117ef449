"""What every template may ask for costs nothing until it asks."""

import pytest
from django.core.cache import caches
from django.template import Context, Template
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Organisation
from portal.context import site


@pytest.mark.django_db
def test_the_organisation_is_read_only_when_named(
    rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    caches["versions"].clear()
    Organisation.objects.create(name="Example School")
    with django_assert_num_queries(0):
        context = site(rf.get("/"))
    with django_assert_num_queries(1):
        for _ in range(2):
            assert Template("{{ organisation.name }}").render(Context(context)) == "Example School"


def test_it_says_where_the_portal_lives(rf: RequestFactory, settings: Settings) -> None:
    settings.BASE_URL, settings.INDEXABLE, settings.DEMO = "https://learn.example.org", True, False
    context = site(rf.get("/"))
    assert (context["base_url"], context["indexable"], context["demo"]) == (
        "https://learn.example.org",
        True,
        False,
    )
