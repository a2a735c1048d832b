"""How much each role may take off a price, and whom to ask for more. Plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from duyen.foundation.org.words import RoleCode
from duyen.kernel.money import Money


@dataclass(frozen=True)
class Limit:
    """What one role may decide: at most so many per cent off, and whether below the floor price."""

    percent: Decimal = Decimal(0)
    below_floor: bool = False


#: What holds until the company decides: process §2.2, price_approval up to 10 % and above.
DEFAULTS: Mapping[str, Limit] = {
    RoleCode.SALES_REP.value: Limit(Decimal(3)),
    RoleCode.AREA_HEAD.value: Limit(Decimal(5)),
    RoleCode.SALES_MANAGER.value: Limit(Decimal(10)),
    RoleCode.DIRECTOR.value: Limit(Decimal(100), below_floor=True),
}


@dataclass(frozen=True)
class DiscountedLine:
    """A price that somebody wants to give: by the list, as asked for, and its floor; all for one unit."""

    price: Money
    asked: Money
    floor: Money | None = None

    @property
    def percent(self) -> Decimal:
        """How much is taken off, in per cent to two places; a dearer price takes off nothing."""
        return self._percent(ROUND_HALF_UP)

    @property
    def weighed(self) -> Decimal:
        """The same, rounded up: a limit of two places covers the line exactly where it covers this."""
        return self._percent(ROUND_UP)

    def _percent(self, rounding: str) -> Decimal:
        if self.price.amount <= 0 or self.asked.amount >= self.price.amount:
            return Decimal(0)
        off = Decimal(self.price.amount - self.asked.amount) * 100 / self.price.amount
        return off.quantize(Decimal("0.01"), rounding=rounding)

    @property
    def is_below_floor(self) -> bool:
        return self.floor is not None and self.asked < self.floor


def is_within(line: DiscountedLine, limit: Limit) -> bool:
    """Tell whether a limit covers a line; worked out on whole numbers, so that no rounding decides."""
    off = max(0, line.price.amount - line.asked.amount)
    is_small = off * 100 <= limit.percent * line.price.amount
    return is_small and (limit.below_floor or not line.is_below_floor)


def strongest(line: DiscountedLine, roles: Collection[str], limits: Mapping[str, Limit]) -> Limit:
    """Give the limit of somebody's roles that reaches furthest: one covering the line, else the largest."""
    held = [limits[role] for role in roles if role in limits]
    return max(
        held, key=lambda each: (is_within(line, each), each.percent, each.below_floor), default=Limit()
    )


def who_may(line: DiscountedLine, limits: Mapping[str, Limit]) -> list[str]:
    """List the roles that may decide about a line, those with the least power first."""
    able = [role for role, limit in limits.items() if is_within(line, limit)]
    return sorted(able, key=lambda role: (limits[role].percent, limits[role].below_floor, role))
