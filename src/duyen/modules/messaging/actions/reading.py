"""Read one mailbox from where it was left, mails by the set, and keep how it went for everybody to see.

The place in a box is the number of its last mail that was kept or passed over, together with the numbering
(UIDVALIDITY) that it belongs to. Mails move it on in the very transaction that keeps them, so that a
kill doubles nothing and loses nothing. With a new numbering the box is walked through again from its first
day: what is kept already is known by its fingerprint.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from duyen.foundation.access.words import Door
from duyen.foundation.notices.telling import notify
from duyen.foundation.org.administrators import administrators
from duyen.foundation.settings.company import setting
from duyen.foundation.troubles.keeping import Where, keep_trouble
from duyen.kernel.clock import now
from duyen.modules.messaging import boxes, rules
from duyen.modules.messaging.actions.arriving import Fetch, arrive, note_unreadable
from duyen.modules.messaging.actions.taking import take_in
from duyen.modules.messaging.models import Mail, Mailbox, Standing
from duyen.modules.messaging.notices import BOX_FAILS, LEADS_FAIL, SHARED_FAILS
from duyen.modules.messaging.servers import imap, problems
from duyen.modules.messaging.servers.problems import MailServerProblem
from duyen.modules.messaging.settings import EVERY
from duyen.modules.messaging.words import Use

#: So many mails are taken at once.
CHUNK = 100
#: So long one box is read before the next one has its turn; what is left is read at once behind them.
TURN_SECONDS = 60.0
#: So long a process has a box: longer than its turn and one mail that drips.
HELD = dt.timedelta(minutes=5)


def due() -> list[int]:
    """List the mailboxes whose time has come and that nobody reads now."""
    free = Q(standing__held_until=None) | Q(standing__held_until__lte=now())
    rows = Mailbox.objects.filter(free, gone_at=None, is_on=True, standing__next_at__lte=now())
    return list(rows.order_by("standing__next_at", "pk").values_list("pk", flat=True))


def read(mailbox_id: int) -> bool:
    """Read what is new in one mailbox; tells whether more waits there."""
    if not _take(mailbox_id):
        return False
    try:
        box = Mailbox.objects.select_related("user").get(pk=mailbox_id)
        try:
            left = _read(box)
        except MailServerProblem as problem:
            _note_failure(box, problem)
            return False
        _note_success(box, left)
        return left > 0
    finally:
        Standing.objects.filter(mailbox_id=mailbox_id).update(held_until=None)


def _take(mailbox_id: int) -> bool:
    free = Standing.objects.filter(
        Q(held_until=None) | Q(held_until__lte=now()),
        mailbox_id=mailbox_id,
        mailbox__gone_at=None,
        mailbox__is_on=True,
    )
    return bool(free.update(held_until=now() + HELD))


def _read(box: Mailbox) -> int:
    """Walk on from the place where it was left; gives how many mails are left when the turn is over."""
    until = time.monotonic() + TURN_SECONDS
    with imap.opened(boxes.account_of(box)) as link:
        place = _place(box, link)
        while heads := link.heads_after(place, most=CHUNK):
            file(box, [head for head in heads if _is_of(box, head)], link.wholes)
            place = heads[-1].uid
            moment = now()
            Standing.objects.filter(mailbox=box).update(
                last_uid=place, arrived_at=moment, read_at=moment, held_until=moment + HELD
            )
            if time.monotonic() > until:
                return link.waiting_after(place)
    return 0


def _place(box: Mailbox, link: imap.Box) -> int:
    """Give the number behind which reading goes on; with a new numbering that of the first day."""
    standing = Standing.objects.get(mailbox=box)
    if link.validity == standing.uid_validity and standing.uid_validity:
        return standing.last_uid
    place = link.first_since(box.since) - 1
    Standing.objects.filter(mailbox=box).update(
        uid_validity=link.validity, last_uid=place, left=link.waiting_after(place)
    )
    return place


def _is_of(box: Mailbox, head: imap.Head) -> bool:
    """Tell whether a mail came since the day from which the box is read."""
    return head.arrived_at is None or head.arrived_at.date() >= box.since - dt.timedelta(days=1)


def file(box: Mailbox, heads: Sequence[imap.Head], fetch: Fetch) -> list[Mail]:
    """Keep or pass over mails, and give those that were kept; one that breaks the reader stops no other.

    Where a set of them fails, those of it that are not kept yet are taken one by one.
    """
    if not heads:
        return []
    try:
        return _arrive(box, heads, fetch)
    except MailServerProblem:
        raise
    except Exception:  # noqa: BLE001 - which of them broke it shows when each is taken by itself
        place = Standing.objects.values_list("last_uid", flat=True).get(mailbox=box)
        left = [head for head in heads if head.uid > place]
        return [mail for head in left for mail in _one(box, head, fetch)]


def _arrive(box: Mailbox, heads: Sequence[imap.Head], fetch: Fetch) -> list[Mail]:
    return arrive(box, heads, fetch) if box.use == Use.MAIL else take_in(box, heads, fetch)


def _one(box: Mailbox, head: imap.Head, fetch: Fetch) -> list[Mail]:
    """Take one mail by itself; what breaks is noted."""
    try:
        return _arrive(box, [head], fetch)
    except MailServerProblem:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a stranger's mail breaks is kept, and reading goes on
        keep_trouble(error, Where(Door.JOB, "messaging.read", box.user_id))
        note_unreadable(box, head)
        return []


def _note_success(box: Mailbox, left: int) -> None:
    moment = now()
    Standing.objects.filter(mailbox=box).update(
        read_at=moment,
        left=left,
        next_at=moment if left else moment + _every(),
        failures=0,
        failing_since=None,
        problem=None,
        told_at=None,
    )


def _note_failure(box: Mailbox, problem: MailServerProblem) -> None:
    """Keep since when and why reading fails, and tell whoever can do something, once."""
    moment = now()
    with transaction.atomic():
        standing = Standing.objects.select_for_update(no_key=True).get(mailbox=box)
        standing.failures += 1
        standing.failing_since = standing.failing_since or moment
        standing.problem = standing.last_problem = problems.kept(problem)
        standing.failed_at = moment
        standing.next_at = moment + rules.peace_after(standing.failures, every=_every())
        is_long = moment - standing.failing_since >= rules.PATIENCE
        if standing.told_at is None and (problem.is_lasting or is_long):
            standing.told_at = moment
            _tell(box)
        columns = ["failures", "failing_since", "problem", "next_at", "told_at", "failed_at", "last_problem"]
        standing.save(update_fields=columns)


def _tell(box: Mailbox) -> None:
    fold = f"mailbox:{box.pk}"
    if box.user_id is None:
        kind = SHARED_FAILS if box.use == Use.MAIL else LEADS_FAIL
        notify(sorted(administrators()), kind, fold=fold, address=box.address)
    else:
        notify([box.user_id], BOX_FAILS, fold=fold, address=box.address)


def _every() -> dt.timedelta:
    return dt.timedelta(minutes=max(1, int(setting(EVERY))))
