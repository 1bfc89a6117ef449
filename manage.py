#!/usr/bin/env python
"""Crossroads' command line: `python manage.py help` lists what it can do."""

import os
import sys
from contextlib import nullcontext


def main() -> None:
    """Run one management command with the settings of this folder."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from portal.embedded.folders import CannotStartError
    from portal.environment import FILES_ALONE, release, require_embedded, settle, stand_in
    from portal.standalone import COMMANDS, database

    asked = sys.argv[1] if len(sys.argv) > 1 and not {"-h", "--help"} & set(sys.argv) else ""
    try:
        if asked == "up":
            settle(os.environ)  # it starts what the settings point to, so the addresses come first
        if asked == "upgrade_data":
            require_embedded(os.environ)
            settle(os.environ, serves=False)
        if asked in FILES_ALONE:
            stand_in(os.environ)
        with database(os.environ, exclusive=COMMANDS[asked]) if asked in COMMANDS else nullcontext():
            execute_from_command_line(sys.argv)
    except (CannotStartError, ImproperlyConfigured) as error:
        sys.exit(str(error))
    finally:
        release()


if __name__ == "__main__":
    main()
