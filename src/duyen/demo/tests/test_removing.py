"""Taking the demo out: what is asked first, what is left, and what comes next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from duyen.demo import first_run, removing
from duyen.demo.loading import load
from duyen.demo.removing import NoDemo, added_by_people, remove_demo
from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.audit.models import History
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.fields.versions import read_version
from duyen.foundation.files.store import Missing, store_at
from duyen.foundation.files.sweeping import kept_contents
from duyen.foundation.org.models import Role, Unit, User
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _quiet(_line: str) -> None:
    """Nobody reads the progress."""


def _actor(name: str) -> Actor:
    return actor_for(User.objects.get(email=f"{name}@example.com"), Door.WEB)


@pytest.fixture
def backups(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """Stand in for the dump, which reads committed rows only; its own tests are elsewhere."""
    made: list[Path] = []

    def write(_folder: DataFolder, reason: str, _say: Callable[[str], None]) -> Path:
        made.append(tmp_path / f"before-{reason}.duyen")
        return made[-1]

    monkeypatch.setattr(removing, "backup_before", write)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder.locate(tmp_path / "data")
    made.prepare()
    made.demo_password()
    return made


@pytest.fixture
def demo(db: None) -> None:
    load(password="mat-khau-demo", say=_quiet)


def test_leaves_an_installation_as_empty_as_a_new_one(
    demo: None, backups: list[Path], folder: DataFolder
) -> None:
    seller = _actor("nvkd.kv1")
    standard.create(
        entity_named("customers"), actor=seller, values={"name": "Phan Thu Trà", "kind": "INDIVIDUAL"}
    )
    read = system_actor("import", door=Door.IMPORT)
    row = {"name": "Lê Văn Tám", "kind": "INDIVIDUAL", "unit": Unit.objects.get(code="SB").pk}
    standard.create(entity_named("customers"), actor=read, values=row)
    lines, definitions = History.objects.count(), read_version()
    assert {str(each.label): each.count for each in added_by_people()} == {"Khách hàng": 2}

    backup = remove_demo(actor=_actor("quantri"), typed="sao bien", folder=folder, say=_quiet)

    assert [backup] == backups
    assert first_run.state() == "empty"
    assert (Unit.objects.count(), entity_named("customers").model._default_manager.count()) == (0, 0)
    assert Role.objects.count() == 14
    assert read_version() > definitions
    assert History.objects.count() > lines + 1200
    assert not (folder.secrets / "demo_password").exists()
    assert folder.secret("setup_code")


def test_takes_the_contents_of_files_away(demo: None, backups: list[Path], folder: DataFolder) -> None:
    kept = kept_contents()
    assert len(kept) >= 2 * 6
    assert all(b"".join(store_at(place).read(key)) for place, key in kept)

    remove_demo(actor=_actor("quantri"), typed="sao bien", folder=folder, say=_quiet)

    assert kept_contents() == []
    for place, key in kept:
        with pytest.raises(Missing):
            store_at(place).read(key)


def test_can_be_loaded_again(demo: None, backups: list[Path], folder: DataFolder) -> None:
    remove_demo(actor=system_actor("tests"), typed="Sao Biển", folder=folder, say=_quiet)

    load(password="mat-khau-khac", say=_quiet)

    assert first_run.state() == "demo"


def test_asks_for_the_name_and_for_an_administrator(
    demo: None, backups: list[Path], folder: DataFolder
) -> None:
    before = User.objects.count(), History.objects.count()

    with pytest.raises(InvalidValues):
        remove_demo(actor=_actor("quantri"), typed="xoá", folder=folder, say=_quiet)
    with pytest.raises(NotAllowed):
        remove_demo(actor=_actor("nvkd.kv1"), typed="Sao Biển", folder=folder, say=_quiet)

    assert (User.objects.count(), History.objects.count(), backups) == (*before, [])


def test_never_touches_a_company(cast: Cast, backups: list[Path], folder: DataFolder) -> None:
    before = User.objects.count(), History.objects.count()

    with pytest.raises(NoDemo):
        remove_demo(actor=cast.actor("admin"), typed="Sao Biển", folder=folder, say=_quiet)

    assert (User.objects.count(), History.objects.count(), backups) == (*before, [])


def test_offers_the_button_to_administrators_of_the_demo_alone(demo: None) -> None:
    browsers = {}
    for name in ("quantri", "nvkd.kv1"):
        browsers[name] = Client()
        browsers[name].force_login(User.objects.get(email=f"{name}@example.com"))

    shown = browsers["quantri"].get("/demo/remove")
    refused = browsers["nvkd.kv1"].get("/demo/remove")

    assert (shown.status_code, refused.status_code) == (200, 403)
    assert "Sao Biển" in shown.content.decode()


def test_says_what_to_type_and_signs_out_when_it_is_done(
    demo: None, backups: list[Path], monkeypatch: pytest.MonkeyPatch, folder: DataFolder
) -> None:
    monkeypatch.setenv("DUYEN_DATA", str(folder.asked))
    browser = Client()
    browser.force_login(User.objects.get(email="quantri@example.com"))

    wrong = browser.post("/demo/remove", {"typed": "không"})
    right = browser.post("/demo/remove", {"typed": "Sao Biển"})

    assert (wrong.status_code, right.status_code) == (422, 200)
    assert f"/setup?code={folder.secret('setup_code')}" in right.content.decode()
    assert browser.get("/customers").headers["Location"].startswith("/setup")
