"""What browsers may load and run: pages, the admin, and mails shown as documents of their own."""

from urllib.parse import urlsplit

PAGE = {
    "default-src": ["'self'"],
    "script-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
}


def page(log_in: str = "") -> dict[str, list[str]]:
    """Return the policy of pages; forms may also lead on to the organisation's log-in, if there is one."""
    parts = urlsplit(log_in)
    return {**PAGE, "form-action": ["'self'", *([f"{parts.scheme}://{parts.netloc}"] if log_in else [])]}


ADMIN = {
    # Unfold's Alpine evaluates expressions and sets inline styles; author HTML is never shown in the admin.
    **PAGE,
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "frame-src": ["'self'"],
}
MAIL = {
    # A mail is a page of its own: nothing runs or loads in it, but its inline styles count.
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox", "allow-top-navigation-by-user-activation"],
}
FILE = {
    # A picture at an address of its own: whatever a browser took it for, nothing in it runs or loads.
    "default-src": ["'none'"],
    "sandbox": [],
}
PREVIEW = {
    # A lesson as learners see it, in a frame of the admin: no script at all, and nothing is sent from it.
    # The page around it may reach in (allow-same-origin) to keep its place while somebody writes.
    "default-src": ["'none'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-same-origin", "allow-popups", "allow-popups-to-escape-sandbox"],
}
