"""`make run`: one command starts all of Crossroads, one signal stops it, and nothing is left behind."""

import os
import signal
import stat
import subprocess
from collections.abc import Iterator

import pytest

from tests.portal.running import ROOT, START_SECONDS, STOP_SECONDS, UP, Portal, bare_environment
from tests.servers import free_port, wait_until


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    """A copy that runs for all tests which leave it as they found it."""
    running = Portal()
    try:
        running.start()
        yield running
        running.stop()
    finally:
        running.remove()


@pytest.fixture
def spare() -> Iterator[Portal]:
    """A copy of the test's own, not started."""
    portal = Portal()
    yield portal
    portal.remove()


@pytest.fixture(scope="module")
def made() -> Iterator[Portal]:
    """A copy that make starts, for tests that end it each in its own way."""
    portal = Portal(("make", "--no-print-directory", "run"))
    yield portal
    portal.remove()


@pytest.fixture
def made_portal(made: Portal) -> Iterator[Portal]:
    """That copy, running."""
    made.start()
    yield made
    made.end()


def test_it_tells_the_address_and_the_log_ins(portal: Portal) -> None:
    said = portal.said()
    assert f"http://127.0.0.1:{portal.port}/" in said
    assert "learner@example.org  password " in said
    assert "admin@example.org  password " in said


def test_everything_runs_under_the_supervisor(portal: Portal) -> None:
    commands = " ".join(portal.main_processes().values())
    for part in (
        "postgres -D",
        "valkey-server",
        "portal.mail_sink",
        "granian",
        "--queues mail",
        "planning",
        " beat ",
    ):
        assert part in commands


def test_addresses_and_secrets_are_kept_from_others(portal: Portal) -> None:
    assert stat.S_IMODE((portal.data_dir / "env").stat().st_mode) == 0o600
    assert stat.S_IMODE((portal.data_dir / "postgres").stat().st_mode) == 0o700
    assert stat.S_IMODE((portal.data_dir / "mail").stat().st_mode) == 0o700


def test_manage_py_works_in_a_second_terminal(portal: Portal) -> None:
    told = portal.manage("showmigrations", "accounts")
    assert "[X] 0001_initial" in told.stdout, told.stderr


def test_a_second_run_on_the_same_folder_is_refused(portal: Portal) -> None:
    refused = up(DATA_DIR=str(portal.data_dir), PORT=str(free_port()))
    assert refused.returncode != 0
    assert one_line(refused).startswith("Another Crossroads (process ")


def test_a_taken_port_is_refused(portal: Portal, spare: Portal) -> None:
    refused = up(DATA_DIR=str(spare.data_dir), PORT=str(portal.port))
    assert refused.returncode != 0
    assert one_line(refused).startswith(f"127.0.0.1 port {portal.port} cannot be used")


@pytest.mark.slow
def test_another_copy_runs_beside_it(portal: Portal, spare: Portal) -> None:
    spare.start()
    wait_until(portal.is_ready, meaning="the first copy is ready while the second runs")
    assert spare.stop() <= STOP_SECONDS
    wait_until(portal.is_ready, meaning="the first copy is ready when the second has gone")


def test_sigterm_to_make_stops_all_and_the_next_start_has_the_data(made_portal: Portal) -> None:
    made_portal.manage("shell", "-c", "from accounts.models import User; User.objects.create(name='kept')")
    assert made_portal.stop() <= STOP_SECONDS
    assert made_portal.processes() == {}
    made_portal.start()
    look = "from accounts.models import User; print(User.objects.filter(name='kept').count())"
    found = made_portal.manage("shell", "-v0", "-c", look)
    assert found.stdout.strip() == "1", found.stderr


@pytest.mark.fault
def test_nothing_outlives_a_killed_supervisor_and_the_next_start_works(made_portal: Portal) -> None:
    os.kill(made_portal.supervisor(), signal.SIGKILL)
    made_portal.wait_for_silence()
    made_portal.start()
    assert made_portal.stop(signal.SIGINT) <= STOP_SECONDS
    assert made_portal.processes() == {}


@pytest.mark.fault
def test_nothing_outlives_a_killed_make(made_portal: Portal) -> None:
    made_portal.stop(signal.SIGKILL)
    made_portal.wait_for_silence()


@pytest.mark.fault
def test_every_killed_part_comes_back(made_portal: Portal) -> None:
    killed = made_portal.main_processes().keys()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    wait_until(
        lambda: made_portal.said().count("starting it again") >= len(killed), meaning="all were missed"
    )
    wait_until(
        lambda: len(made_portal.main_processes().keys() - killed) == len(killed),
        meaning="all are back",
        patience=START_SECONDS,
    )
    wait_until(made_portal.is_ready, meaning="pages are served again", patience=START_SECONDS)
    assert killed.isdisjoint(made_portal.processes())
    assert made_portal.stop() <= STOP_SECONDS
    assert made_portal.processes() == {}


def up(**environment: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py up` to its end; for starts that are refused."""
    return subprocess.run(
        UP,
        cwd=ROOT,
        env=bare_environment(**environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def one_line(refused: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that a refused start says."""
    (line,) = (refused.stdout + refused.stderr).splitlines()
    return line


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({"PORT": "http"}, "PORT is 'http'; it must be a number from 1 to 65535."),
        ({"DATA_DIR": "/dev/null/var"}, "DATA_DIR /dev/null/var cannot be written"),
        ({"HOST": "0.0.0.0"}, "HOST=0.0.0.0 needs BASE_URL"),  # noqa: S104 - it is refused
        ({"SIGNUP": "closed"}, "SIGNUP is 'closed'; it must be one of"),
        ({"BASE_URL": "learn.example.org"}, "BASE_URL is 'learn.example.org'; it must look like"),
    ],
)
def test_nonsense_is_refused_in_one_line(spare: Portal, environment: dict[str, str], line: str) -> None:
    refused = up(**{"DATA_DIR": str(spare.data_dir), "PORT": str(spare.port), **environment})
    assert refused.returncode != 0
    assert one_line(refused).startswith(line)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as somebody else")
def test_as_root_a_private_parent_is_refused_with_the_remedy(spare: Portal) -> None:
    spare.folder.chmod(0o700)
    refused = up(DATA_DIR=str(spare.data_dir), PORT=str(spare.port))
    assert refused.returncode != 0
    assert one_line(refused).endswith("make run DATA_DIR=/var/lib/crossroads")


def test_what_reads_files_alone_runs_where_nothing_was_set_up(spare: Portal) -> None:
    told = spare.manage("check_content")
    assert "3 courses" in told.stdout, told.stderr


def test_a_second_terminal_without_a_run_says_what_to_do(spare: Portal) -> None:
    told = spare.manage("check")
    assert told.returncode != 0
    assert (
        one_line(told) == "No database: start `make run` (here or in another terminal) or set DATABASE_URL."
    )
