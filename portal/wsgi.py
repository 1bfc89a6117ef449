"""The WSGI door that the web server opens."""

import gc
import os
import signal

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from portal.lifeline import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

if os.environ.get("CROSSROADS_WEB") == "true":
    # A worker process whose web server was killed would go on serving on its port, and nobody could stop it.
    die_with_parent(signal.SIGKILL, parent=os.getppid())

if settings.METRICS_TOKEN:
    # The processes of this host count into files that they share; the library looks for them as it loads.
    folder = settings.DATA_DIR / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)

application = get_wsgi_application()

# Pages are loaded now, not with the first request; then all that there is stays, so that Python's collector
# need not look through it again and again: a full pass took a tenth of a second.
get_resolver().url_patterns  # noqa: B018 - loads them
gc.collect()
gc.freeze()
