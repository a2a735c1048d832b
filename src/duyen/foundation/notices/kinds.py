"""Every kind of notice: its sentence, the group under which people choose how they are told, and the default.

Whoever brings a kind of her own declares it by `declare`, once, when the program starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

#: A sentence that is read in the language of whoever reads it.
Label = Any


class Mail(StrEnum):
    """How a notice goes out by mail."""

    NONE = ""
    NOW = "now"
    DIGEST = "digest"


@dataclass(frozen=True)
class Channels:
    """Where a notice shows: in the product, and by mail."""

    app: bool = True
    mail: Mail = Mail.NONE


@dataclass(frozen=True)
class Group:
    """Kinds of notices for which people choose together how they are told."""

    name: str
    label: Label
    help: Label
    default: Channels


@dataclass(frozen=True)
class NoticeKind:
    """One kind. The sentences take %(who)s, %(record)s, %(count)s, %(kind)s and the notice's own words.

    `one` is told of one record, `many` where several alike were folded into one, `closed` of a record that
    the reader may no longer see.
    """

    name: str
    group: str
    icon: str
    one: Label
    many: Label
    closed: Label = ""
    tone: str = "blue"


ASSIGNED, SHARED, WATCHED, JOBS, PEOPLE, SYSTEM = "assigned", "shared", "watched", "jobs", "people", "system"
REMINDERS, APPROVALS = "reminders", "approvals"

GROUPS: Mapping[str, Group] = {
    each.name: each
    for each in (
        Group(
            ASSIGNED,
            _("Records given to you"),
            _("Somebody made you the owner of records."),
            Channels(mail=Mail.DIGEST),
        ),
        Group(
            SHARED,
            _("Records shared with you"),
            _("Somebody opened a record to you by name."),
            Channels(mail=Mail.DIGEST),
        ),
        Group(
            REMINDERS,
            _("Reminders"),
            _("A time has come of which you wanted to be reminded."),
            Channels(mail=Mail.NOW),
        ),
        Group(
            APPROVALS,
            _("Approvals"),
            _("Somebody asks for your approval, or decided about what you asked for."),
            Channels(mail=Mail.NOW),
        ),
        Group(
            WATCHED,
            _("Records that you watch"),
            _("Somebody else changed a record that you watch."),
            Channels(),
        ),
        Group(
            JOBS,
            _("Background work"),
            _("Work that you asked for is done, or broke off."),
            Channels(),
        ),
        Group(
            PEOPLE,
            _("Colleagues"),
            _("Somebody whom you invited came, or named you as deputy."),
            Channels(mail=Mail.DIGEST),
        ),
        Group(
            SYSTEM,
            _("Running Duyên"),
            _("Something needs the hand of an administrator."),
            Channels(mail=Mail.DIGEST),
        ),
    )
}

_kinds: dict[str, NoticeKind] = {}


def declare(*kinds: NoticeKind) -> None:
    """Let kinds of notices be known. Raises ValueError for a name that is taken by another one."""
    for each in kinds:
        if _kinds.get(each.name, each) != each:
            raise ValueError(f"there are two kinds of notices called {each.name}")
        _kinds[each.name] = each


def kind_named(name: str) -> NoticeKind:
    """Give one kind. Raises KeyError."""
    return _kinds[name]


def is_kind(name: str) -> bool:
    """Tell whether there is such a kind: one that an older version knew may be gone."""
    return name in _kinds


def kinds_in(group: str) -> list[str]:
    """List the kinds of one group."""
    return [each.name for each in _kinds.values() if each.group == group]


declare(
    NoticeKind(
        "assigned",
        ASSIGNED,
        icon="user-check",
        one=_("%(who)s gave you %(record)s"),
        many=_("%(who)s gave you %(count)s records: %(kind)s"),
        closed=_("%(who)s gave you a record that is not open to you"),
    ),
    NoticeKind(
        "shared",
        SHARED,
        icon="share-2",
        one=_("%(who)s shared %(record)s with you"),
        many=_("%(who)s shared %(count)s records with you: %(kind)s"),
        closed=_("%(who)s shared a record with you that is no longer open to you"),
        tone="teal",
    ),
    NoticeKind(
        "watched",
        WATCHED,
        icon="eye",
        one=_("%(who)s · %(record)s · %(step)s"),
        many=_("%(who)s · %(record)s · %(step)s, %(count)s times"),
        closed=_("Something changed on a record that is no longer open to you"),
        tone="violet",
    ),
    NoticeKind(
        "job_done",
        JOBS,
        icon="circle-check",
        one=_("Done: %(label)s"),
        many=_("Done: %(label)s"),
        tone="green",
    ),
    NoticeKind(
        "job_failed",
        JOBS,
        icon="triangle-alert",
        one=_("Broken off: %(label)s"),
        many=_("Broken off: %(label)s"),
        tone="red",
    ),
    NoticeKind(
        "joined",
        PEOPLE,
        icon="user-plus",
        one=_("%(who)s set a password and can work now"),
        many=_("%(who)s set a password and can work now"),
        closed=_("Somebody whom you invited set a password and can work now"),
        tone="green",
    ),
    NoticeKind(
        "deputy",
        PEOPLE,
        icon="calendar-off",
        one=_("You stand in for %(who)s from %(since)s to %(until)s"),
        many=_("You stand in for %(who)s from %(since)s to %(until)s"),
        tone="amber",
    ),
    NoticeKind(
        "mail_failed",
        SYSTEM,
        icon="mail-warning",
        one=_("A mail could not be sent: %(problem)s"),
        many=_("%(count)s mails could not be sent: %(problem)s"),
        tone="red",
    ),
)
