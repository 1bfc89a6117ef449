"""What `make run` decides before it starts anything."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import environment
from portal.embedded.folders import CannotStartError
from tests.portal.running import Portal
from tests.servers import free_port

EXTERNAL = {
    "DATABASE_URL": "postgres://somebody@db.example.org/crossroads",
    "BROKER_URL": "redis://broker.example.org:6379/0",
    "EMAIL_URL": "smtp://mail.example.org:25",
}


@pytest.fixture
def given() -> Iterator[dict[str, str]]:
    """An environment that names a folder and a port of the test's own, and nothing else."""
    spare = Portal()
    yield {"DATA_DIR": str(spare.data_dir), "PORT": str(free_port())}
    environment.release()
    spare.remove()


def settle(given: dict[str, str], **more: str) -> dict[str, str]:
    settled = {**given, **more}
    environment.settle(settled)
    environment.release()
    return settled


def test_without_addresses_all_servers_are_embedded(given: dict[str, str]) -> None:
    assert settle(given)["CROSSROADS_EMBEDDED"] == "database,broker,mail"


def test_with_addresses_none_is_embedded(given: dict[str, str]) -> None:
    settled = settle(given, **EXTERNAL)
    assert settled["CROSSROADS_EMBEDDED"] == ""
    assert {name: settled[name] for name in EXTERNAL} == EXTERNAL


@pytest.mark.parametrize(
    ("name", "left"),
    [("DATABASE_URL", "broker,mail"), ("BROKER_URL", "database,mail"), ("EMAIL_URL", "database,broker")],
)
def test_a_part_with_an_address_is_not_embedded(given: dict[str, str], name: str, left: str) -> None:
    assert settle(given, **{name: EXTERNAL[name]})["CROSSROADS_EMBEDDED"] == left


def test_the_key_and_the_passwords_are_drawn_once_per_folder(given: dict[str, str]) -> None:
    first, second = settle(given), settle(given)
    for name in environment.KEPT:
        assert first[name] == second[name]
        assert len(first[name]) >= 12


def test_another_folder_gets_others(given: dict[str, str]) -> None:
    elsewhere = Portal()
    first, second = settle(given), settle({**given, "DATA_DIR": str(elsewhere.data_dir)})
    elsewhere.remove()
    assert all(first[name] != second[name] for name in environment.KEPT)


def test_a_key_that_is_set_is_used(given: dict[str, str]) -> None:
    assert settle(given, SECRET_KEY="mine")["SECRET_KEY"] == "mine"


def test_what_a_second_terminal_needs_is_written_for_its_owner_alone(given: dict[str, str]) -> None:
    settled = settle(given)
    path = Path(given["DATA_DIR"]) / "env"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert environment.read(path)["DATABASE_URL"] == settled["DATABASE_URL"]


def test_the_demo_needs_the_embedded_database_and_loopback(given: dict[str, str]) -> None:
    assert settle(given)["CROSSROADS_DEMO"] == "true"
    assert settle(given, DATABASE_URL=EXTERNAL["DATABASE_URL"])["CROSSROADS_DEMO"] == "false"
    open_host = {"HOST": "0.0.0.0", "BASE_URL": "http://learn.example.org"}  # noqa: S104 - nothing listens
    assert settle(given, **open_host)["CROSSROADS_DEMO"] == "false"
    assert settle(given, BASE_URL="https://learn.example.org")["CROSSROADS_DEMO"] == "false", "behind a proxy"
    assert settle(given, BASE_URL="http://localhost:8000")["CROSSROADS_DEMO"] == "true"


@pytest.mark.parametrize(
    ("more", "local"),
    [
        ({}, "true"),
        ({"DATABASE_URL": EXTERNAL["DATABASE_URL"]}, "true"),
        ({"BASE_URL": "https://learn.example.org"}, "false"),
        ({"HOST": "0.0.0.0", "BASE_URL": "http://127.0.0.1:8000"}, "false"),  # noqa: S104 - nothing listens
    ],
)
def test_it_is_local_only_where_nobody_else_is_let_in(
    given: dict[str, str], more: dict[str, str], local: str
) -> None:
    assert settle(given, **more)["CROSSROADS_LOCAL"] == local


def test_the_address_follows_host_and_port(given: dict[str, str]) -> None:
    assert settle(given)["BASE_URL"] == f"http://127.0.0.1:{given['PORT']}"


def test_behind_a_proxy_the_name_that_people_type_is_answered_to(given: dict[str, str]) -> None:
    settled = settle(given, BASE_URL="https://learn.example.org")
    assert {"learn.example.org", "127.0.0.1"} <= set(settled["ALLOWED_HOSTS"].split(","))


def test_a_folder_in_use_is_refused_at_once(given: dict[str, str]) -> None:
    environment.settle(dict(given))
    with pytest.raises(CannotStartError, match=rf"Another Crossroads \(process {os.getpid()}\) runs on"):
        environment.settle(dict(given))


def test_an_unclean_end_is_remembered_and_a_clean_one_is_not(given: dict[str, str]) -> None:
    lock = Path(given["DATA_DIR"]) / "lock"
    environment.settle(dict(given))
    assert lock.read_text() == str(os.getpid())
    environment.release()
    assert lock.read_text() == ""
