"""Cards of people and firms: as a file, and as a code that a phone reads off the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import segno
from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from markupsafe import Markup
from segno import DataOverflowError

from duyen.entities.entity import Entity
from duyen.kernel.vcards import Contact, vcard, vcards
from duyen.modules.parties.business_cards import card_of, cards_of_firm, file_name
from duyen.surfaces.web.fragments import page_or_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import list_url, record_url, step_url
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

QR, VCF, CONTACTS = "card", "card.vcf", "contacts.vcf"
TEMPLATE = "parties/card.html"


@require_safe
@page
def card(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Show the code that puts a record among the contacts of the phone that reads it."""
    entity = opened(request, entities)
    row = row_of(entity, request.actor, record_id)
    contact = card_of(entity, row, actor=request.actor)
    drawn, is_whole = _drawn(contact)
    context: dict[str, Any] = {
        "entity": entity,
        "contact": contact,
        "qr": drawn,
        "is_whole": is_whole,
        "file_url": step_url(entity, record_id, VCF),
        "crumbs": [
            Crumb(entity.labels, list_url(entity)),
            Crumb(contact.name, record_url(entity, record_id)),
            Crumb(_("Card")),
        ],
    }
    return page_or_block(request, TEMPLATE, "dialog", context)


def _drawn(contact: Contact) -> tuple[Markup, bool]:
    """Draw the code, and tell whether all of the card is in it: one that is read at once holds little."""
    small = Contact(
        uid=contact.uid,
        name=contact.name,
        family=contact.family,
        middle=contact.middle,
        given=contact.given,
        is_firm=contact.is_firm,
        organisation=contact.organisation,
        title=contact.title,
        phones=contact.phones[:2],
        emails=contact.emails[:1],
    )
    try:
        code = segno.make(vcard(small), error="l", micro=False, encoding="utf-8", boost_error=True)
    except DataOverflowError:
        shortest = Contact(uid=contact.uid, name=contact.name[:120], phones=contact.phones[:1])
        code = segno.make(vcard(shortest), error="l", micro=False, encoding="utf-8")
    drawn = code.svg_inline(scale=4, border=3, dark="black", light="white", omitsize=False, lineclass=None)
    is_whole = len(contact.phones) <= len(small.phones) and len(contact.emails) <= 1 and not contact.places
    # The drawing is segno's own and holds nothing but squares.
    return Markup(drawn), is_whole  # noqa: S704


@require_safe
@page
def card_file(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Give the card of one record as a file."""
    entity = opened(request, entities)
    contact = card_of(entity, row_of(entity, request.actor, record_id), actor=request.actor)
    return _sent(vcard(contact), contact.name)


@require_safe
@page
def contact_cards(request: ActorRequest, record_id: int) -> HttpResponse:
    """Give the cards of all contacts of a firm as one file."""
    entity: Entity = opened(request, "customers")
    row = row_of(entity, request.actor, record_id)
    found: Sequence[Contact] = cards_of_firm(row, actor=request.actor)
    return _sent(vcards(found), f"{card_of(entity, row, actor=request.actor).name} {_('contacts')}")


def _sent(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text.encode(), content_type="text/vcard; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(name)}"'
    return answer


urlpatterns: list[URLPattern] = [
    *(
        path(f"{name}/<int:record_id>/{part}", view, {"entities": name}, name=f"{name}_{called}")
        for name in ("customers", "contacts")
        for part, view, called in ((QR, card, "card"), (VCF, card_file, "card_file"))
    ),
    path(f"customers/<int:record_id>/{CONTACTS}", contact_cards, name="contact_cards"),
]
