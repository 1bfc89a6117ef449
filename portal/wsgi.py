"""The WSGI door that the web server opens."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from portal.lifeline import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

if os.environ.get("CROSSROADS_WEB") == "true":
    # A worker process whose web server was killed would go on serving on its port, and nobody could stop it.
    die_with_parent(signal.SIGKILL, parent=os.getppid())

application = get_wsgi_application()
