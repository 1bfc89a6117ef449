from django.contrib.admin.apps import AdminConfig


class CrossroadsAdminConfig(AdminConfig):
    default_site = "accounts.admin_site.CrossroadsAdminSite"
