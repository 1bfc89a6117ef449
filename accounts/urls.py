"""The addresses of settings, and of what a guest answers. Log-in and sign-up are django-allauth's."""

from django.urls import path

from accounts.views import invitations, pictures, privacy, settings

app_name = "accounts"

urlpatterns = [
    # /settings/
    path("settings/", settings.settings_home, name="settings_home"),
    path("settings/profile/", settings.settings_profile, name="settings_profile"),
    path("settings/theme/", settings.set_theme, name="set_theme"),
    path("settings/privacy/", privacy.settings_privacy, name="settings_privacy"),
    path("settings/privacy/code/", privacy.confirm_person, name="confirm_person"),
    path("settings/privacy/code/send/", privacy.send_code, name="send_code"),
    path("settings/privacy/my-data/", privacy.download_data, name="download_data"),
    path("settings/privacy/my-data/progress/", privacy.export_progress, name="export_progress"),
    path("settings/privacy/my-data/<uuid:export_id>.zip", privacy.fetch_export, name="fetch_export"),
    path("settings/privacy/erase/", privacy.erase_account, name="erase_account"),
    path("settings/privacy/undo/<str:token>/", privacy.undo_erasure, name="undo_erasure"),
    # What an invitation's link opens
    path("accounts/invitation/<str:token>/", invitations.accept_invitation, name="accept_invitation"),
    # Files of pictures, under names that never come to mean another
    path("media/<str:digest>/<str:name>", pictures.picture, name="picture"),
    # A guest's "Not now"
    path("guest/not-now/", settings.keep_decline, name="keep_decline"),
    # Stands before django-allauth's page of this address, to count the codes that are sent again
    path("accounts/login/code/confirm/", settings.confirm_login_code, name="confirm_login_code"),
]
