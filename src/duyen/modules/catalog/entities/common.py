"""What the entities of the catalogue share: who reads and keeps them, and how codes are judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.fields import (
    Field,
    Moment,
)
from duyen.entities.scope import Scope
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem
from duyen.modules.catalog import rules

GROUP = pgettext_lazy("navigation", "Catalog")
COMPANY = Scope(owner="", unit="")
BAD_CODE = _("Use capital letters, digits and . _ / - only, such as FTTH-HOME1.")
CODE_TAKEN = _("This code is used already, perhaps in the bin. Choose another one.")
STAYS = _("Prices name it by this: it stays. Make a new one beside it.")
FIXED = _("This stays as it was. Take this one out, and make another.")

#: Who reads the catalogue: all who deal with customers. It is kept by marketing and by those who lead sales.
READERS = (
    *("SALES_REP", "TELLER", "COLLAB", "CARE_AGENT", "TECHNICIAN"),
    *("RECORDS_OFFICER", "ACCOUNTANT", "AREA_HEAD", "DPO"),
)
KEEPERS = ("MARKETER", "SALES_MANAGER", "DIRECTOR", "HQ_STEWARD")
GRANTS = {
    **dict.fromkeys(READERS, "all: read"),
    "ADMIN": "all: read create change delete export",
    **dict.fromkeys(KEEPERS, "all: read create change delete export"),
}
#: From whom what a product costs us is kept: whoever sells it or serves it.
SELLERS = "SALES_REP TELLER COLLAB CARE_AGENT TECHNICIAN RECORDS_OFFICER"
CREATED: tuple[Field, ...] = (
    Moment("created_at", _("Created at"), sort="created_at"),
    Moment("updated_at", _("Changed at")),
)


def said(problems: Iterable[rules.Problem]) -> Iterable[FieldProblem]:
    return (FieldProblem(each.field, each.code, gettext(each.message)) for each in problems)


def upper(values: dict[str, Any], _actor: Actor) -> None:
    """Keep codes in capital letters."""
    values["code"] = values["code"].upper()


def of_code(code: str, before: Mapping[str, Any] | None, taken_by: int | None) -> Iterable[FieldProblem]:
    if not rules.is_code(code):
        yield FieldProblem("code", "code", BAD_CODE)
    elif taken_by is not None and (before is None or before["code"] != code):
        yield FieldProblem("code", "taken", CODE_TAKEN)
