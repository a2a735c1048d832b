"""Read one mailbox from where it was left, mail by mail, and keep how it went for everybody to see.

The place in a box is the number of its last mail that was kept or passed over, together with the numbering
(UIDVALIDITY) that it belongs to. Each mail moves it on in the very transaction that keeps the mail, so that a
kill doubles nothing and loses nothing. With a new numbering the box is walked through again from its first
day: what is kept already is known by its fingerprint.
"""

from __future__ import annotations

import datetime as dt
import time

from django.db import transaction
from django.db.models import Q

from duyen.foundation.access.words import Door
from duyen.foundation.notices.telling import notify
from duyen.foundation.org.administrators import administrators
from duyen.foundation.settings.company import setting
from duyen.foundation.troubles.keeping import Where, keep_trouble
from duyen.kernel.clock import now
from duyen.modules.messaging import boxes, rules
from duyen.modules.messaging.actions.arriving import arrive, note_unreadable
from duyen.modules.messaging.models import Mailbox, Standing
from duyen.modules.messaging.notices import BOX_FAILS, SHARED_FAILS
from duyen.modules.messaging.servers import imap, problems
from duyen.modules.messaging.servers.problems import MailServerProblem
from duyen.modules.messaging.settings import EVERY

#: So many heads are fetched at once.
CHUNK = 50
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
            for head in heads:
                _one(box, link, head)
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


def _one(box: Mailbox, link: imap.Box, head: imap.Head) -> None:
    """Keep or pass over one mail; one that breaks the reader is noted and stops no other."""
    if head.arrived_at is not None and head.arrived_at.date() < box.since - dt.timedelta(days=1):
        return
    try:
        arrive(box, head, lambda: link.whole(head.uid) if head.size <= imap.MOST_BYTES else None)
    except MailServerProblem:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a stranger's mail breaks is kept, and reading goes on
        keep_trouble(error, Where(Door.JOB, "messaging.read", box.user_id))
        note_unreadable(box, head)


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
        standing.problem = problems.kept(problem)
        standing.next_at = moment + rules.peace_after(standing.failures, every=_every())
        is_long = moment - standing.failing_since >= rules.PATIENCE
        if standing.told_at is None and (problem.is_lasting or is_long):
            standing.told_at = moment
            _tell(box)
        columns = ["failures", "failing_since", "problem", "next_at", "told_at"]
        standing.save(update_fields=columns)


def _tell(box: Mailbox) -> None:
    fold = f"mailbox:{box.pk}"
    if box.user_id is None:
        notify(sorted(administrators()), SHARED_FAILS, fold=fold, address=box.address)
    else:
        notify([box.user_id], BOX_FAILS, fold=fold, address=box.address)


def _every() -> dt.timedelta:
    return dt.timedelta(minutes=max(1, int(setting(EVERY))))
