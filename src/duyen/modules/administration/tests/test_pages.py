"""The pages of administration, walked through as a browser would."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.access.models import RoleRight
from duyen.foundation.access.words import Reach
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import PasswordLink, Role, User
from duyen.foundation.settings.company import setting
from duyen.modules.administration.queries import rights_of_role
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

PAGES = ["/users/new", "/settings/company"]


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("admin"))
    return client


def _role(code: str) -> Role:
    return Role.objects.get(code=code)


def _form(html: str) -> dict[str, str]:
    """Read what a browser would send of the rights form unchanged."""
    found: dict[str, str] = {}
    for name, options in re.findall(
        r'<select class="input" id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', html, re.S
    ):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options)
        found[name] = chosen[1] if chosen else ""
    version = re.search(r'name="version" value="(\d+)"', html)
    return found | {"version": version[1] if version else ""}


def test_invites_a_person_and_shows_the_link_this_once(admin: Client, cast: Cast) -> None:
    given = {
        "full_name": "Ngô Thị Tám",
        "email": "tam@example.com",
        "job_title": "",
        "phone": "",
        "language": "vi",
        "unit": str(cast.unit("HP1").pk),
        "role": str(_role("TELLER").pk),
    }
    assert admin.get("/users/new").status_code == 200

    page = admin.post("/users/new", given)

    found = re.search(r"http://testserver(/login/link/[\w-]+)", page.content.decode())
    assert found is not None
    assert "no-store" in page.headers["Cache-Control"]
    assert Client().get(found[1]).status_code == 200
    user = User.objects.get(email="tam@example.com")
    assert found[1].rpartition("/")[2] not in admin.get(f"/users/{user.pk}?tab=access").content.decode()


def test_names_every_fault_of_a_new_person_at_once(admin: Client) -> None:
    page = admin.post("/users/new", {"full_name": "", "email": "", "unit": "", "role": "", "language": "vi"})

    assert page.status_code == 422
    for name in ("full_name", "email", "unit", "role"):
        assert f'id="f-{name}-err"' in page.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"email": "seller@example.com"}, {"full_name": ""}, {"unit": ""}, {"role": ""}, {"email": "none"}],
)
def test_makes_nobody_when_something_is_wrong(admin: Client, cast: Cast, wrong: dict[str, str]) -> None:
    count = User.objects.count()
    given = {
        "full_name": "Ngô Thị Tám",
        "email": "tam@example.com",
        "unit": str(cast.unit("HP1").pk),
        "role": str(_role("TELLER").pk),
    }

    page = admin.post("/users/new", given | wrong)

    assert page.status_code == 422
    assert (User.objects.count(), PasswordLink.objects.count()) == (count, 0)
    assert "aria-invalid" in page.content.decode()


def test_makes_a_password_link_by_a_form_alone(admin: Client, cast: Cast) -> None:
    address = f"/users/{cast.users['seller'].pk}/password-link"
    assert admin.get(address).headers["Location"] == f"/users/{cast.users['seller'].pk}?tab=access"

    page = admin.post(address)

    found = re.search(r"/login/link/[\w-]+", page.content.decode())
    assert found is not None
    assert "Nguyễn Hồng Hạnh" in Client().get(found[0]).content.decode()


@pytest.mark.parametrize("who", ["seller", "manager", "director"])
def test_keeps_everybody_else_out(client: Client, cast: Cast, who: str) -> None:
    client.force_login(cast.user(who))
    role = _role("SALES_REP")
    before = History.objects.count()

    shut = [client.get(page).status_code for page in PAGES]
    link = client.post(f"/users/{cast.users['teller'].pk}/password-link").status_code
    rights = client.post(
        f"/roles/{role.pk}/rights", {"version": "1", "right:customers:read": "all"}
    ).status_code

    assert shut == [403, 403]
    assert {link, rights} <= {403, 404}
    assert PasswordLink.objects.count() == 0
    assert History.objects.count() == before


def test_saving_the_rights_unchanged_changes_none(admin: Client, cast: Cast) -> None:
    role = _role("AREA_HEAD")
    before = rights_of_role(role.pk)

    answer = admin.post(
        f"/roles/{role.pk}/rights", _form(admin.get(f"/roles/{role.pk}?tab=rights").content.decode())
    )

    assert answer.status_code == 302
    assert rights_of_role(role.pk) == before


def test_saves_the_rights_as_chosen(admin: Client, cast: Cast) -> None:
    role = _role("SALES_REP")
    form = _form(admin.get(f"/roles/{role.pk}?tab=rights").content.decode())

    admin.post(
        f"/roles/{role.pk}/rights", form | {"right:customers:read": "branch", "right:customers:delete": ""}
    )

    rights = rights_of_role(role.pk)
    assert rights["customers", "read"] is Reach.BRANCH
    assert ("customers", "delete") not in rights
    stale = admin.post(f"/roles/{role.pk}/rights", form)
    assert stale.status_code == 409
    assert rights_of_role(role.pk) == rights


def test_refuses_a_reach_that_does_not_exist(admin: Client, cast: Cast) -> None:
    role = _role("SALES_REP")
    count = RoleRight.objects.count()

    answer = admin.post(f"/roles/{role.pk}/rights", {"version": "1", "right:customers:read": "moon"})

    assert answer.status_code == 400
    assert RoleRight.objects.count() == count


def test_keeps_the_company(admin: Client, cast: Cast) -> None:
    given = {
        "name": "Công ty Một",
        "tax_code": "0199999825",
        "address": "",
        "public_url": "https://crm.example.com/",
    }

    answer = admin.post("/settings/company", given)

    assert answer.status_code == 302
    assert setting("company.name") == "Công ty Một"
    assert setting("company.public_url") == "https://crm.example.com"
    assert "Công ty Một" in admin.get("/profile").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"tax_code": "0199999826"}, {"public_url": "crm"}, {"public_url": "https://a/b?c"}],
)
def test_keeps_nothing_of_a_company_that_is_wrong(admin: Client, cast: Cast, wrong: dict[str, str]) -> None:
    given = {"name": "Công ty Một", "tax_code": "0199999825", "address": "", "public_url": ""}

    answer = admin.post("/settings/company", given | wrong)

    assert answer.status_code == 422
    assert setting("company.name") == ""
    assert f'id="f-{next(iter(wrong))}-err"' in answer.content.decode()


def test_shows_positions_to_those_who_read_users_and_the_door_to_administrators(
    client: Client, cast: Cast
) -> None:
    address = f"/users/{cast.users['seller'].pk}?tab=access"
    client.force_login(cast.user("manager"))
    seen = client.get(address).content.decode()
    client.force_login(cast.user("admin"))
    whole = client.get(address).content.decode()

    assert "Cửa hàng Hồng Bàng" in seen
    assert "password-link" not in seen
    assert "password-link" in whole


def test_lists_the_people_of_a_unit(admin: Client, cast: Cast) -> None:
    page = admin.get(f"/units/{cast.unit('HP1').pk}?tab=people").content.decode()

    assert "Nguyễn Hồng Hạnh" in page
    assert "Trần Quốc Bảo" in page
    assert "Vũ Hoàng Yến" not in page


def test_locks_through_the_dialog_and_asks_to_whom_the_records_go(admin: Client, cast: Cast) -> None:
    address = f"/users/{cast.users['seller'].pk}/lock"
    assert "Bàn giao mọi bản ghi cho" in admin.get(address).content.decode()

    answer = admin.post(address, {"hand_over_to": ""})

    assert answer.status_code == 302
    assert not cast.user("seller").is_active


def test_says_in_the_dialog_that_somebody_must_take_the_records(admin: Client, cast: Cast) -> None:
    customer = {"name": "Phan Thu Trà", "kind": "INDIVIDUAL"}
    standard.create(entity_named("customers"), actor=cast.actor("seller"), values=customer)

    answer = admin.post(
        f"/users/{cast.users['seller'].pk}/lock", {"hand_over_to": ""}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 422
    assert "Khách hàng: 1" in answer.content.decode()
    assert cast.user("seller").is_active
