"""The demo company's units and people: one who signs in for each role, and sellers enough to compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from duyen.demo.names import person_name
from duyen.demo.places import AREAS, OTHER_BRANCH_AREA, Area
from duyen.foundation.org.calendar_seeds import CALL_CENTRE, OFFICE, STORE
from duyen.foundation.org.words import RoleCode, UnitKind

HEAD_OFFICE, BRANCH, OTHER_BRANCH = "SB", "SBHP", "SBQN"
COMPANY = "Sao Biển (DEMO)"
CORPORATE_TEAMS = ("KHDN1", "KHDN2")
_SEED = 20_261


@dataclass(frozen=True)
class PlannedUnit:
    """One unit, by code; `parent` is the code of the unit above."""

    code: str
    name: str
    kind: UnitKind
    parent: str


@dataclass(frozen=True)
class PlannedUser:
    """One person: sign-in name, full name, job title, and her one position."""

    email: str
    name: str
    job_title: str
    unit: str
    role: RoleCode
    is_told: bool = False


def units() -> list[PlannedUnit]:
    """List the units, each after the one above it."""
    found = [
        PlannedUnit(HEAD_OFFICE, "Tổng công ty Viễn thông Sao Biển", UnitKind.HEAD_OFFICE, ""),
        PlannedUnit(BRANCH, "Chi nhánh Hải Phòng", UnitKind.BRANCH, HEAD_OFFICE),
        PlannedUnit(OTHER_BRANCH, "Chi nhánh Quảng Ninh", UnitKind.BRANCH, HEAD_OFFICE),
    ]
    for code, name in _DEPARTMENTS.items():
        found.append(PlannedUnit(code, name, UnitKind.DEPARTMENT, BRANCH))
    for number, code in enumerate(CORPORATE_TEAMS, start=1):
        found.append(PlannedUnit(code, f"Tổ Khách hàng doanh nghiệp {number}", UnitKind.TEAM, "KHDN"))
    for area in AREAS:
        found += _area_units(area, BRANCH)
    return found + _area_units(OTHER_BRANCH_AREA, OTHER_BRANCH)


_DEPARTMENTS = {
    "KHDN": "Phòng Khách hàng doanh nghiệp",
    "KHCN": "Phòng Khách hàng cá nhân",
    "MKT": "Phòng Marketing",
    "CSKH": "Phòng Chăm sóc khách hàng",
    "KT": "Phòng Kỹ thuật",
    "HS": "Phòng Hồ sơ",
    "KETOAN": "Phòng Kế toán",
    "IT": "Phòng Công nghệ thông tin",
}


def calendar_of(unit: PlannedUnit) -> str:
    """Name the working calendar that a unit has of its own; most follow the unit above."""
    if unit.kind is UnitKind.STORE:
        return STORE
    return {HEAD_OFFICE: OFFICE, "CSKH": CALL_CENTRE}.get(unit.code, "")


def seller_team(area: Area) -> str:
    """Name the code of the team of sellers of one area."""
    return f"{area.code}-NVKD"


def stores(area: Area) -> list[str]:
    """Name the codes of an area's stores."""
    return [f"{area.code}-{number:02}" for number in range(1, len(area.stores) + 1)]


def _area_units(area: Area, branch: str) -> list[PlannedUnit]:
    team = PlannedUnit(seller_team(area), f"Tổ kinh doanh {area.code}", UnitKind.TEAM, area.code)
    shops = [
        PlannedUnit(code, f"Cửa hàng {name}", UnitKind.STORE, area.code)
        for code, name in zip(stores(area), area.stores, strict=True)
    ]
    return [PlannedUnit(area.code, area.name, UnitKind.AREA, branch), team, *shops]


def users() -> list[PlannedUser]:
    """List the people, the director first; the same ones every time."""
    random = Random(_SEED)  # noqa: S311 - invented people, not secrets
    return [
        PlannedUser(
            f"{place.sign_in}@example.com",
            person_name(random, is_woman=number % 5 in (0, 2, 3)),
            place.job_title,
            place.unit,
            place.role,
            place.is_told,
        )
        for number, place in enumerate(_places())
    ]


@dataclass(frozen=True)
class _Place:
    sign_in: str
    job_title: str
    unit: str
    role: RoleCode
    is_told: bool = False


def _places() -> Iterator[_Place]:
    yield _Place("giamdoc", "Giám đốc chi nhánh", BRANCH, RoleCode.DIRECTOR, True)
    yield _Place("truongphong", "Trưởng phòng Khách hàng doanh nghiệp", "KHDN", RoleCode.SALES_MANAGER, True)
    yield _Place("truongphong.khcn", "Trưởng phòng Khách hàng cá nhân", "KHCN", RoleCode.SALES_MANAGER)
    yield from _offices()
    for number, team in enumerate(CORPORATE_TEAMS, start=1):
        yield _Place(f"khdn{number}a", "Nhân viên kinh doanh KHDN", team, RoleCode.SALES_REP, number == 1)
        yield _Place(f"khdn{number}b", "Nhân viên kinh doanh KHDN", team, RoleCode.SALES_REP)
    for area in AREAS:
        yield from _area_places(area, is_told=area is AREAS[0])
    yield _Place("giamdoc.qn", "Giám đốc chi nhánh Quảng Ninh", OTHER_BRANCH, RoleCode.SALES_MANAGER)
    yield from _area_places(OTHER_BRANCH_AREA, is_told=True)


def _offices() -> Iterator[_Place]:
    yield _Place("cskh", "Nhân viên chăm sóc khách hàng", "CSKH", RoleCode.CARE_AGENT, True)
    yield _Place("cskh2", "Nhân viên chăm sóc khách hàng", "CSKH", RoleCode.CARE_AGENT)
    yield _Place("kythuat", "Kỹ thuật viên khu vực 1", "KV1", RoleCode.TECHNICIAN, True)
    yield _Place("hoso", "Nhân viên hồ sơ", "HS", RoleCode.RECORDS_OFFICER, True)
    yield _Place("marketing", "Nhân viên marketing", "MKT", RoleCode.MARKETER, True)
    yield _Place("ketoan", "Kế toán", "KETOAN", RoleCode.ACCOUNTANT, True)
    yield _Place("dpo", "Nhân sự bảo vệ dữ liệu cá nhân", BRANCH, RoleCode.DPO, True)
    yield _Place("quantri", "Quản trị hệ thống", "IT", RoleCode.ADMIN, True)
    yield _Place("tct", "Chuyên viên Tổng công ty", HEAD_OFFICE, RoleCode.HQ_STEWARD, True)


def _area_places(area: Area, *, is_told: bool) -> Iterator[_Place]:
    code = area.code.lower()
    yield _Place(f"truong.{code}", f"Trưởng khu vực {area.code}", area.code,
                 RoleCode.AREA_HEAD, is_told and area is not OTHER_BRANCH_AREA)  # fmt: skip
    yield _Place(f"nvkd.{code}", "Nhân viên kinh doanh", seller_team(area), RoleCode.SALES_REP, is_told)
    for number, store in enumerate(stores(area), start=1):
        told = is_told and number < 3 and area is not OTHER_BRANCH_AREA
        yield _Place(f"gdv{number}.{code}", f"Giao dịch viên {store}", store, RoleCode.TELLER, told)
    if area.code in ("KV1", "KV4"):
        yield _Place(f"ctv.{code}", "Cộng tác viên", seller_team(area), RoleCode.COLLAB, is_told)
