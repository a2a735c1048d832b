"""The first set-up: who gets in, what is asked, and that everything is written at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.audit.models import History
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.org.models import Position, Role, Unit, User
from duyen.foundation.settings.company import setting

pytestmark = pytest.mark.django_db

CODE = "ma-mot-lan"
COMPANY = {"tax_code": "0199999825", "name": "Công ty Thử Nghiệm", "address": "12 Duy Tân, Hà Nội"}
UNITS = {"head_code": "ho", "head_name": "Trụ sở", "branch_code": "HP", "branch_name": "Chi nhánh Hải Phòng"}
USER = {
    "full_name": "Trần Thị Mai",
    "email": "Mai@Example.com",
    "password": "chin muoi chin con trau",
    "again": "chin muoi chin con trau",
    "is_director": "1",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """A data folder with the code that the console would show."""
    place = DataFolder(tmp_path, tmp_path)
    place.secrets.mkdir()
    place.write_secret("setup_code", CODE)
    place.write_secret("hmac_key", "a key for this test")
    monkeypatch.setattr(DataFolder, "locate", classmethod(lambda *_args, **_kwargs: place))
    return place


def _walk(client: Client, **changed: dict[str, str]) -> int:
    client.post("/setup", {"code": CODE})
    client.post("/setup/company", COMPANY | changed.get("company", {}))
    client.post("/setup/units", UNITS | changed.get("units", {}))
    return client.post("/setup/user", USER | changed.get("user", {})).status_code


def test_sets_a_company_up_and_signs_the_first_person_in(client: Client, folder: DataFolder) -> None:
    status = _walk(client)

    assert status == 302
    user = User.objects.get()
    assert (user.email, user.full_name) == ("mai@example.com", "Trần Thị Mai")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert setting("company.name") == "Công ty Thử Nghiệm"
    assert setting("company.tax_code") == "0199999825"
    found = list(Unit.objects.order_by("pk").values_list("code", "kind", "parent__code"))
    assert found == [("HO", "HEAD_OFFICE", None), ("HP", "BRANCH", "HO")]
    held = set(Position.objects.values_list("role__code", "unit__code", "is_main"))
    assert held == {("ADMIN", "HO", False), ("DIRECTOR", "HO", True)}
    actor = actor_for(user, Door.WEB)
    assert actor.scope("customers", "read").everything
    assert actor.may("users", "change")
    assert set(History.objects.values_list("actor_name", flat=True)) == {"setup"}
    assert not (folder.secrets / "setup_code").exists()


def test_closes_behind_itself(client: Client) -> None:
    _walk(client)

    again = Client()

    assert again.get("/setup").headers["Location"] == "/login"
    assert again.post("/setup", {"code": CODE}).headers["Location"] == "/login"
    assert User.objects.count() == 1


def test_makes_an_administrator_alone_who_sees_no_customers(client: Client) -> None:
    _walk(client, user={"is_director": ""}, units={"branch_code": "", "branch_name": ""})

    actor = actor_for(User.objects.get(), Door.WEB)

    assert not actor.may("customers", "read")
    assert actor.may("users", "change")
    assert Unit.objects.count() == 1


def test_wants_the_code_before_every_step(client: Client) -> None:
    wrong = client.post("/setup", {"code": "guess"})

    assert wrong.status_code == 422
    assert "Đây không phải mã" in wrong.content.decode()
    for step in ("company", "units", "user"):
        assert client.get(f"/setup/{step}").headers["Location"] == "/setup"
        assert client.post(f"/setup/{step}", USER).headers["Location"] == "/setup"
    assert User.objects.count() == 0


def test_shuts_after_ten_wrong_codes(client: Client) -> None:
    for _number in range(10):
        client.post("/setup", {"code": "guess"})

    assert client.post("/setup", {"code": CODE}).status_code == 429
    assert client.get("/setup/company").headers["Location"] == "/setup"


def test_keeps_what_was_typed_when_something_is_wrong(client: Client) -> None:
    client.post("/setup", {"code": CODE})

    page = client.post("/setup/company", COMPANY | {"tax_code": "0199999826"})

    assert page.status_code == 422
    assert "12 Duy Tân, Hà Nội" in page.content.decode()
    assert "0199999826" in page.content.decode()
    assert "12 Duy Tân, Hà Nội" in client.get("/setup/company").content.decode()


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"user": {"again": "another one"}}, "again"),
        ({"user": {"password": "short", "again": "short"}}, "password"),
        ({"user": {"email": "mai"}}, "email"),
        ({"user": {"full_name": ""}}, "full_name"),
    ],
)
def test_writes_nothing_when_the_first_person_is_refused(
    client: Client, folder: DataFolder, part: dict[str, dict[str, str]], field: str
) -> None:
    status = _walk(client, **part)

    assert status == 422
    assert (User.objects.count(), Unit.objects.count(), Role.objects.count()) == (0, 0, 0)
    assert History.objects.count() == 0
    assert folder.secret("setup_code") == CODE
    assert f'id="f-{field}-err"' in client.post("/setup/user", USER | part["user"]).content.decode()


def test_refuses_two_units_of_one_code(client: Client) -> None:
    client.post("/setup", {"code": CODE})
    client.post("/setup/company", COMPANY)

    page = client.post("/setup/units", UNITS | {"branch_code": "HO"})

    assert page.status_code == 422
    assert 'id="f-branch_code-err"' in page.content.decode()


def test_judges_a_tax_code_while_it_is_typed(client: Client) -> None:
    assert (
        client.get("/settings/tax-code?tax_code=0199999825").content.decode()
        == "Hợp lệ, đúng chữ số kiểm tra."
    )
    assert "không khớp nhau" in client.get("/settings/tax-code?tax_code=0199999826").content.decode()


def test_names_every_fault_of_the_first_person_at_once(client: Client) -> None:
    client.post("/setup", {"code": CODE})
    client.post("/setup/company", COMPANY)
    client.post("/setup/units", UNITS)

    page = client.post("/setup/user", {"full_name": "", "email": "nobody", "password": "abc", "again": "abd"})

    assert page.status_code == 422
    for name in ("full_name", "email", "password", "again"):
        assert f'id="f-{name}-err"' in page.content.decode()
