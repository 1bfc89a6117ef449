"""Ask the web server on this machine for one of its health pages; containers' health checks run it.

    python -m portal.probe live|ready

Reads PORT and BASE_URL; ends with status 0 if the answer is 200.
"""

import http.client
import os
import sys
from urllib.parse import urlsplit


def status(
    page: str, *, host: str = "127.0.0.1", port: int, base_url: str, timeout: float = 4.0
) -> int | None:
    """Return the HTTP status of `/healthz/<page>`, or None if nobody answers within `timeout` seconds.

    `base_url` is the address that people type: the server refuses other names, and where it is https it sends
    away who does not come by way of it, so we say what the proxy in front would say.
    """
    public = urlsplit(base_url)
    headers = {"Host": public.netloc, "X-Forwarded-Proto": public.scheme}
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", f"/healthz/{page}", headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def main(words: list[str]) -> int:
    """Probe the page that the command line names and return the exit status."""
    if words not in (["live"], ["ready"]):
        sys.exit(__doc__)
    base_url = os.environ.get("BASE_URL", "http://127.0.0.1:8000")
    return 0 if status(words[0], port=int(os.environ.get("PORT", "8000")), base_url=base_url) == 200 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
