"""What people did outlives what editors do: nothing that history points to can be deleted under it."""

from django.apps import apps
from django.db import models

CONTENT = ("courses", "careers")
HISTORY = ("learning",)
GOES_ALONG = {
    "learning.ItemSummary.question": "counted anew from the answers",
    "learning.DailyTotal.course": "a sum that leads to nobody; a course that somebody took is protected",
    "learning.DailyTotal.lesson": "as of a course",
    "learning.DailyTotal.quiz": "as of a course",
    "learning.DailyTotal.misconception": "as of a course",
}
"""Rows that may go with what they are about, since nothing of a person is lost with them."""


def test_every_reference_from_history_to_content_protects_it() -> None:
    loose = {
        f"{model._meta.label}.{field.name}": repr(field.remote_field.on_delete)
        for room in HISTORY
        for model in apps.get_app_config(room).get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model._meta.app_label in CONTENT
        and field.remote_field.on_delete is not models.PROTECT
    }
    assert loose.keys() == GOES_ALONG.keys(), loose


def test_content_that_has_versions_is_protected_by_them() -> None:
    version = apps.get_model("courses", "Version")
    loose = {
        f"{relation.related_model._meta.label}.{relation.field.name}"
        for relation in version._meta.related_objects
        if relation.on_delete not in (models.PROTECT, models.SET_NULL)
    }
    assert loose == {"courses.SearchEntry.version"}, "only the search index is made anew from versions"
