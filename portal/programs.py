"""The words that start the four programs of Crossroads. docker-compose.yml starts them with the same ones."""

WORKER = ("celery", "--app", "portal", "--quiet", "worker", "--loglevel", "WARNING")
ALONE = (
    "--without-gossip",
    "--without-mingle",
    "--without-heartbeat",
)  # workers have nothing to tell each other
WEB_ENVIRONMENT = {
    "CROSSROADS_WEB": "true",
    "MALLOC_ARENA_MAX": "2",  # each thread with memory of its own holds 2 MB more, and nothing is faster
}


def web(*, host: str, port: int, processes: int = 2, threads: int = 2) -> list[str]:
    """Return the web server. Its processes are started anew when they die; bench/processes.py counts them."""
    return [
        *("granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--no-ws"),
        *("--workers", str(processes), "--blocking-threads", str(threads)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "5"),
        *("--log-level", "warning", "portal.wsgi:application"),
    ]


def worker() -> list[str]:
    """Return the worker that sends mail."""
    return [*WORKER, "--queues", "mail", "--hostname", "mail@%h", "--concurrency", "2", *ALONE]


def planner() -> list[str]:
    """Return the worker that plans, sweeps and gives signs of life; mail never keeps it waiting."""
    return [*WORKER, "--queues", "planning", "--hostname", "planning@%h", "--concurrency", "1", *ALONE]


def beat(*, schedule: str) -> list[str]:
    """Return the clock. `schedule` is the file in which it remembers when each job last ran."""
    return [
        *("celery", "--app", "portal", "--quiet", "beat", "--loglevel", "WARNING"),
        *("--schedule", schedule, "--pidfile="),
    ]
