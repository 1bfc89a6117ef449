"""Commands that work on the data of a copy that does not run: the right data, or none."""

from pathlib import Path

import pytest

from portal import environment, standalone
from portal.embedded.folders import CannotStartError

THEIRS = "postgres://somebody@db.example.org/crossroads"


def write_env(folder: Path, *, embedded: str) -> None:
    """Leave behind what `make run` writes when the database is the embedded one, or another."""
    address = "postgres://crossroads@/crossroads?host=/gone" if "database" in embedded else THEIRS
    lines = f"DATABASE_URL='{address}'\nCROSSROADS_EMBEDDED='{embedded}'\n"
    (folder / "env").write_text(lines)


@pytest.mark.parametrize("command", ["backup", "doctor"])
def test_a_folder_without_a_database_is_named_instead_of_filled(tmp_path: Path, command: str) -> None:
    folder = tmp_path / "wrong"
    with (
        pytest.raises(CannotStartError, match=rf"no database in {folder}.*DATA_DIR="),
        standalone.database({"DATA_DIR": str(folder)}, exclusive=standalone.COMMANDS[command]),
    ):
        pytest.fail("it went on")
    assert not folder.exists()


@pytest.mark.parametrize("command", sorted(standalone.COMMANDS))
def test_after_a_run_with_a_database_of_ones_own_commands_mean_that_one(tmp_path: Path, command: str) -> None:
    write_env(tmp_path, embedded="broker,mail")
    before = (tmp_path / "env").read_bytes()
    with standalone.database({"DATA_DIR": str(tmp_path)}, exclusive=standalone.COMMANDS[command]):
        assert [path.name for path in tmp_path.iterdir()] == ["env"]
    assert (tmp_path / "env").read_bytes() == before


@pytest.mark.parametrize(
    ("embedded", "own"), [("database,broker,mail", False), ("broker,mail", True), ("", True)]
)
def test_the_last_run_says_whose_database_is_meant(tmp_path: Path, embedded: str, own: bool) -> None:
    write_env(tmp_path, embedded=embedded)
    assert environment.names_own_server({"DATA_DIR": str(tmp_path)}) is own
    assert environment.names_own_server({"DATA_DIR": str(tmp_path), "DATABASE_URL": THEIRS})
    assert not environment.names_own_server({"DATA_DIR": str(tmp_path / "elsewhere")})


def test_who_may_not_read_the_keys_is_told_whose_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_env(tmp_path, embedded="")

    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(CannotStartError, match=f"is for {tmp_path.owner()} alone: run this as that user"):
        environment.names_own_server({"DATA_DIR": str(tmp_path)})
