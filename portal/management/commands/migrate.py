"""`manage.py migrate`, which finds out like `makemigrations` what no migration has yet."""

from django.core.management.commands import migrate

from portal.management.commands.makemigrations import Autodetector


class Command(migrate.Command):
    """Bring the database's tables to where the migrations are."""

    autodetector = Autodetector
