"""A log-in of an organisation, as OpenID Connect has it: on this machine, and it says what a test wants."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from django.test import Client


class Provider(ThreadingHTTPServer):
    """The server; `claims` is what it says of whoever logs in, `broken` that its token is none."""

    claims: dict[str, Any]
    broken = False

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"

    def token(self) -> dict[str, str]:
        """What it gives for a code."""
        if self.broken:
            return {"token_type": "Bearer", "id_token": "none"}
        about = {"iss": self.url, "aud": "crossroads", "exp": int(time.time()) + 300, **self.claims}
        signed = jwt.encode(about, "a key of thirty-two letters or so", algorithm="HS256")
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": signed}

    def way_there(self, client: Client) -> str:
        """Press the log-in's button and return the address that its page leads on to."""
        page = client.post("/accounts/oidc/organisation/login/").text
        (there,) = re.findall(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', page)
        return unescape(there)

    def log_in(self, client: Client) -> Any:
        """Go there from the log-in's button and come back; return the answer to that."""
        there = self.way_there(client)
        asked = parse_qs(urlsplit(there).query)
        assert there.startswith(f"{self.url}/authorize")
        back = {"code": "c", "state": asked["state"][0]}
        return client.get("/accounts/oidc/organisation/login/callback/", back)


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        url = self.server.url
        if self.path.startswith("/.well-known/"):
            names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            found = {f"{name}_endpoint": f"{url}/{path}" for name, path in names.items()}
            self._say({"issuer": url, "jwks_uri": f"{url}/keys", **found})
        else:
            self._say(self.server.claims)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say(self.server.token())

    def _say(self, what: object) -> None:
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


@contextmanager
def running() -> Iterator[Provider]:
    """Run one."""
    with Provider(("127.0.0.1", 0), _Answers) as server:
        server.claims = {}
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
