"""Errors told to a Sentry server of the operator's choice (SENTRY_DSN), and nothing about people."""

import logging
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

PASSED_ON = ("event_id", "timestamp", "level", "logger", "platform", "release", "server_name", "sdk")


def start(dsn: str) -> None:
    """Report what is logged as an error, in this process and those that it starts, from now on.

    A thread of its own sends the reports, so that a server that hangs holds up nobody. Raises ValueError
    where `dsn` is none.
    """
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration
    from sentry_sdk.utils import BadDsn

    try:
        sentry_sdk.init(
            dsn=dsn,
            before_send=without_people,
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[
                LoggingIntegration(level=None, event_level=logging.ERROR),
                AtexitIntegration(callback=lambda pending, timeout: None),
            ],
            include_local_variables=False,
            max_breadcrumbs=0,
            auto_session_tracking=False,
            send_client_reports=False,
            propagate_traces=False,
        )
    except BadDsn as error:
        raise ValueError(f"SENTRY_DSN does not look like an address of Sentry's: {error}.") from None


def without_people(event: "Event", hint: "Hint") -> "Event":
    """Return what of a report may leave: where in the code, as what kind of error, in which request.

    Messages stay here, since PostgreSQL's quote the row and ours may name an address; so do variables,
    cookies, headers and paths. The log has them, under the same id of the request.
    """
    record = hint.get("log_record")
    kept = cast("Event", {name: event[name] for name in PASSED_ON if name in event})  # type: ignore[literal-required]  # names of its fields
    kept["tags"] = {
        "request_id": getattr(record, "request_id", ""),
        "task": getattr(record, "task", ""),
        "place": f"{getattr(record, 'module', '')}:{getattr(record, 'lineno', '')}",
    }
    if "exception" in event:
        values = event["exception"].get("values", [])
        kept["exception"] = {
            "values": [
                {name: found.get(name) for name in ("type", "module", "stacktrace")} for found in values
            ]
        }
    else:
        kept["message"] = str(getattr(record, "msg", ""))
    return kept
