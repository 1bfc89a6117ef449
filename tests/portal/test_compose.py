"""docker-compose.yml and Dockerfile name only what exists, and start what `make run` starts."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from portal import programs

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("migrate", "web", "worker", "planner", "beat")
BOUGHT = ("postgres", "valkey", "mailpit")
BEAT_FOLDER = "/var/lib/crossroads/beat"
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "WEB_PORTS"}  # read by compose itself


def settings_names() -> set[str]:
    """Return the names of all environment variables that the project reads."""
    text = (ROOT / "portal/settings.py").read_text()
    read = set(re.findall(r'(?:env(?:\.\w+)?|one_of)\(\s*"([A-Z_]+)"', text))
    return read | {"PORT", "HOST", "DATA_DIR", "GRANIAN_LOG_CONFIG", *programs.WEB_ENVIRONMENT}


def test_the_services_are_these() -> None:
    assert set(SERVICES) == {*OURS, *BOUGHT}


@pytest.mark.parametrize("name", [*OURS, *BOUGHT])
def test_every_service_has_a_health_check_and_a_restart_policy(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert SERVICES[name]["restart"] == ("on-failure:5" if name == "migrate" else "unless-stopped")


@pytest.mark.parametrize("name", [*OURS, *BOUGHT])
def test_no_container_fills_the_disk_with_what_it_says(name: str) -> None:
    kept = SERVICES[name]["logging"]
    assert (kept["driver"], kept["options"]) == ("json-file", {"max-size": "20m", "max-file": "5"})


def test_what_the_image_copies_is_sent_to_the_builder() -> None:
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, flags=re.MULTILINE)
    sources = {word for line in copied for word in line.split()}
    assert sources == sent
    assert all((ROOT / source).exists() for source in sources)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("web", programs.web(host="0.0.0.0", port=8000)),  # noqa: S104 - inside its container
        ("worker", programs.worker()),
        ("planner", programs.planner()),
        ("beat", programs.beat(schedule=f"{BEAT_FOLDER}/schedule")),
    ],
)
def test_containers_run_the_very_commands_of_make_run(name: str, words: list[str]) -> None:
    assert SERVICES[name]["command"] == words


def test_the_image_starts_the_web_server_by_default() -> None:
    (words,) = re.findall(r"^CMD (.+)$", DOCKERFILE, flags=re.MULTILINE)
    assert json.loads(words) == SERVICES["web"]["command"]


def test_every_management_command_exists() -> None:
    named = [
        words[words.index("manage.py") + 1]
        for service in SERVICES.values()
        for words in (service.get("command", []), service["healthcheck"]["test"])
        if "manage.py" in words
    ]
    assert {"prepare", "check_heartbeat"} <= set(named) <= set(get_commands())


def test_every_program_of_ours_is_installed() -> None:
    first = {SERVICES[name]["command"][0] for name in OURS}
    first |= {shlex.split(check)[0] for name in OURS for check in SERVICES[name]["healthcheck"]["test"][1:2]}
    for program in first:
        assert Path(sys.executable).with_name(program).exists(), program


def test_every_environment_name_is_a_setting() -> None:
    given = {name for service in OURS for name in SERVICES[service]["environment"]}
    assert given <= settings_names()


def test_every_name_of_the_example_is_a_setting_or_composes_own() -> None:
    example = re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    assert set(example) <= settings_names() | COMPOSE_ONLY


def test_every_variable_of_compose_is_in_the_example() -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert used <= set(
        re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    )


def test_addresses_name_services_on_the_ports_they_listen_on() -> None:
    ports = {"postgres": "5432", "valkey": "6379", "mailpit": "1025"}
    for name in OURS:
        text = json.dumps(SERVICES[name]["environment"])
        assert {host: port for host, port in re.findall(r"(\w+):(\d+)", text) if host in BOUGHT} == ports


def test_the_web_server_is_published_and_probed_on_the_port_it_listens_on() -> None:
    web = SERVICES["web"]
    assert web["ports"] == ["${WEB_PORTS:-8000}:8000"]
    assert web["environment"]["PORT"] == "8000"
    assert "EXPOSE 8000" in DOCKERFILE


def test_the_web_server_runs_in_the_environment_that_it_has_without_containers() -> None:
    assert SERVICES["web"]["environment"].items() >= programs.WEB_ENVIRONMENT.items()


def test_every_volume_is_declared_and_used() -> None:
    mounts = [volume.split(":") for service in SERVICES.values() for volume in service.get("volumes", [])]
    assert {source for source, _ in mounts} == set(COMPOSE["volumes"])
    assert ["beat", BEAT_FOLDER] in mounts
    assert BEAT_FOLDER in DOCKERFILE


@pytest.mark.parametrize("folder", ["exports", "media"])
def test_files_are_the_same_for_all_that_make_or_show_them(folder: str) -> None:
    place = f"/var/lib/crossroads/{folder}"
    assert all(f"{folder}:{place}" in SERVICES[name]["volumes"] for name in ("web", "worker", "planner"))
    assert place in DOCKERFILE  # made in the image, so that the volume belongs to its user


@pytest.mark.parametrize("name", ["web", "worker", "planner"])
def test_a_service_can_be_scaled(name: str) -> None:
    assert "container_name" not in SERVICES[name]
    assert "hostname" not in SERVICES[name]
    assert name == "web" or "ports" not in SERVICES[name]


def test_everything_waits_for_the_migrations_and_they_for_the_database() -> None:
    for name in ("web", "worker", "planner", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_the_image_copies_every_folder_that_the_product_needs() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, flags=re.MULTILINE))
    rooms = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert copied == rooms | {"templates", "locale", "static", "content"}
    ignored = (ROOT / ".dockerignore").read_text()
    assert all(f"!{name}\n" in ignored for name in copied)


def test_the_image_does_not_run_as_root_and_its_base_is_pinned() -> None:
    assert re.findall(r"^USER (\d+)$", DOCKERFILE, flags=re.MULTILINE)[-1] != "0"
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, flags=re.MULTILINE)
    assert len(bases) == 2
    assert all(re.fullmatch(r"python:3\.\d+-slim-\w+", base) for base in bases)


def test_every_bought_image_is_pinned_by_tag() -> None:
    for name in BOUGHT:
        assert re.fullmatch(r"[\w/]+:v?\d[\w.-]*", SERVICES[name]["image"]), name


def test_hadolint_has_nothing_to_say() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    said = subprocess.run([linter, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout
