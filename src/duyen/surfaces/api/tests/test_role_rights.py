"""GET /roles/{id}/rights and POST /roles/{id}/give_right."""

from __future__ import annotations

from collections.abc import Callable

from duyen.foundation.access.models import RoleRight
from duyen.foundation.org.models import Role
from duyen.surfaces.api.tests.conftest import Caller


def _rights(told: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {f"{each['entity']}.{each['verb']}": each["reach"] for each in told["rights"]}


def test_reads_gives_and_takes_away_one_right(calls: Callable[[str], Caller]) -> None:
    role = Role.objects.get(code="TELLER")
    admin, path = calls("admin"), f"/roles/{role.pk}"
    before = _rights(admin.get(f"{path}/rights").json())
    assert "customers.read" in before
    assert "customers.export" not in before

    version = admin.get(f"{path}/rights").json()["version"]
    given = {"right": "customers.export", "reach": "all", "version": version}
    assert admin.post(f"{path}/give_right", given).status_code == 200
    told = admin.get(f"{path}/rights").json()
    assert _rights(told) == before | {"customers.export": "all"}
    assert told["version"] == version + 1

    given = {"right": "customers.export", "version": told["version"]}
    assert admin.post(f"{path}/give_right", given).status_code == 200
    assert _rights(admin.get(f"{path}/rights").json()) == before


def test_refuses_what_is_no_right_and_who_may_not(calls: Callable[[str], Caller]) -> None:
    role = Role.objects.get(code="TELLER")
    count, path = RoleRight.objects.count(), f"/roles/{role.pk}"
    version = role.version
    given = {"right": "customers.fly", "reach": "all", "version": version}
    assert calls("admin").post(f"{path}/give_right", given).status_code == 409
    given["right"] = "customers.export"
    assert calls("director").post(f"{path}/give_right", given).status_code == 403
    assert calls("seller").get(f"{path}/rights").status_code in (403, 404)
    assert calls("director").get(f"{path}/rights").status_code == 200
    assert RoleRight.objects.count() == count
