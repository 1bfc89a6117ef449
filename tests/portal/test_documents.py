"""README, Makefile and settings tell the same story."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "portal/settings.py").read_text()
WRITTEN_BY_MAKE_RUN = "CROSSROADS_"


def documented() -> set[str]:
    table = README.split("## Settings")[1].split("##")[0]
    return {
        name
        for row in re.findall(r"^\| (`.+?) \|", table, flags=re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }


def read_by_the_settings() -> set[str]:
    names = re.findall(r'(?:env(?:\.\w+)?|one_of)\(\s*"([A-Z_]+)"', SETTINGS)
    return {name for name in names if not name.startswith(WRITTEN_BY_MAKE_RUN)}


def test_the_settings_table_is_complete_and_true() -> None:
    assert documented() == read_by_the_settings() | {"PORT", "HOST"}


def test_the_reminder_promise_stands_in_the_readme_in_these_words() -> None:
    assert (
        "Each reminder is sent once. If a worker is killed in the instant between the mail server's"
        " acceptance and our commit, that one mail may arrive twice, with the same Message-ID, and the"
        " dashboard counts it."
    ) in README


def test_links_of_the_documents_lead_somewhere() -> None:
    for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs" / "operating.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
            assert target.startswith("http") or (document.parent / target).exists(), (document.name, target)


def test_make_lists_its_targets_and_there_are_at_most_sixteen() -> None:
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    listed = re.findall(r"^  make ([\w-]+)", told.stdout, flags=re.MULTILINE)
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert listed == targets
    assert {"run", "test", "lint", "bench", "fmt", "lock", "clean", "help"} <= set(targets)
    assert len(targets) <= 16


def test_no_lock_names_an_index_or_a_package_without_its_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "://" not in text
        assert "--index" not in text
        assert all("--hash=sha256:" in entry for entry in re.split(r"\n(?=[a-z])", text) if "==" in entry)
