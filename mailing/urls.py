"""Addresses of the mail room. URL names are view names."""

from django.urls import path

from mailing.views import webhooks

app_name = "mailing"
urlpatterns = [
    path("webhooks/mail/", webhooks.mail_events, name="mail_events"),
]
