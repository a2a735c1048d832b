"""What the frame of a page shows around its content. Filled by the context processor, read by app.html."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from duyen.foundation.access.actor import Actor


@dataclass(frozen=True)
class NavItem:
    """One link of the side navigation; `key` is the letter after G, `count` is shown at the end.

    The pages that belong to it stand under it (`items`), and fold away unless it `is_open`.
    """

    label: object
    url: str
    icon: str
    key: str = ""
    count: str = ""
    is_hot: bool = False
    is_current: bool = False
    items: Sequence[NavItem] = ()
    is_open: bool = False

    @property
    def name(self) -> str:
        """Say by which word a device remembers that it is unfolded."""
        return self.url.strip("/").replace("/", "-")


@dataclass(frozen=True)
class NavGroup:
    """Links under one caption; the first group has none."""

    label: object
    items: Sequence[NavItem]


@dataclass(frozen=True)
class Crumb:
    """One step of the path to this page; the last has no address."""

    label: object
    url: str = ""


@dataclass(frozen=True)
class Person:
    """The reader: name, role in words, address of the profile."""

    name: str
    role: object
    url: str


@dataclass(frozen=True)
class Create:
    """One thing that can be created from anywhere; `key` is the letter after C.

    Where scripts run, `dialog_url` opens in a dialog over the page.
    """

    label: object
    url: str
    icon: str
    key: str = ""
    dialog_url: str = ""


@dataclass(frozen=True)
class OwnPage:
    """A page that a module brings and that stands in the navigation, for whoever may open it.

    One of every day (`is_daily`) stands beside the start page, above all groups; `key` is the letter after G.
    `under` is the address of the page in the navigation to which it belongs: for whoever may not open that
    one, it stands in its group.
    """

    group: object
    label: object
    url: str
    icon: str
    may_open: Callable[[Actor], bool]
    key: str = ""
    is_daily: bool = False
    under: str = ""


#: The page under which all that adapts the product, and keeps it running, stands.
SETTINGS = "/settings"

_own_pages: list[OwnPage] = []


def put_into_navigation(page: OwnPage) -> None:
    """Show a module's own page in the navigation, behind the lists of its group."""
    if page not in _own_pages:
        _own_pages.append(page)


def own_pages(actor: Actor) -> list[OwnPage]:
    """List the modules' own pages that the actor may open."""
    return [page for page in _own_pages if page.may_open(actor)]
