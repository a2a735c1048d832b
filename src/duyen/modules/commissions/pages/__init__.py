"""The pages of commissions that cannot be derived: statements, and the rules of tax."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.settings.declaring import declare_area
from duyen.modules.commissions.pages import statements, tax
from duyen.surfaces.web.commands import Command, offer_commands

urlpatterns: list[URLPattern] = [
    path("commission-tax", tax.show, name="commission_tax"),
    path("commissions/<int:record_id>/statement", statements.show, name="commission_statement"),
    path("commissions/<int:record_id>/statement.pdf", statements.paper, name="commission_statement_pdf"),
]

declare_area(
    "commission_tax",
    label=_("Tax on commissions"),
    help=_("What is withheld from persons without a labour contract, by law and by what you add."),
    icon="percent",
    url="/commission-tax",
    order=22,
    may_open=tax.may_add,
    also=_("personal income tax withholding PIT"),
)


def _commands(actor: Actor) -> Iterator[Command]:
    if tax.may_open(actor):
        words = gettext("personal income tax withholding PIT")
        yield Command(gettext("See how commissions are taxed"), "percent", "/commission-tax", also=words)


offer_commands(_commands)
