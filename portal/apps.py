from django.apps import AppConfig
from django.core.checks import register


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        """Make our checks known to `manage.py check`."""
        from portal import checks  # models can be imported only now

        register(checks.given_roles_exist)
        register(checks.organisation_is_complete, checks.TAG)
