"""The addresses of approvals; before those that are derived from the entities."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.entities.approvals.keeping import known_limits, may_keep
from duyen.foundation.access.actor import Actor
from duyen.foundation.settings.declaring import declare_area
from duyen.surfaces.web.approvals import home, limits, pages
from duyen.surfaces.web.approvals.addresses import APPROVALS, LIMITS
from duyen.surfaces.web.commands import Command, offer_commands
from duyen.surfaces.web.shell import OwnPage, put_into_navigation

urlpatterns: list[URLPattern] = [
    path("approvals", pages.show, name="approvals"),
    path("approvals/<int:request_id>", pages.read, name="approval"),
    path("approvals/<int:request_id>/grant", pages.grant, name="grant_approval"),
    path("approvals/<int:request_id>/refuse", pages.refuse, name="refuse_approval"),
    path("approvals/<int:request_id>/withdraw", pages.take_back, name="withdraw_approval"),
    path("settings/approvals", limits.show_all, name="approval_limits"),
    path("settings/approvals/<str:name>", limits.edit, name="approval_limit"),
]

put_into_navigation(OwnPage(_("Sales"), _("Approvals"), APPROVALS, "stamp", home.takes_part))
declare_area(
    "approvals",
    label=_("Approval limits"),
    help=_("Which steps need a second person, and what each role decides."),
    icon="stamp",
    url=LIMITS,
    order=26,
    may_open=may_keep,
    group=_("People and rights"),
    also=_("approve grant second person four eyes"),
)


def _commands(actor: Actor) -> Iterator[Command]:
    if may_keep(actor):
        for each in known_limits():
            label = gettext("Approval limits: %(what)s") % {"what": each.label}
            yield Command(label, "stamp", f"{LIMITS}/{each.name}", also=gettext("approve second person"))


offer_commands(_commands)
home.contribute()
