"""The paper by which a partner commits itself: taken in, and named on the partner, in one go."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duyen.entities.attachments.writing import add_file, refuse_unchangeable
from duyen.entities.performing import perform
from duyen.foundation.files.limits import limits
from duyen.modules.opportunities.actions.deals import NAME
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import record_url
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.received import received


@require_POST
@page
def attach(request: ActorRequest, record_id: int, partner_id: int) -> HttpResponse:
    """Keep one file on the deal as the commitment of one of its partners, or nothing at all."""
    deals = opened(request, NAME)
    refuse_unchangeable(deals, record_id, actor=request.actor)
    with received(request, request.FILES.getlist("file")[:1], limits()) as came:
        if came.kept:
            with transaction.atomic():
                filed = add_file(deals, record_id, came.kept[0], actor=request.actor)
                asked = {"partner": partner_id, "file": filed.id}
                perform(deals, "file_commitment", record_id, actor=request.actor, arguments=asked)
            messages.success(request, _("The commitment is attached."))
        else:
            for each in [str(one) for one in came.refused] or [_("Choose a file first.")]:
                messages.error(request, each)
    return HttpResponseRedirect(record_url(deals, record_id, tab="partners"))
