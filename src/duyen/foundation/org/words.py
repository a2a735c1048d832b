"""Words of the organisation: the kinds of unit and the roles a company starts with."""

from __future__ import annotations

from enum import StrEnum


class UnitKind(StrEnum):
    """Where a unit stands in the tree; each kind may contain the kinds after it."""

    HEAD_OFFICE = "HEAD_OFFICE"
    BRANCH = "BRANCH"
    AREA = "AREA"
    STORE = "STORE"
    DEPARTMENT = "DEPARTMENT"
    TEAM = "TEAM"


class RoleCode(StrEnum):
    """The roles of the process description; a company renames them and adds its own."""

    SALES_REP = "SALES_REP"
    TELLER = "TELLER"
    COLLAB = "COLLAB"
    CARE_AGENT = "CARE_AGENT"
    TECHNICIAN = "TECHNICIAN"
    RECORDS_OFFICER = "RECORDS_OFFICER"
    MARKETER = "MARKETER"
    ACCOUNTANT = "ACCOUNTANT"
    AREA_HEAD = "AREA_HEAD"
    SALES_MANAGER = "SALES_MANAGER"
    DIRECTOR = "DIRECTOR"
    DPO = "DPO"
    ADMIN = "ADMIN"
    HQ_STEWARD = "HQ_STEWARD"


#: What the roles are called until a company renames them.
ROLE_NAMES: dict[RoleCode, str] = {
    RoleCode.SALES_REP: "Nhân viên kinh doanh",
    RoleCode.TELLER: "Giao dịch viên",
    RoleCode.COLLAB: "Cộng tác viên",
    RoleCode.CARE_AGENT: "Nhân viên chăm sóc khách hàng",
    RoleCode.TECHNICIAN: "Kỹ thuật viên",
    RoleCode.RECORDS_OFFICER: "Nhân viên hồ sơ",
    RoleCode.MARKETER: "Nhân viên marketing",
    RoleCode.ACCOUNTANT: "Kế toán",
    RoleCode.AREA_HEAD: "Trưởng khu vực",
    RoleCode.SALES_MANAGER: "Trưởng phòng kinh doanh",
    RoleCode.DIRECTOR: "Giám đốc",
    RoleCode.DPO: "Nhân sự bảo vệ dữ liệu cá nhân",
    RoleCode.ADMIN: "Quản trị viên",
    RoleCode.HQ_STEWARD: "Chuyên viên Tổng công ty",
}


class Doorstep(StrEnum):
    """What somebody does before the system knows them, or to end that it does."""

    SIGN_IN = "SIGN_IN"
    SIGN_OUT = "SIGN_OUT"
    SET_UP = "SET_UP"
    ASK_RESET = "ASK_RESET"
    USE_LINK = "USE_LINK"
    #: The second factor, asked for when the password was right.
    CODE = "CODE"
    #: The password once more, for what a stolen session must not do.
    CONFIRM = "CONFIRM"
    #: A session was ended from elsewhere.
    ENDED = "ENDED"


class Outcome(StrEnum):
    """What came of it. TRIED is written before the answer is known, and counts as wrong.

    HALF is a right password with a code still to come: neither wrong nor yet good.
    """

    TRIED = "TRIED"
    WRONG = "WRONG"
    GOOD = "GOOD"
    HALF = "HALF"
    REFUSED = "REFUSED"
