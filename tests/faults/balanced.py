"""Several hosts in small: nginx before two web servers, pgbouncer before PostgreSQL, pooling transactions."""

import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from portal.embedded import folders
from portal.lifeline import lifeline
from tests.faults.web import Web
from tests.servers import free_port, wait_until

PROGRAMS = ("nginx", "pgbouncer")
POOLED = "disable_server_side_cursors=true"
"""What DATABASE_URL says behind a pooler that lends connections per transaction."""

PGBOUNCER = """[databases]
* = host={sockets} port=5432 user=crossroads
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 500
default_pool_size = 20
"""
NGINX = """daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream web {{ {servers} }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://web;
      proxy_set_header Host testserver;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_connect_timeout 2s;
    }}
  }}
}}
"""


def missing() -> list[str]:
    """Return which programs are not installed here (Debian: nginx-light, pgbouncer)."""
    return [name for name in PROGRAMS if program(name) is None]


def program(name: str) -> str | None:
    """Return where a program is: Debian keeps these where only root looks."""
    return shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin")


class Balancer:
    """nginx before web servers, as a browser sees it."""

    host = "127.0.0.1"

    def __init__(self, folder: Path, webs: Sequence[Web]) -> None:
        self.port = free_port()
        self.log = folder / "nginx.log"
        servers = " ".join(f"server {web.host}:{web.port} max_fails=1 fail_timeout=1s;" for web in webs)
        self.config = folder / "nginx.conf"
        self.config.write_text(NGINX.format(folder=folder, port=self.port, servers=servers))

    def said(self) -> str:
        """What it has written to its log."""
        return self.log.read_text() if self.log.exists() else ""


@contextmanager
def balancing(folder: Path, webs: Sequence[Web]) -> Iterator[Balancer]:
    """Have nginx share requests among web servers."""
    balancer = Balancer(folder, webs)
    with _running([str(program("nginx")), "-c", str(balancer.config)], balancer.port):
        yield balancer


@contextmanager
def pooling(folder: Path, database_url: str) -> Iterator[str]:
    """Have pgbouncer lend connections of a server on a Unix socket; give its address without a database."""
    (sockets,) = parse_qs(urlsplit(database_url).query)["host"]
    port, config = free_port(), folder / "pgbouncer.ini"
    folder.chmod(0o755)
    config.write_text(PGBOUNCER.format(sockets=sockets, port=port))
    account = folders.ownership(folders.server_account())
    with _running([str(program("pgbouncer")), str(config)], port, account):
        yield f"postgres://crossroads@127.0.0.1:{port}/"


@contextmanager
def _running(words: list[str], port: int, account: folders.Ownership | None = None) -> Iterator[None]:
    process = subprocess.Popen(words, preexec_fn=lifeline(signal.SIGKILL), **(account or {}))
    try:
        wait_until(lambda: _answers(port), meaning=f"{words[0]} answers")
        assert process.poll() is None
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
