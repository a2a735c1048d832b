"""Find a record by the code of one that went into it: old papers and spreadsheets go on to lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from duyen.entities.entity import Entity
from duyen.entities.labels import labels
from duyen.entities.merging.hangings import mergeable
from duyen.entities.merging.standing import survivor_of
from duyen.entities.models import MergedRecord
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ, FieldLevel


def looks_like_a_code(text: str) -> bool:
    """Tell whether a text can be a code at all, so that no other word asks the table."""
    return any(sign.isdigit() for sign in text) and any(sign.isalpha() for sign in text) and " " not in text


def behind_former_code(
    code: str, entities: Sequence[Entity], actor: Actor
) -> Iterator[tuple[Entity, int, str, str]]:
    """Give the records behind a former code that these entities open: entity, id, code and name of each.

    A reader who may not see codes finds nothing by them.
    """
    asked = [each for each in entities if mergeable(each) and _reads_codes(each, actor)]
    families = {each.family for each in asked}
    if not families or not looks_like_a_code(code):
        return
    held = MergedRecord.objects.filter(code=code, family__in=families, stands=True).order_by("pk")
    for family, record_id in held.values_list("family", "record_id")[:5]:
        survivor = survivor_of(family, record_id)
        if survivor is None:
            continue
        for entity in (each for each in asked if each.family == family):
            if entity.rows(actor).filter(pk=survivor).exists():
                found = labels(actor, entity, [survivor])[survivor]
                yield entity, survivor, found.code, found.label
                break


def _reads_codes(entity: Entity, actor: Actor) -> bool:
    if "code" not in entity.by_name or not actor.may(entity.name, READ):
        return False
    return entity.level(actor, "code") is not FieldLevel.HIDDEN
