from django.apps import AppConfig
from django.core.checks import register


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        """Make our checks known to `manage.py check`, and the admin's names translatable."""
        from portal import admin_names, checks  # models can be imported only now

        admin_names.translate()
        register(checks.given_roles_exist)
        register(checks.organisation_is_complete, checks.TAG)
