#!/usr/bin/env python
"""Crossroads' command line: `python manage.py help` lists what it can do."""

import os
import sys


def main() -> None:
    """Run one management command with the settings of this folder."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from portal.embedded.folders import CannotStartError
    from portal.environment import FILES_ALONE, release, settle, stand_in

    try:
        if sys.argv[1:2] == ["up"] and not {"-h", "--help"} & set(sys.argv):
            settle(os.environ)  # it starts what the settings point to, so the addresses come first
        if set(sys.argv[1:2]) & FILES_ALONE:
            stand_in(os.environ)
        execute_from_command_line(sys.argv)
    except (CannotStartError, ImproperlyConfigured) as error:
        sys.exit(str(error))
    finally:
        release()


if __name__ == "__main__":
    main()
