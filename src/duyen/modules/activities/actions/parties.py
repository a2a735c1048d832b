"""What is about a record goes with it to the customer that it turns out to belong to."""

from __future__ import annotations

from duyen.modules.activities.about import parties_of, settle
from duyen.modules.activities.last_contact import look_again
from duyen.modules.activities.models import About


def follow_party(entity: str, record_id: int) -> None:
    """Let the activities about a record name the party that it has now. The trail must be open."""
    ref = (entity, record_id)
    ties = About.objects.filter(entity=entity, record_id=record_id)
    touched = {each for each in ties.values_list("party_id", flat=True) if each is not None}
    party = parties_of([ref]).get(ref)
    ties.update(party_id=party)
    settle([entity], [record_id])
    touched |= {party} if party else set()
    if touched:
        look_again(touched)
