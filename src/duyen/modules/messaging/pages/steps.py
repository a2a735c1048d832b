"""What can be done with a mail that waits, was refused, or of which nobody knows."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duyen.modules.messaging.actions import outbox
from duyen.modules.messaging.models import Mail
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page


@require_POST
@page
def again(request: ActorRequest, mail_id: int) -> HttpResponse:
    """Send a mail once more."""
    return _done(request, outbox.send_again, mail_id, _("It is sent again."))


@require_POST
@page
def stop(request: ActorRequest, mail_id: int) -> HttpResponse:
    """Take a mail out of the queue."""
    return _done(request, outbox.stop_sending, mail_id, _("The mail is stopped. Nothing was sent."))


@require_POST
@page
def confirm(request: ActorRequest, mail_id: int) -> HttpResponse:
    """Say of a mail that it was sent."""
    return _done(request, outbox.confirm_sent, mail_id, _("The mail counts as sent."))


def _done(request: ActorRequest, step: Callable[..., Mail], mail_id: int, text: str) -> HttpResponse:
    mail = step(mail_id, actor=request.actor)
    messages.success(request, text)
    return HttpResponseRedirect(f"/activities/{mail.activity_id}?tab=mail")
