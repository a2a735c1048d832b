"""What the tests of the catalogue share: products, plans and price lists made through the front door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.kernel.clock import today
from duyen.testing.cast import Cast

Make = Callable[..., int]


@pytest.fixture
def product(cast: Cast) -> Make:
    """Make a product, a monthly service of telecommunications unless told otherwise."""

    def make(code: str, *, by: str = "director", **values: Any) -> int:
        given = {
            "code": code,
            "name": values.pop("name", f"Sản phẩm {code}"),
            "kind": "RECURRING",
            "billing_period": "MONTH",
            "vat_class": "TELECOM",
            **values,
        }
        return standard.create(entity_named("products"), actor=cast.actor(by), values=given).id

    return make


@pytest.fixture
def plan(cast: Cast) -> Make:
    """Make a plan of a product: six months paid ahead and one on top, unless told otherwise."""

    def make(product_id: int, code: str, *, by: str = "director", **values: Any) -> int:
        given = {
            "code": code,
            "name": f"Gói {code}",
            "product": product_id,
            "term_months": 12,
            "prepaid_months": 6,
            "free_months": 1,
            **values,
        }
        return standard.create(entity_named("plans"), actor=cast.actor(by), values=given).id

    return make


@pytest.fixture
def price_list(cast: Cast) -> Make:
    """Make a price list with a table of prices, issued unless told otherwise."""

    def make(
        code: str,
        table: str = "",
        *,
        valid_from: dt.date | None = None,
        is_issued: bool = True,
        by: str = "director",
        **values: Any,
    ) -> int:
        lists, actor = entity_named("price_lists"), cast.actor(by)
        given = {"code": code, "name": f"Bảng giá {code}", "valid_from": valid_from or today(), **values}
        made = standard.create(lists, actor=actor, values=given).id
        if table:
            perform(lists, "set_prices", made, actor=actor, arguments={"lines": table})
        if is_issued:
            perform(lists, "issue", made, actor=actor, arguments={})
        return made

    return make
