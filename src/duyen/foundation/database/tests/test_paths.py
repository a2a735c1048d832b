"""Where an installation's files are, and who may read them."""

from __future__ import annotations

import os
import pwd
from dataclasses import replace
from pathlib import Path

import pytest

from duyen.foundation.database.account import Account, BelongsToAnother, server_account
from duyen.foundation.database.errors import DataFolderUnusable
from duyen.foundation.database.paths import CHECKOUT, SECRET_NAMES, DataFolder, Installation
from duyen.foundation.database.placement import place_data_folder


def test_takes_the_given_path_before_the_environment_before_var(tmp_path: Path) -> None:
    environ = {"DUYEN_DATA": str(tmp_path / "from-environment")}

    found = [DataFolder.locate(tmp_path / "given", environ), DataFolder.locate(None, environ)]

    assert [folder.root.name for folder in found] == ["given", "from-environment"]
    assert DataFolder.locate(None, {}).asked == CHECKOUT / "var"


def test_follows_a_pointer(tmp_path: Path) -> None:
    (tmp_path / "moved-to").write_text(f"{tmp_path}/elsewhere\n", encoding="utf-8")

    folder = DataFolder.locate(tmp_path)

    assert (folder.root, folder.asked) == (tmp_path / "elsewhere", tmp_path)


def test_makes_private_secrets_once(tmp_path: Path) -> None:
    folder = DataFolder.locate(tmp_path / "dữ liệu")

    folder.prepare()
    first = {name: folder.secret(name) for name in SECRET_NAMES}
    folder.prepare()

    assert {name: folder.secret(name) for name in SECRET_NAMES} == first
    assert len(set(first.values())) == len(SECRET_NAMES)
    assert {path.stat().st_mode & 0o777 for path in folder.secrets.iterdir()} == {0o600}
    assert folder.secrets.stat().st_mode & 0o777 == 0o700


def test_says_which_secret_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DataFolderUnusable, match="secrets/app_password"):
        DataFolder.locate(tmp_path).secret("app_password")


def test_refuses_a_path_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(DataFolderUnusable, match="--data"):
        DataFolder.locate(tmp_path / "file" / "data").prepare()


def test_remembers_the_installation_and_overlooks_what_a_newer_one_wrote(tmp_path: Path) -> None:
    folder = DataFolder.locate(tmp_path)
    folder.remember(replace(Installation(), kind="demo", single_role=True))
    text = folder.installation_file.read_text(encoding="utf-8")
    folder.installation_file.write_text(text.replace("{", '{"unheard_of": 1,', 1), encoding="utf-8")

    assert folder.installation() == Installation(kind="demo", single_role=True)


def test_keeps_the_demos_password(tmp_path: Path) -> None:
    folder = DataFolder.locate(tmp_path)
    folder.prepare()

    assert folder.demo_password() == folder.demo_password()


def test_moves_to_a_reachable_place_and_leaves_a_pointer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    unreachable = Account(uid=65534, gid=65534, is_self=False)
    monkeypatch.setattr("duyen.foundation.database.placement.server_account", lambda _cluster: unreachable)
    monkeypatch.setattr(Account, "reaches", lambda _self, _path: False)
    monkeypatch.setattr("duyen.foundation.database.placement.ELSEWHERE", tmp_path / "lib")

    placed = place_data_folder(DataFolder.locate(tmp_path / "home" / "var"), told.append)

    assert placed.root.parent == tmp_path / "lib"
    assert DataFolder.locate(tmp_path / "home" / "var") == placed
    assert str(placed.root) in " ".join(told)


def test_stays_where_the_server_runs_as_this_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    same = Account(uid=1000, gid=1000, is_self=True)
    monkeypatch.setattr("duyen.foundation.database.placement.server_account", lambda _cluster: same)
    folder = DataFolder.locate(tmp_path / "var")

    assert place_data_folder(folder, lambda _line: None) == folder


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder away")
def test_refuses_under_root_what_belongs_to_a_person(tmp_path: Path) -> None:
    folder = DataFolder.locate(tmp_path / "var")
    folder.prepare()
    folder.cluster.mkdir()
    os.chown(folder.cluster, 4321, 4321)

    with pytest.raises(BelongsToAnother, match="the user 4321"):
        place_data_folder(folder, lambda _line: None)

    assert not folder.pointer.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another account")
def test_keeps_the_account_that_owns_the_cluster(tmp_path: Path) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    os.chown(tmp_path, nobody, -1)

    assert server_account(tmp_path).uid == nobody
