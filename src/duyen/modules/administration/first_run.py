"""What a first start can be filled with besides a company's own data; higher bands offer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: Fills an empty installation with a demo company whose people all have this password.
DemoLoader = Callable[[str], None]


@dataclass(frozen=True)
class DemoOffer:
    """A demo company that the first set-up can load, and who signs in to it first."""

    load: DemoLoader
    first_email: Callable[[], str]


_offers: list[DemoOffer] = []


def offer_demo(offer: DemoOffer) -> None:
    """Let the first set-up offer a demo company."""
    _offers[:] = [offer]


def demo_offer() -> DemoOffer | None:
    """Give the demo company that can be loaded, if a higher band brings one."""
    return _offers[0] if _offers else None
