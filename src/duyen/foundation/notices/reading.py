"""One person's notices: how many are unread, the newest, and marking them read or unread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from duyen.foundation.notices.kinds import GROUPS, is_kind, kind_named, kinds_in
from duyen.foundation.notices.live import say_live
from duyen.foundation.notices.models import Notice
from duyen.kernel.clock import now

#: The bell counts up to so many, and says "99+" above.
MOST_COUNTED = 99
#: A notice that was read is kept so long; any notice at most as long as the second.
READ_KEPT, KEPT = dt.timedelta(days=90), dt.timedelta(days=365)
_AT_ONCE = 5_000


def unread_count(user_id: int) -> int:
    """Count what is unread, up to one more than the bell shows."""
    return _unread(user_id).order_by("-created_at", "-pk")[: MOST_COUNTED + 1].count()


def notices_of(
    user_id: int,
    *,
    unread: bool = False,
    group: str = "",
    before: tuple[dt.datetime, int] | None = None,
    limit: int = 50,
) -> list[Notice]:
    """List one person's notices, newest first. `before` are moment and id of the last one seen."""
    rows = Notice.objects.filter(user_id=user_id, is_shown=True)
    if unread:
        rows = rows.filter(read_at=None)
    if group:
        rows = rows.filter(kind__in=kinds_in(group))
    if before is not None:
        at, last = before
        rows = rows.filter(created_at__lte=at).filter(Q(created_at__lt=at) | Q(pk__lt=last))
    found = rows.order_by("-created_at", "-pk")[:limit]
    return [each for each in found if is_kind(each.kind)]


def unread_by_group(user_id: int) -> dict[str, int]:
    """Count what is unread by group, of the newest that the bell counts."""
    counted = dict.fromkeys(GROUPS, 0)
    newest = _unread(user_id).order_by("-created_at", "-pk")[: MOST_COUNTED + 1]
    for kind in newest.values_list("kind", flat=True):
        if is_kind(kind):
            counted[kind_named(kind).group] += 1
    return counted


def mark_read(user_id: int, ids: Sequence[int] | None = None, *, group: str = "") -> tuple[int, dt.datetime]:
    """Mark notices read, all of them where none are named, or all of one group.

    Returns how many were unread, and the moment by which `mark_unread` finds them again.
    """
    rows = Notice.objects.filter(user_id=user_id, read_at=None)
    rows = rows if ids is None else rows.filter(pk__in=list(ids))
    rows = rows.filter(kind__in=kinds_in(group)) if group else rows
    moment = now()
    with transaction.atomic():
        changed = rows.update(read_at=moment)
        if changed:
            say_live(users=[user_id])
    return changed, moment


def mark_about(user_id: int, entity: str, record_id: int) -> None:
    """Mark read what one person is told about one record, once she looks at it."""
    about = Notice.objects.filter(user_id=user_id, read_at=None, entity=entity, record_id=record_id)
    ids = list(about.values_list("pk", flat=True))
    if ids:
        mark_read(user_id, ids)


def mark_unread(user_id: int, ids: Sequence[int] | None = None, *, read_at: dt.datetime | None = None) -> int:
    """Mark notices unread again: those named, or those that were read at one moment; returns how many.

    What came meanwhile stays a notice of its own.
    """
    rows = Notice.objects.filter(user_id=user_id)
    rows = (
        rows.filter(read_at=read_at) if ids is None else rows.filter(pk__in=list(ids), read_at__isnull=False)
    )
    with transaction.atomic():
        changed = rows.update(read_at=None, fold="") if ids is not None or read_at is not None else 0
        if changed:
            say_live(users=[user_id])
    return changed


def _unread(user_id: int) -> QuerySet[Notice]:
    return Notice.objects.filter(user_id=user_id, read_at=None, is_shown=True)


def forget_old_notices() -> int:
    """Delete what was read long ago, and what is very old, in portions; returns how many."""
    gone = 0
    old = Q(created_at__lt=now() - KEPT) | Q(created_at__lt=now() - READ_KEPT, read_at__isnull=False)
    while ids := list(
        Notice.objects.filter(old).order_by("created_at").values_list("pk", flat=True)[:_AT_ONCE]
    ):
        Notice.objects.filter(pk__in=ids).delete()
        gone += len(ids)
    return gone
