"""How mails stand, where one looks anyway: on their lines of a timeline, and on the record. Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.modules.activities.words import Remark
from duyen.modules.messaging import telling
from duyen.modules.messaging.models import Mail
from duyen.modules.messaging.tabs import shown
from duyen.modules.messaging.words import MailKind, MailState, Way

#: So long a mail that did not arrive is told of on the record; so many at once.
_TOLD_FOR = dt.timedelta(days=30)
_MOST = 5
_ANSWERED, _MISSED = "answered", "not_taken"


def remarks_on_mails(actor: Actor, activity_ids: Collection[int]) -> Mapping[int, list[Remark]]:
    """Say of activities that are mails of ours how each stands, and whether it was answered.

    An answer that the reader may not see is not told. At most three queries.
    """
    mails = Mail.objects.filter(activity_id__in=list(activity_ids), way=Way.OUT.value).order_by("pk")
    ours = {mail.activity_id or 0: mail for mail in mails.defer("body", "quoted", "people")}
    answers = _answers(actor, [mail.pk for mail in ours.values()])
    return {
        activity_id: _remarks(mail, f"/activities/{activity_id}?tab=mail", answers.get(mail.pk))
        for activity_id, mail in ours.items()
    }


def _answers(actor: Actor, mail_ids: Collection[int]) -> dict[int, int | None]:
    """Give the first answer to each of some mails that the reader may see, as an activity by mail."""
    found = Mail.objects.filter(
        answers_id__in=list(mail_ids),
        way=Way.IN.value,
        kind=MailKind.MAIL.value,
        activity_id__isnull=False,
    )
    pairs = list(found.order_by("-pk").values_list("answers_id", "activity_id")) if mail_ids else []
    seen = _seen(actor, {activity_id for _mail, activity_id in pairs})
    return {mail_id: activity_id for mail_id, activity_id in pairs if mail_id and activity_id in seen}


def _seen(actor: Actor, activity_ids: Collection[int | None]) -> set[int | None]:
    """Tell which of some activities a reader may see."""
    if not activity_ids:
        return set()
    rows = entity_named("activities").rows(actor).filter(pk__in=activity_ids)
    return set(rows.values_list("pk", flat=True))


def _remarks(mail: Mail, url: str, answer: int | None) -> list[Remark]:
    label, tone = telling.STATES[mail.state]
    is_sent = mail.state == MailState.SENT
    if is_sent and answer is not None:
        found = [Remark(_ANSWERED, _("Answered"), "green", url=f"/activities/{answer}?tab=mail")]
    else:
        found = [Remark(mail.state, label, tone, "" if is_sent else telling.in_words(mail.why), url)]
    if mail.not_taken:
        found.append(Remark(_MISSED, _("did not reach everybody"), "red", _who(mail), url))
    return found


def _who(mail: Mail) -> str:
    """Name those whom a mail did not reach, with what their server said."""
    return " · ".join(f"{address}: {said}" for address, _code, said in mail.not_taken[:_MOST])


def trouble_of(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """Tell of the mails to a record that wait for a server, were refused, or may not have arrived.

    One query where there is none.
    """
    stuck = Q(state__in=[MailState.REFUSED.value, MailState.UNCERTAIN.value]) | ~Q(not_taken=[])
    late = Q(state=MailState.WAITING.value, tries__gt=0)
    mails = list(
        Mail.objects.filter(stuck | late, party_id=row["id"], way=Way.OUT.value, at__gte=now() - _TOLD_FOR)
        .select_related("created_by", "filed_by")
        .prefetch_related("files")
        .order_by("-pk")[: _MOST * 2]
    )
    seen = _seen(actor, {mail.activity_id for mail in mails})
    told = [shown(mail) for mail in mails if mail.activity_id in seen]
    return {"mails": told[:_MOST]} if told else {}
