"""How mailboxes and waiting mail stand, for the page of the system's health."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from duyen.foundation.health.lines import Line, State, contributes_health
from duyen.kernel.clock import now
from duyen.modules.messaging.models import Mail, Mailbox
from duyen.modules.messaging.words import MailState

#: A mailbox that was to be read so long ago and was not is late: the background work does not run.
LATE = dt.timedelta(minutes=30)
_LONG = dt.timedelta(minutes=30)


@contributes_health("mail", label=_("Mail"), order=40)
def mailboxes() -> Iterator[Line]:
    """Tell whether mailboxes are read, and whether mail waits to go out."""
    boxes = list(Mailbox.objects.filter(gone_at=None, is_on=True).select_related("standing"))
    if boxes:
        yield _read(boxes)
    waiting = Mail.objects.filter(
        state__in=[MailState.WAITING, MailState.SENDING], next_at__lt=now() - _LONG
    ).count()
    if waiting:
        yield Line(
            "mail.outbox",
            _("Mail to customers"),
            State.WARNING,
            ngettext("%(count)s waits for long", "%(count)s wait for long", waiting) % {"count": waiting},
            advice=_("See whether the background work runs, and on each mail what the server said."),
            facts={"waiting": waiting},
        )


def _read(boxes: list[Mailbox]) -> Line:
    failing = [each for each in boxes if each.standing.failing_since is not None]
    late = [each for each in boxes if each.standing.next_at and each.standing.next_at < now() - LATE]
    count = len(boxes)
    told = ngettext("%(count)s is read", "%(count)s are read", count) % {"count": count}
    if failing:
        told = gettext("%(failing)s of %(count)s cannot be read") % {"failing": len(failing), "count": count}
    elif late:
        told = gettext("%(late)s of %(count)s were not looked at in time") % {
            "late": len(late),
            "count": count,
        }
    state = State.BAD if any(each.user_id is None for each in failing) else State.WARNING
    return Line(
        "mail.mailboxes",
        _("Mailboxes"),
        state if failing else State.WARNING if late else State.GOOD,
        told,
        meaning=_("Answers of customers come in by them."),
        advice=_("The list of mailboxes says of each since when, why, and what to do.")
        if failing
        else _("See whether the background work runs.")
        if late
        else "",
        facts={"boxes": count, "failing": len(failing), "late": len(late)},
        url="/settings/mailboxes",
    )
