"""The module's own pages: my queue and the calling session, and how fast leads are spoken to."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import pgettext_lazy

from duyen.entities.registry import entity_named
from duyen.modules.calling.pages import session, speed
from duyen.surfaces.web.shell import OwnPage, put_into_navigation

_GROUP = entity_named("leads").group

put_into_navigation(
    OwnPage(
        _GROUP, pgettext_lazy("page", "Calling"), session.ADDRESS, "phone", session.may_open, under="/leads"
    )
)
put_into_navigation(
    OwnPage(
        _GROUP,
        pgettext_lazy("page", "Speed to answer"),
        speed.ADDRESS,
        "gauge",
        speed.may_open,
        under="/leads",
    )
)

urlpatterns: list[URLPattern] = [
    path("leads/calling", session.overview, name="calling"),
    path("leads/calling/next", session.go_on, name="calling_next"),
    path("leads/calling/<int:lead_id>", session.call, name="calling_lead"),
    path("leads/speed", speed.show, name="speed_to_answer"),
]
