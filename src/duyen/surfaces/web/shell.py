"""What the frame of a page shows around its content. Filled by the context processor, read by app.html."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class NavItem:
    """One link of the side navigation; `key` is the letter after G, `count` is shown at the end."""

    label: object
    url: str
    icon: str
    key: str = ""
    count: str = ""
    is_hot: bool = False
    is_current: bool = False


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
    """One thing that can be created from anywhere; `key` is the letter after C."""

    label: object
    url: str
    icon: str
    key: str = ""
