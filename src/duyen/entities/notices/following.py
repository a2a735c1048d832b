"""Tell people what the trail says of their records: a follower of it, so that every door is heard.

It tells who was given records, to whom one was shared, who watches what was changed, and says to the live
process which records changed. Many alike of one step are one notice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from duyen.entities.entity import Entity
from duyen.entities.history import changes_of
from duyen.entities.labels import labels
from duyen.entities.registry import all_entities, entity_named
from duyen.entities.stand_ins import has_stand_ins
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import CHANGE, CREATE, Door
from duyen.foundation.audit.following import Entry, follow
from duyen.foundation.audit.models import History
from duyen.foundation.notices.live import say_changed
from duyen.foundation.notices.telling import notify
from duyen.foundation.org.models import Absence, User
from duyen.foundation.shares.models import Share
from duyen.foundation.watching.watches import watchers_of

NAME = "notices"
INSERTED, UPDATED = "I", "U"
SHARES, ABSENCES = "shares", "absences"


@dataclass(frozen=True)
class _Gift:
    """Records of one entity that one step gave to one person."""

    user_id: int
    operation: int
    entity: str
    actor_id: int | None
    actor_name: str


def start() -> None:
    """Let the follower be known; once, when the program starts."""
    follow(NAME, tell)


def tell(entries: Sequence[Entry]) -> None:
    """Tell what a chunk of the trail means for whom."""
    families = {each.family: each for each in reversed(all_entities())}
    given = _given(entries, families)
    _tell_gifts(given)
    _tell_shares([each for each in entries if each.family == SHARES and each.kind == INSERTED])
    _tell_deputies([each for each in entries if each.family == ABSENCES and each.kind == INSERTED])
    told = {
        (gift.user_id, gift.operation, record_id)
        for gift, record_ids in given.items()
        for record_id in record_ids
    }
    changed = [each for each in entries if each.root in families and not _is_birth(each, families)]
    _tell_watchers(changed, families, told)
    say_changed({(each.root, each.root_id) for each in changed})


def _is_birth(entry: Entry, families: Mapping[str, Entity]) -> bool:
    """Tell whether a row came with the birth of its record: nobody can have that open or watch it."""
    names = {each.name for each in (families[entry.root], *families[entry.root].relatives)}
    name, _dot, verb = entry.verb.partition(".")
    return entry.kind == INSERTED and (entry.family == entry.root or (verb == CREATE and name in names))


# --- Records given ---------------------------------------------------------------------------------------


def _given(entries: Sequence[Entry], families: Mapping[str, Entity]) -> dict[_Gift, list[int]]:
    """Find the records that got an owner who did not do it herself."""
    owned = [each for each in entries if each.family == each.root and _owner_column(families.get(each.root))]
    owners = _owners_at_birth([each for each in owned if each.kind == INSERTED], families)
    found: dict[_Gift, list[int]] = defaultdict(list)
    for each in owned:
        owner = owners.get((each.root, each.root_id)) if each.kind == INSERTED else _new_owner(each, families)
        if owner is not None and owner != each.actor_id:
            gift = _Gift(owner, each.operation, _entity_of(each, families), each.actor_id, each.actor_name)
            found[gift].append(each.root_id)
    return dict(found)


def _owner_column(entity: Entity | None) -> str:
    return entity.scope.owner if entity is not None else ""


def _new_owner(entry: Entry, families: Mapping[str, Entity]) -> int | None:
    owner: int | None = entry.changes.get(_owner_column(families[entry.root]), (None, None))[1]
    return owner


def _owners_at_birth(born: Sequence[Entry], families: Mapping[str, Entity]) -> dict[tuple[str, int], int]:
    """Read who owns new records: the trail tells no values of a birth, because its row holds them."""
    ids: dict[str, list[int]] = defaultdict(list)
    for each in born:
        ids[each.root].append(each.root_id)
    return {
        (family, record_id): owner
        for family, record_ids in ids.items()
        for record_id, owner in families[family]
        .model._default_manager.filter(pk__in=record_ids)
        .values_list("pk", families[family].scope.owner)
        if owner is not None
    }


def _entity_of(entry: Entry, families: Mapping[str, Entity]) -> str:
    """Name the entity by which the step was taken: a contact is given as a contact."""
    name = entry.verb.partition(".")[0]
    known = {each.name for each in all_entities() if each.family == entry.root}
    return name if name in known else families[entry.root].name


def _tell_gifts(given: Mapping[_Gift, Sequence[int]]) -> None:
    together: dict[tuple[int, int], set[tuple[str, int]]] = defaultdict(set)
    for gift, ids in given.items():
        together[gift.user_id, gift.operation].update((gift.entity, each) for each in ids)
    actors: dict[int, Actor] = {}
    for gift, ids in given.items():
        record_ids = _told_by_itself(gift, ids, together[gift.user_id, gift.operation], actors)
        if not record_ids:
            continue
        notify(
            [gift.user_id],
            "assigned",
            entity=gift.entity,
            record_id=record_ids[0] if len(record_ids) == 1 else None,
            actor_id=gift.actor_id,
            actor_name=gift.actor_name,
            count=len(record_ids),
            fold=f"step:{gift.operation}:{gift.entity}",
        )


def _told_by_itself(
    gift: _Gift, ids: Sequence[int], together: set[tuple[str, int]], actors: dict[int, Actor]
) -> Sequence[int]:
    """Leave out the records for which others stand that the same step gave: a party goes with its lead."""
    target = entity_named(gift.entity)
    if len(together) == len(ids) or not has_stand_ins(target):
        return ids
    if gift.user_id not in actors:
        actors[gift.user_id] = actor_for(User.objects.get(pk=gift.user_id), Door.JOB)
    shown = labels(actors[gift.user_id], target, ids)
    return [
        each for each in ids if each not in shown or (shown[each].entity, shown[each].opens) not in together
    ]


# --- Records shared, deputies named ----------------------------------------------------------------------


def _tell_shares(entries: Sequence[Entry]) -> None:
    shares = {each.pk: each for each in Share.objects.filter(pk__in=[entry.record_id for entry in entries])}
    for entry in entries:
        share = shares.get(entry.record_id)
        if share is not None:
            notify(
                [share.user_id],
                "shared",
                entity=share.entity,
                record_id=share.record_id,
                actor_id=entry.actor_id,
                actor_name=entry.actor_name,
                fold=f"step:{entry.operation}:{share.entity}",
            )


def _tell_deputies(entries: Sequence[Entry]) -> None:
    ids = [entry.record_id for entry in entries]
    absences = {each.pk: each for each in Absence.objects.filter(pk__in=ids).select_related("user")}
    for entry in entries:
        absence = absences.get(entry.record_id)
        if absence is not None and absence.deputy_id != entry.actor_id:
            notify(
                [absence.deputy_id],
                "deputy",
                entity="users",
                record_id=absence.user_id,
                actor_id=absence.user_id,
                actor_name=absence.user.full_name,
                since=absence.since.isoformat(),
                until=absence.until.isoformat(),
            )


# --- Records watched -------------------------------------------------------------------------------------


def _tell_watchers(
    entries: Sequence[Entry], families: Mapping[str, Entity], told: set[tuple[int, int, int]]
) -> None:
    """Tell those who watch a record what others changed of it, as far as they may see that."""
    by_record: dict[tuple[str, int], list[Entry]] = defaultdict(list)
    for each in entries:
        by_record[each.root, each.root_id].append(each)
    wanted: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for family in {family for family, _record_id in by_record}:
        ids = [record_id for root, record_id in by_record if root == family]
        for record_id, user_ids in watchers_of(family, ids).items():
            for user_id in user_ids:
                wanted[user_id].append((family, record_id))
    for user in User.objects.filter(pk__in=list(wanted), is_active=True).order_by("pk"):
        actor = actor_for(user, Door.JOB)
        for place, opener in _open_to(actor, wanted[user.pk], families):
            others = [each for each in by_record[place] if each.actor_id != user.pk]
            steps = _steps([each for each in others if not _is_on_herself(each)])
            for operation, rows in steps.items():
                if (user.pk, operation, place[1]) not in told and _tells(actor, opener, rows):
                    _tell_watcher(user.pk, place, opener, rows[-1])


def _is_on_herself(entry: Entry) -> bool:
    """Tell whether a person did something to her own account, such as a new password: no news to others."""
    return entry.root == "users" and entry.root_id == entry.actor_id


def _open_to(
    actor: Actor, places: Iterable[tuple[str, int]], families: Mapping[str, Entity]
) -> list[tuple[tuple[str, int], Entity]]:
    """Give those records that the watcher may read, each with the entity that opens it to her."""
    named = {each.name: each for each in all_entities()}
    ids: dict[str, set[int]] = defaultdict(set)
    for family, record_id in places:
        ids[family].add(record_id)
    return [
        ((family, record.id), named[record.entity])
        for family, record_ids in ids.items()
        for record in labels(actor, families[family], record_ids).values()
        if record.is_open and record.entity in named
    ]


def _steps(entries: Sequence[Entry]) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = defaultdict(list)
    for each in entries:
        found[each.operation].append(each)
    return dict(found)


def _tells(actor: Actor, entity: Entity, rows: Sequence[Entry]) -> bool:
    """Tell whether a step says anything to the watcher: a change of hidden fields alone does not."""
    if any(each.verb.rpartition(".")[2] != CHANGE for each in rows):
        return True
    return any(
        True
        for each in rows
        for _change in changes_of(
            entity,
            actor,
            History(entity=each.family, root_id=each.root_id, kind=each.kind, changes=dict(each.changes)),
        )
    )


def _tell_watcher(user_id: int, place: tuple[str, int], opener: Entity, entry: Entry) -> None:
    family, record_id = place
    notify(
        [user_id],
        "watched",
        entity=opener.name,
        record_id=record_id,
        actor_id=entry.actor_id,
        actor_name=entry.actor_name,
        operations=[entry.operation],
        fold=f"{family}:{record_id}:{entry.actor_id}:{entry.verb}",
        verb=entry.verb,
    )
