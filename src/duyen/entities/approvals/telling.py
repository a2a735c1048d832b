"""What people are told about requests: those who may decide, and the one who asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.approvals.rules import State
from duyen.entities.fields import Label
from duyen.entities.history import name_verbs
from duyen.entities.models import ApprovalRequest
from duyen.entities.trail_lines import name_families
from duyen.foundation.access.actor import Actor
from duyen.foundation.notices.kinds import APPROVALS, NoticeKind, declare
from duyen.foundation.notices.models import Notice
from duyen.foundation.notices.telling import notify

STATE_WORDS: Mapping[State, Label] = {
    State.WAITING: _("waiting to be decided"),
    State.GRANTED: _("granted"),
    State.REFUSED: pgettext_lazy("request for approval", "refused"),
    State.WITHDRAWN: _("taken back"),
    State.EXPIRED: _("its time is over"),
}
TONES: Mapping[State, str] = {
    State.WAITING: "amber",
    State.GRANTED: "green",
    State.REFUSED: "red",
    State.WITHDRAWN: "gray",
    State.EXPIRED: "gray",
}

name_verbs(
    {
        "approvals.ask": _("Approval asked for"),
        "approvals.grant": _("Approval granted"),
        "approvals.refuse": _("Approval refused"),
        "approvals.withdraw": _("Request for approval taken back"),
        "approvals.expire": _("Request for approval ran out of time"),
        "approvals.fail": _("Granted, and could not be carried out"),
    }
)
name_families({"approvals": _("Requests for approval")})

_CLOSED = _("Something about a request for approval changed, on a record that is not open to you")
declare(
    NoticeKind(
        "approval_asked",
        APPROVALS,
        icon="stamp",
        one=_("%(who)s asks for your approval: %(record)s"),
        many=_("%(who)s asks for your approval of %(count)s records: %(kind)s"),
        closed=_CLOSED,
        tone="amber",
    ),
    NoticeKind(
        "approval_withdrawn",
        APPROVALS,
        icon="undo-2",
        one=_("%(who)s took back a request for approval: %(record)s"),
        many=_("%(who)s took back %(count)s requests for approval: %(kind)s"),
        closed=_CLOSED,
    ),
    NoticeKind(
        "approval_granted",
        APPROVALS,
        icon="circle-check",
        one=_("%(who)s granted what you asked for, and it is done: %(record)s"),
        many=_("%(who)s granted %(count)s requests of yours: %(kind)s"),
        closed=_("%(who)s granted what you asked for, on a record that is not open to you any more"),
        tone="green",
    ),
    NoticeKind(
        "approval_refused",
        APPROVALS,
        icon="x",
        one=_("%(who)s refused what you asked for: %(record)s. “%(answer)s”"),
        many=_("%(who)s refused %(count)s requests of yours: %(kind)s"),
        closed=_CLOSED,
        tone="red",
    ),
    NoticeKind(
        "approval_stuck",
        APPROVALS,
        icon="triangle-alert",
        one=_("%(who)s would grant what you asked for, but it cannot be done as it stands: %(record)s"),
        many=_("%(count)s requests of yours cannot be carried out as they stand: %(kind)s"),
        closed=_CLOSED,
        tone="amber",
    ),
    NoticeKind(
        "approval_expired",
        APPROVALS,
        icon="clock",
        one=_("Nobody decided in time about what you asked for: %(record)s"),
        many=_("Nobody decided in time about %(count)s requests of yours: %(kind)s"),
        closed=_CLOSED,
        tone="red",
    ),
)


def tell_asked(requests: Sequence[ApprovalRequest], user_ids: Collection[int], *, actor: Actor) -> None:
    """Tell those who are to decide about requests of one person about one kind: they are one notice."""
    first, records = requests[0], {each.record_id for each in requests}
    notify(
        user_ids,
        "approval_asked",
        entity=first.entity,
        record_id=first.record_id if len(records) == 1 else None,
        actor=actor,
        count=len(requests),
        fold=f"approval:{first.entity}:{first.asked_by_id}",
    )


def tell_withdrawn(request: ApprovalRequest, *, actor: Actor) -> None:
    """Tell those who were told of the request that nothing is to be decided any more."""
    told = Notice.objects.filter(
        kind="approval_asked", entity=request.entity, record_id=request.record_id
    ).values_list("user_id", flat=True)
    _tell(request, set(told), "approval_withdrawn", actor, fold=f"{request.entity}:{request.asked_by_id}")


def tell_decided(request: ApprovalRequest, *, actor: Actor) -> None:
    """Tell the one who asked what became of it."""
    kind = {
        State.GRANTED: "approval_granted",
        State.REFUSED: "approval_refused",
        State.EXPIRED: "approval_expired",
    }[State(request.state)]
    _tell(request, [request.asked_by_id], kind, actor, answer=request.answer)


def tell_stuck(request: ApprovalRequest, *, actor: Actor) -> None:
    """Tell the one who asked that it was granted and cannot be done as the record stands."""
    _tell(request, [request.asked_by_id], "approval_stuck", actor)


def _tell(
    request: ApprovalRequest,
    user_ids: Collection[int],
    kind: str,
    actor: Actor,
    *,
    fold: str = "",
    answer: str = "",
) -> None:
    notify(
        user_ids,
        kind,
        entity=request.entity,
        record_id=request.record_id,
        actor=actor,
        fold=f"approval:{fold}" if fold else f"approval:{request.pk}",
        answer=answer,
    )
