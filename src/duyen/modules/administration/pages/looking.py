"""Begin to view as another person, for a reason that she can read."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duyen.entities.errors import NotAllowed, NotFound
from duyen.foundation.access.looking import MINUTES, NoReason, begin_look
from duyen.foundation.access.words import VIEW_AS
from duyen.foundation.org.models import User
from duyen.surfaces.web.looking import keep_look
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
@page
def begin(request: ActorRequest, user_id: int) -> HttpResponse:
    """Ask for the reason, and go to the first page as the other person sees it."""
    if not request.actor.may("users", VIEW_AS):
        raise NotAllowed(why=_("viewing as somebody else is a right of its own."))
    user = User.objects.filter(pk=user_id).order_by("pk").first()
    if user is None:
        raise NotFound
    reason, error = request.POST.get("reason", ""), ""
    if request.method == "POST":
        try:
            look = begin_look(user_id, actor=request.actor, reason=reason)
        except NoReason as refused:
            error = str(refused)
        else:
            keep_look(request, look)
            return HttpResponseRedirect("/")
    context = {
        "name": user.full_name,
        "action": request.path,
        "user_url": f"/users/{user_id}?tab=access",
        "minutes": MINUTES,
        "reason": reason,
        "error": error,
        "crumbs": [
            Crumb(_("Users"), "/users"),
            Crumb(user.full_name, f"/users/{user_id}"),
            Crumb(_("View as this person")),
        ],
    }
    return render(request, "administration/view_as.html", context, status=422 if error else 200)
