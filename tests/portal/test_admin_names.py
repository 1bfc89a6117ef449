"""The names of tables and fields that Django makes of the code's own are words like all others."""

from django.contrib import admin
from django.utils.functional import Promise

from courses.models import Question
from portal import admin_names


def test_every_name_in_the_admin_can_be_translated_and_reads_as_before() -> None:
    for model in admin.site._registry:
        options = model._meta
        names = [options.verbose_name, options.verbose_name_plural]
        names += [field.verbose_name for field in (*options.local_fields, *options.local_many_to_many)]
        assert all(isinstance(name, Promise) for name in names), model
    assert str(Question._meta.get_field("passage_heading").verbose_name) == "passage heading"
    assert str(Question._meta.verbose_name_plural) == "questions"
    assert {"passage heading", "questions"} <= admin_names.MADE, "what the catalogue asks translators for"
