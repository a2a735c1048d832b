"""Tell those who answer requests, each morning, of what comes due or is late."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from duyen.foundation.notices.telling import notify
from duyen.kernel.clock import now
from duyen.modules.subject_requests.models import SubjectRequest
from duyen.modules.subject_requests.notices import COMES_DUE
from duyen.modules.subject_requests.queries import ENTITY, those_who_answer
from duyen.modules.subject_requests.words import OPEN, RequestState

#: So long before its term a request is told of.
AHEAD = dt.timedelta(days=3)


def remind() -> int:
    """Tell of every open request whose term is near or gone, and give of how many."""
    soon = now() + AHEAD
    late = Q(due_at__lt=soon) | Q(state=RequestState.RECEIVED.value, acknowledge_by__lt=soon)
    near = SubjectRequest.objects.filter(late, state__in=[each.value for each in OPEN], deleted_at=None)
    ids = list(near.order_by("due_at", "id").values_list("pk", flat=True))
    people = those_who_answer()
    with transaction.atomic():
        for record_id in ids:
            notify(people, COMES_DUE, entity=ENTITY, record_id=record_id, fold=f"data_request:{record_id}")
    return len(ids)
