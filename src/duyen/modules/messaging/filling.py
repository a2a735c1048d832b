"""What a template's fields give for one record and one sender: only what the sender may see."""

from __future__ import annotations

from collections.abc import Mapping

from duyen.entities.entity import Entity
from duyen.entities.fields import Field, Link, LongText
from duyen.entities.labels import link_labels
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.org.models import User
from duyen.foundation.org.queries import positions_of
from duyen.foundation.settings.company import settings_of
from duyen.modules.messaging import rules
from duyen.modules.messaging.models import MailTemplate
from duyen.modules.messaging.rules import Written

#: The kinds of records to which one writes, each by the word that stands before the dot.
WRITTEN_TO: Mapping[str, str] = {"customers": "customer", "contacts": "contact"}
ANY = "record"
_ME = ("full_name", "email", "phone", "job_title", "unit")
_COMPANY = ("name", "address", "tax_code")


def known_places(entity_name: str) -> set[str]:
    """Name the fields that a template may hold: of one kind of record, or of any of them."""
    found = {*(f"me.{each}" for each in _ME), *(f"company.{each}" for each in _COMPANY)}
    names = [entity_name] if entity_name else list(WRITTEN_TO)
    sets = [{each.name for each in _shown(entity_named(name).fields)} for name in names]
    common = set.intersection(*sets)
    found |= {f"{ANY}.{each}" for each in common}
    if entity_name:
        found |= {f"{WRITTEN_TO[entity_name]}.{each}" for each in common}
    return found


def _shown(fields: object) -> list[Field]:
    return [each for each in fields if not isinstance(each, LongText)]  # type: ignore[attr-defined]


def values_for(actor: Actor, entity: Entity, record_id: int) -> dict[str, str]:
    """Give the words for each field that a template may name: empty where nothing is known or shown."""
    row = entity.rows(actor).filter(pk=record_id).values(*entity.columns).first()
    if row is None:
        return {}
    row = dict(row)
    entity.unfold(row)
    fields = _shown(entity.readable(actor))
    linked = link_labels(actor, fields, [row])
    values = entity.values(row)
    found: dict[str, str] = {}
    for each in fields:
        value = values[each.name]
        if isinstance(each, Link):
            target = linked.get(each.to, {}).get(value) if value else None
            told = target.label if target is not None and target.is_open else ""
        else:
            told = "" if value in (None, "", [], (), {}) else each.show(value)
        for root in (WRITTEN_TO.get(entity.name, ANY), ANY):
            found[f"{root}.{each.name}"] = told
    return found | _of_sender(actor) | _of_company()


def _of_sender(actor: Actor) -> dict[str, str]:
    user = User.objects.filter(pk=actor.user_id or 0).order_by("pk").first()
    if user is None:
        return {}
    place = next((each for each in positions_of(user.pk) if each.is_main), None)
    told = {name: str(getattr(user, name)) for name in _ME if name != "unit"}
    told["unit"] = place.unit if place is not None else ""
    return {f"me.{name}": value for name, value in told.items()}


def _of_company() -> dict[str, str]:
    kept = settings_of(*(f"company.{each}" for each in _COMPANY))
    return {key: str(value) for key, value in kept.items()}


def written(template: MailTemplate, *, actor: Actor, entity: Entity, record_id: int) -> Written:
    """Fill a template in for one record, as its sender may see it."""
    return rules.fill(template.subject, template.body, values_for(actor, entity, record_id))
