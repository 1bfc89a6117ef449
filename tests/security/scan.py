"""Attack a running copy of the product with wapiti, logged in as a learner: `make security`.

It crawls what a learner reaches and attacks each address and form for some minutes, with the modules that
need neither downloads nor a server of theirs. Prints what it found; ends with status 1 at anything of level
"medium" or above. `.venv/security` has wapiti, which needs other versions of libraries than the product.
"""

import argparse
import http.cookiejar
import json
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from tests.portal.running import ROOT, Portal

WAPITI = ROOT / ".venv" / "security" / "bin" / "wapiti"
MODULES = (
    *("xss", "permanentxss", "sql", "timesql", "exec", "file", "crlf", "csrf"),
    *("redirect", "cookieflags", "csp", "http_headers", "methods", "backup", "upload"),
)
LEFT_ALONE = (
    "/accounts/logout/*",
    "/accounts/password/*",
    "/accounts/2fa/*",
    "/settings/privacy/*",
    "/static/*",
)
"""What would end the log-in that everything else is attacked with; and files that are the same for all."""
NOT_OVER_HTTP = ("Strict-Transport-Security", "Secure flag")
"""What is only set where BASE_URL is https: tests/security/test_headers.py holds it there."""
MEDIUM = 2


def main() -> int:
    """Run a copy, attack it, and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.security.scan", description=main.__doc__)
    parser.add_argument("--seconds", type=int, default=240, help="for the crawl, and as much for the attacks")
    parser.add_argument("--wapiti", type=Path, default=WAPITI)
    given = parser.parse_args()
    portal = Portal()
    try:
        portal.start()
        cookies = log_in(portal)
        with tempfile.TemporaryDirectory(prefix="crossroads-wapiti-") as folder:
            found = attack(given.wapiti, portal, cookies, seconds=given.seconds, folder=Path(folder))
        portal.stop()
    finally:
        portal.remove()
    return told(found)


def log_in(portal: Portal) -> dict[str, str]:
    """Log in as the demo's learner, whose password stands in the greeting; return the cookies."""
    address, password = re.findall(r"learner\s+(\S+@\S+)\s+password (\S+)", portal.said())[0]
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = f"http://127.0.0.1:{portal.port}/accounts/login/"
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', opener.open(page).read().decode())[0]
    form = {"login": address, "password": password, "csrfmiddlewaretoken": token}
    request = urllib.request.Request(page, urllib.parse.urlencode(form).encode(), {"Referer": page})
    with opener.open(request) as answer:
        if answer.url == page:
            raise RuntimeError("the learner could not log in")
    return {cookie.name: cookie.value or "" for cookie in jar}


def attack(
    wapiti: Path, portal: Portal, cookies: dict[str, str], *, seconds: int, folder: Path
) -> dict[str, Any]:
    """Let wapiti crawl and attack for so many seconds each; return its report."""
    site, report = f"http://127.0.0.1:{portal.port}", folder / "report.json"
    command = [
        *(str(wapiti), "--url", f"{site}/", "--start", f"{site}/dashboard/", "--scope", "domain"),
        *("--cookie-value", "; ".join(f"{name}={value}" for name, value in cookies.items())),
        *("--module", ",".join(MODULES), "--max-scan-time", str(seconds)),
        *("--max-attack-time", str(max(1, seconds // len(MODULES))), "--max-files-per-dir", "30"),
        *("--format", "json", "--output", str(report), "--no-bugreport", "--flush-session", "--verbose", "1"),
        *("--store-session", str(folder / "session"), "--store-config", str(folder / "config")),
    ]
    for path in LEFT_ALONE:
        command += ["--exclude", f"{site}{path}"]
    subprocess.run(command, check=True)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def told(found: dict[str, Any]) -> int:
    """Print the findings; return 1 if one of them is of level medium or above."""
    worst = 0
    for kind, faults in {**found["vulnerabilities"], **found["anomalies"]}.items():
        for fault in faults:
            expected = any(words in fault["info"] for words in NOT_OVER_HTTP)
            worst = max(worst, 0 if expected else fault["level"])
            note = " (not over http)" if expected else ""
            sys.stdout.write(f"level {fault['level']}, {kind}: {fault['info']} at {fault['path']}{note}\n")
    pages = found["infos"]["crawled_pages_nbr"]
    sys.stdout.write(f"{pages} pages crawled, {len(MODULES)} modules, worst level {worst} (2 is medium)\n")
    return int(worst >= MEDIUM or not pages)


if __name__ == "__main__":
    sys.exit(main())
