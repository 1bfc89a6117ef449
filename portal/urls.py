"""The addresses of the whole house. product.md's contract; each room lists its own."""

from django.contrib import admin
from django.urls import include, path

from accounts.views.organisation_login import openid_connect_callback, openid_connect_login
from portal.views import dev_mail, errors, health

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

ORGANISATION = {"provider_id": "organisation"}
"""The one log-in beside our own (settings.SOCIALACCOUNT_PROVIDERS)."""

urlpatterns = [
    path("", include("portal.page_urls")),
    path("", include("courses.urls")),
    path("", include("careers.urls")),
    path("", include("learning.urls")),
    path("", include("accounts.urls")),
    path("", include("mailing.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/organisation/", include("allauth.socialaccount.urls")),
    path(
        "accounts/oidc/organisation/login/",
        openid_connect_login,
        ORGANISATION,
        name="openid_connect_login",
    ),
    path(
        "accounts/oidc/organisation/login/callback/",
        openid_connect_callback,
        ORGANISATION,
        name="openid_connect_callback",
    ),
    path("admin/", admin.site.urls),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    path("dev/mail/", dev_mail.inbox, name="inbox"),
    path("dev/mail/<str:name>/", dev_mail.message, name="message"),
    path("dev/mail/<str:name>/html/", dev_mail.message_html, name="message_html"),
]
