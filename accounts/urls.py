"""The addresses of settings, and of what a guest answers. Log-in and sign-up are django-allauth's."""

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    # /settings/
    path("settings/", views.settings_home, name="settings_home"),
    path("settings/profile/", views.settings_profile, name="settings_profile"),
    path("settings/theme/", views.set_theme, name="set_theme"),
    path("settings/privacy/", views.settings_privacy, name="settings_privacy"),
    path("settings/privacy/my-data.json", views.download_data, name="download_data"),
    path("settings/privacy/erase/", views.erase_account, name="erase_account"),
    path("settings/privacy/erase/code/", views.send_erase_code, name="send_erase_code"),
    # A guest's "Not now"
    path("guest/not-now/", views.keep_decline, name="keep_decline"),
    # Stands before django-allauth's page of this address, to count the codes that are sent again
    path("accounts/login/code/confirm/", views.confirm_login_code, name="confirm_login_code"),
]
