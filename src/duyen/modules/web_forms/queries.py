"""What is read of web forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from duyen.entities.custom.kinds import Own, OwnLink
from duyen.entities.fields import Choice, Field, Option, Several
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import Door
from duyen.modules.web_forms import choices
from duyen.modules.web_forms.models import Entry, WebForm
from duyen.modules.web_forms.rules import CALLER_SPAN, FORM_SPAN

_COUNTED = """
SELECT (SELECT count(*) FROM web_forms_entry WHERE at <= %s AND caller = %s AND at > %s AND form_id = %s),
       (SELECT count(*) FROM web_forms_entry WHERE at <= %s AND form_id = %s AND at > %s)
"""


def visitor() -> Actor:
    """Give who acts where nobody is signed in: the system, for the form alone."""
    return system_actor("web_forms", door=Door.WEB)


def open_form(key: str) -> WebForm | None:
    """Give the form at an address, if it takes anything."""
    return WebForm.objects.filter(key=key, is_open=True, deleted_at=None).order_by("pk").first()


def offered(form: WebForm) -> Sequence[Option]:
    """List the products that visitors choose from, as long as they are sold, in the order of the form."""
    rows = entity_named("products").rows(visitor()).filter(pk__in=form.product_ids)
    names = dict(rows.values_list("pk", "name").order_by("pk"))
    return [Option(str(each), names[each]) for each in form.product_ids if each in names]


def own_fields() -> Mapping[str, Field]:
    """Give the company's own fields of leads that a visitor can fill in, by name: none names a record."""
    fields = entity_named("leads").fields
    return {
        each.name: each
        for each in fields
        if isinstance(each, Own) and not isinstance(each, OwnLink) and each.editable
    }


def asked_options() -> Sequence[Option]:
    """List what a form may ask for: the fields of every lead, then the company's own."""
    return [*choices.ASKED, *(Option(each.name, each.label) for each in own_fields().values())]


def products_by_code(codes: Sequence[str]) -> list[int]:
    """Give the products that an address names by their codes, as far as there are such."""
    if not codes:
        return []
    rows = entity_named("products").rows(visitor()).filter(code__in=list(codes))
    return list(rows.order_by("code", "pk").values_list("pk", flat=True))


def consent_words(text_id: int | None) -> Mapping[str, Any] | None:
    """Give the text under which a form asks for a consent: its id, words and channels."""
    if text_id is None:
        return None
    rows = entity_named("consent_texts").rows(visitor()).filter(pk=text_id, is_active=True)
    return rows.values("id", "words", "channels").order_by("pk").first()


def channels(codes: Sequence[str]) -> Sequence[Option]:
    """Give channels with their words, by their codes."""
    field = entity_named("consents").field("channels")
    known = field.known() if isinstance(field, Several) else ()
    return [each for each in known if each.code in codes]


def party_of(lead_id: int) -> int:
    """Give the party who speaks in a lead."""
    rows = entity_named("leads").rows(visitor()).filter(pk=lead_id)
    return int(rows.values_list("party_id", flat=True).get())


def campaign_by_code(code: str) -> int | None:
    """Give the campaign that an address names by its code, if there is one."""
    rows = entity_named("campaigns").rows(visitor()).filter(code=code)
    return rows.values_list("pk", flat=True).order_by("pk").first() if code else None


def source_options() -> Mapping[str, Option]:
    """Give the sources of leads by their codes."""
    field = entity_named("leads").field("source")
    return field.held.by_code if isinstance(field, Choice) else {}


def known_source(code: str) -> str:
    """Give a source that an address names by its code, if it is one that the company uses."""
    option = source_options().get(code)
    return option.code if option and not option.is_retired else ""


def counted(form_id: int, caller: bytes, at: dt.datetime) -> tuple[int, int]:
    """Count what came lately through one form, from one network and in all: one statement, an index each."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [at, caller, at - CALLER_SPAN, form_id, at, form_id, at - FORM_SPAN])
        from_caller, through_form = cursor.fetchone()
    return int(from_caller), int(through_form)


def lead_of(nonce: str) -> int | None:
    """Give the lead that came of a page."""
    return Entry.objects.filter(nonce=nonce).values_list("lead_id", flat=True).get()


def taken_since(form_id: int, since: dt.datetime) -> int:
    """Count the leads that came through a form since a moment."""
    return Entry.objects.filter(form_id=form_id, at__gte=since, lead_id__isnull=False).count()


def ties_of_entries() -> QuerySet[Entry, Any]:
    """Tie what was sent to the leads that came of it, for statements of others: columns lead_id and at."""
    return Entry.objects.filter(lead_id__isnull=False).order_by().values("lead_id", "at")
