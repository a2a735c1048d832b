"""Which notices go into which mail and when, and what becomes of a mail: sent, tried again, given up.

The words of a mail are made where it is sent. A mail may arrive twice when the process dies between the
server's word and ours; both have the same Message-ID, so that mail programs show one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from duyen.foundation.notices.kinds import Mail
from duyen.foundation.notices.models import MailState, Notice, NoticeMail
from duyen.foundation.notices.preferences import Preferences, preferences_of_many
from duyen.foundation.notices.telling import notify
from duyen.foundation.org.administrators import administrators
from duyen.foundation.org.calendars import working_time_of_unit
from duyen.foundation.org.models import Position
from duyen.kernel.clock import ZONE, now

#: So long it waits before each further try; behind the last one the mail is given up.
PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
#: Whoever tries has so long before another may.
LEASE = dt.timedelta(minutes=10)
#: What is mailed at once waits so long: what belongs together goes together, what is read is left out.
PATIENCE = dt.timedelta(seconds=30)
#: What waited longer, because no mail was set up, is no news any more.
OLD = dt.timedelta(days=4)
_AT_ONCE = 2_000
_KEPT = dt.timedelta(days=90)


@dataclass(frozen=True)
class Due:
    """The moment up to which a person's notices go out now, by each way; none where it is not the time."""

    at_once: dt.datetime | None
    digest: dt.datetime | None


def gather() -> list[int]:
    """Put the notices that are due into mails, one of each kind for a person; gives the ids of the mails."""
    with transaction.atomic():
        rows = (
            Notice.objects.filter(
                mailed_at=None, read_at=None, user__is_active=True, created_at__gt=now() - OLD
            )
            .exclude(mail="")
            .order_by("pk")
            .select_for_update(of=("self",), skip_locked=True)[:_AT_ONCE]
        )
        by_user: dict[int, list[Notice]] = defaultdict(list)
        for each in rows:
            by_user[each.user_id].append(each)
        wanted = preferences_of_many(list(by_user))
        made = []
        for user_id, notices in by_user.items():
            due = _due(user_id, wanted[user_id])
            for way, until in ((Mail.NOW, due.at_once), (Mail.DIGEST, due.digest)):
                chosen = [each for each in notices if each.mail == way and until and each.created_at <= until]
                if chosen:
                    made.append(_into_mail(user_id, chosen, is_digest=way == Mail.DIGEST))
    return made


def _due(user_id: int, wanted: Preferences) -> Due:
    local = now().astimezone(ZONE)
    if wanted.is_quiet(local.hour):
        return Due(None, None)
    at = local.replace(hour=wanted.digest_hour, minute=0, second=0, microsecond=0)
    is_day = local >= at and (not wanted.digest_on_working_days or _works_on(user_id, local.date()))
    return Due(now() - PATIENCE, at if is_day else None)


def _works_on(user_id: int, day: dt.date) -> bool:
    units = Position.objects.filter(user_id=user_id, is_main=True).values_list("unit_id", flat=True)
    return all(working_time_of_unit(unit_id).is_working_day(day) for unit_id in units[:1])


def _into_mail(user_id: int, notices: Sequence[Notice], *, is_digest: bool) -> int:
    moment = now()
    mail = NoticeMail.objects.create(user_id=user_id, is_digest=is_digest, created_at=moment, due_at=moment)
    ids = [each.pk for each in notices]
    Notice.objects.filter(pk__in=ids).update(mailed_at=moment, sent_in=mail.pk)
    return mail.pk


def waiting() -> list[int]:
    """List the mails whose next try is due."""
    rows = NoticeMail.objects.filter(state=MailState.WAITING, due_at__lte=now()).order_by("due_at")
    return list(rows.values_list("pk", flat=True)[:_AT_ONCE])


def take(mail_id: int) -> NoticeMail | None:
    """Take a mail whose try is due for this process alone; nothing where another has it or it is over."""
    mine = NoticeMail.objects.filter(pk=mail_id, state=MailState.WAITING, due_at__lte=now())
    if not mine.update(due_at=now() + LEASE, tries=F("tries") + 1):
        return None
    return NoticeMail.objects.select_related("user").get(pk=mail_id)


def notices_in(mail: NoticeMail) -> list[Notice]:
    """List what a mail tells: what was read meanwhile is left out."""
    return list(Notice.objects.filter(sent_in=mail.pk, read_at=None).order_by("-created_at", "-pk")[:200])


def note_sent(mail: NoticeMail) -> None:
    """Write down that the server took it."""
    NoticeMail.objects.filter(pk=mail.pk).update(state=MailState.SENT, sent_at=now(), problem="")


def note_empty(mail: NoticeMail) -> None:
    """Write down that there was nothing left to tell."""
    NoticeMail.objects.filter(pk=mail.pk).update(state=MailState.EMPTY)


def note_failed(mail: NoticeMail, error: BaseException) -> None:
    """Try again later, or give up after the last try and tell the administrators."""
    problem = type(error).__name__
    code = getattr(error, "smtp_code", None)
    problem = f"{problem} {code}" if isinstance(code, int) else problem
    if mail.tries <= len(PAUSES):
        due_at = now() + PAUSES[mail.tries - 1]
        NoticeMail.objects.filter(pk=mail.pk).update(due_at=due_at, problem=problem[:120])
        return
    with transaction.atomic():
        NoticeMail.objects.filter(pk=mail.pk).update(state=MailState.FAILED, problem=problem[:120])
        notify(sorted(administrators()), "mail_failed", fold="mail", problem=problem)


def try_again(mail_id: int) -> bool:
    """Give a mail that was given up another round of tries; tells whether there was one."""
    rows = NoticeMail.objects.filter(pk=mail_id, state=MailState.FAILED)
    return bool(rows.update(state=MailState.WAITING, tries=0, due_at=now()))


def forget_old_mails() -> int:
    """Delete what is over for three months; returns how many."""
    old = NoticeMail.objects.filter(created_at__lt=now() - _KEPT).exclude(state=MailState.WAITING)
    gone, _rows = old.delete()
    return gone
