"""The pages of opportunities that cannot be derived."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.modules.opportunities.outcomes import may_look
from duyen.modules.opportunities.pages import commitments, outcomes
from duyen.surfaces.web.commands import Command, offer_commands
from duyen.surfaces.web.shell import OwnPage, put_into_navigation

urlpatterns: list[URLPattern] = [
    path("opportunities/outcomes", outcomes.show, name="outcomes"),
    path(
        "opportunities/<int:record_id>/partners/<int:partner_id>/paper",
        commitments.attach,
        name="attach_commitment",
    ),
]

put_into_navigation(
    OwnPage(
        _("Sales"),
        _("Won and lost"),
        "/opportunities/outcomes",
        icon="trophy",
        may_open=may_look,
        under="/opportunities",
    )
)


def _commands(actor: Actor) -> Iterator[Command]:
    if may_look(actor):
        words = gettext("win loss rate reasons competitors")
        yield Command(
            gettext("See why deals are won and lost"), "trophy", "/opportunities/outcomes", also=words
        )


offer_commands(_commands)
