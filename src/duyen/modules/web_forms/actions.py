"""Take what somebody filled in, once, as a lead with what they agreed to."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from duyen.entities.announcing import announce
from duyen.entities.errors import Refused
from duyen.kernel.clock import ZONE, now
from duyen.kernel.errors import FieldProblem
from duyen.modules.consents.actions import NewConsent, give_consent
from duyen.modules.consents.words import Channel, GivenBy
from duyen.modules.leads.actions import capture, problems_of
from duyen.modules.web_forms import queries, rules
from duyen.modules.web_forms.events import FormSent
from duyen.modules.web_forms.models import Entry, WebForm

_ENTER = """
INSERT INTO web_forms_entry (form_id, nonce, at, caller) VALUES (%s, %s, %s, %s)
ON CONFLICT (nonce) DO NOTHING RETURNING id
"""
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class Flooded(Refused):
    """More comes through a form than people send."""

    code = "flooded"
    sentence = _("Too much was sent in a short time. Wait ten minutes and send it again.")


@dataclass(frozen=True)
class Opened:
    """A page of a form as it was shown: by its nonce it is taken once; under its text people agree."""

    nonce: str
    at: dt.datetime
    text_id: int | None
    source: str
    source_detail: str
    campaign_id: int | None
    product_ids: Sequence[int] = ()


def new_key() -> str:
    """Make an address for a form that nobody guesses."""
    return get_random_string(16, _ALPHABET)


def digest_of(network: str, day: dt.date) -> bytes:
    """Give what is kept of the network that something came from."""
    key = f"web_forms:{day.isoformat()}:{settings.SECRET_KEY}".encode()
    return hmac.new(key, network.encode(), hashlib.sha256).digest()[:16]


def take(
    form: WebForm,
    opened: Opened,
    values: Mapping[str, object],
    *,
    agreed: Sequence[Channel],
    address: str,
    network: str,
) -> int | None:
    """Make a lead of what was filled in, and keep the consent, for the channels that were ticked.

    The same page sent again makes nothing and gives the same lead. `address` is that of the form, as a proof.
    Raises InvalidValues and Flooded; then nothing is kept.
    """
    moment = now()
    caller = digest_of(network, moment.astimezone(ZONE).date())
    if rules.is_flood(**_counts(form, caller, moment), per_caller=form.per_caller):
        raise Flooded
    with transaction.atomic():
        entry_id = _enter(form, opened.nonce, moment, caller)
        if entry_id is None:
            return queries.lead_of(opened.nonce)
        told = {**values, **_of_form(form, opened), **_products(values, opened)}
        # What the company requires of colleagues, it asks of visitors where the form asks for it.
        lead = capture(actor=queries.visitor(), values=told, asked=set(values))
        Entry.objects.filter(pk=entry_id).update(lead_id=lead.id)
        if agreed and opened.text_id is not None:
            given = NewConsent(
                party_id=queries.party_of(lead.id),
                text_id=opened.text_id,
                channels=agreed,
                given_by=GivenBy.FORM,
                evidence=f"{form.code} · {address}"[:300],
                given_at=moment,
            )
            give_consent(given, actor=queries.visitor())
        announce(FormSent(form.pk, lead.id))
    return lead.id


def problems_beside(missing: Sequence[FieldProblem], values: Mapping[str, object]) -> list[FieldProblem]:
    """Add to what a visitor left out what of the rest cannot be read, so that she is told all at once."""
    told = {each.field for each in missing}
    found = problems_of(actor=queries.visitor(), values=values, asked=set(values))
    return [*missing, *(each for each in found if each.field not in told)]


def _enter(form: WebForm, nonce: str, at: dt.datetime, caller: bytes) -> int | None:
    """Note that a page is taken, and give the entry; nothing where it was taken before."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, [form.pk, nonce, at, caller])
        found = cursor.fetchone()
    return None if found is None else int(found[0])


def _products(values: Mapping[str, object], opened: Opened) -> dict[str, object]:
    """Give what somebody chose and the products of the address, each once."""
    chosen = values.get("products")
    wanted = dict.fromkeys([*(chosen if isinstance(chosen, list) else ()), *opened.product_ids])
    return {"products": list(wanted)} if wanted else {}


def _counts(form: WebForm, caller: bytes, at: dt.datetime) -> dict[str, int]:
    from_caller, through_form = queries.counted(form.pk, caller, at)
    return {"from_caller": from_caller, "through_form": through_form}


def _of_form(form: WebForm, opened: Opened) -> dict[str, object]:
    """Give what a lead has from its form and from the address it was opened by."""
    return {
        "source": opened.source or form.source,
        "source_detail": opened.source_detail or form.name,
        "campaign": opened.campaign_id or form.campaign_id,
        "purpose": form.purpose,
        "unit": form.unit_id,
    }
