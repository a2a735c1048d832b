"""Define, change, retire, bring back and delete a company's own fields: at once, for all who begin anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.choices.making import make
from duyen.entities.custom.reading import Read, read_given
from duyen.entities.custom.rules import MOST_FIELDS, key_from
from duyen.entities.derived.plans import all_plans
from duyen.entities.derived.reading import followers_of
from duyen.entities.derived.recounting import ask_again
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound, Refused
from duyen.entities.fields import Option
from duyen.entities.fields.base import OWN
from duyen.entities.history import name_verbs
from duyen.entities.indexes.asking import ask_index, remove_index
from duyen.entities.indexes.errors import IndexThere, NothingToIndex, TooManyIndexes
from duyen.entities.models import CompanyIndex
from duyen.entities.quickness import is_served
from duyen.entities.registry import all_entities
from duyen.entities.trail_lines import name_families, name_things
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.fields.models import Computed, CustomField, DueValue
from duyen.foundation.fields.versions import bump_version, hold_definitions, pin
from duyen.foundation.fields.words import DERIVED_KINDS, FieldKind, FieldState
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import ask
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem

#: The job that takes the values of a deleted field out of the records.
PURGE = "purge_field"


class TooManyFields(Refused):
    """The entity has as many fields of the company's own as it may have."""

    code = "too_many_fields"
    sentence = gettext_lazy(
        "There are %(most)s fields of your own here already, and no more fit. Retire or delete one first."
    )


class DefinitionChanged(Refused):
    """Somebody else changed the field since the caller read it; nothing was written."""

    code = "stale"
    sentence = gettext_lazy(
        "%(who)s changed this field while you were working. Nothing of yours was saved: "
        "look at what it says now, then enter your change again."
    )


class FieldFollowed(Refused):
    """Formulas or roll-ups follow from the field."""

    code = "followed"
    sentence = gettext_lazy("%(fields)s follow from this field. Change or delete those first.")


class FormulaBroken(Refused):
    """What a formula names is not in use."""

    code = "formula_broken"
    sentence = gettext_lazy("This names a field that is not in use. Bring that back first.")


class FieldGone(Refused):
    """The field is deleted; its values go or are gone."""

    code = "field_gone"
    sentence = gettext_lazy("This field was deleted. Make a new one instead.")


def may_define(actor: Actor) -> bool:
    """Tell whether the actor decides which fields there are: whoever administers the company."""
    return actor.is_system or actor.may("users", CHANGE)


def refuse_others(actor: Actor) -> None:
    """Refuse whoever may not define fields. Raises NotAllowed."""
    if not may_define(actor):
        raise NotAllowed(why=_("the fields of the company are for administrators."))


def adaptable() -> list[Entity]:
    """List the entities that can have fields of the company's own: those whose table has room for them."""
    return [
        each
        for each in all_entities()
        if any(column.column == "custom" for column in each.model._meta.concrete_fields)
    ]


def adaptable_named(name: str) -> Entity:
    """Give one of them by name. Raises NotFound."""
    found = next((each for each in adaptable() if each.name == name), None)
    if found is None:
        raise NotFound
    return found


def definition(field_id: int) -> CustomField:
    """Read one definition that is not deleted. Raises NotFound, FieldGone."""
    found = CustomField.objects.filter(pk=field_id).order_by("pk").first()
    if found is None:
        raise NotFound
    if found.state == FieldState.DELETED:
        raise FieldGone
    return found


def define(entity: Entity, given: Mapping[str, Any], *, actor: Actor) -> CustomField:
    """Add a field. Raises NotAllowed, InvalidValues, TooManyFields."""
    refuse_others(actor)
    with transaction.atomic():
        trail.begin(actor, "custom_fields.create")
        _take_turn()
        known = CustomField.objects.filter(entity=entity.name)
        if known.filter(state=FieldState.ACTIVE).count() >= MOST_FIELDS:
            raise TooManyFields(most=MOST_FIELDS)
        read = read_given(entity, given)
        taken = set(known.values_list("key", flat=True))
        key = read.columns.pop("key", "") or key_from(read.columns.get("label", ""), taken)
        _refuse_taken(entity, None, read, key, taken)
        _refuse(read)
        moment = now()
        made = CustomField.objects.create(
            entity=entity.name,
            key=key,
            place=known.count() + 1,
            created_at=moment,
            updated_at=moment,
            created_by_id=actor.user_id,
            updated_by_id=actor.user_id,
            **read.columns,
        )
        _raise_version()
        _make_findable(made, actor)
        _work_out(made, actor)
    return made


def alter(field_id: int, given: Mapping[str, Any], *, version: int, actor: Actor) -> CustomField:
    """Change what a definition says; key and kind stay. No row is touched.

    Raises NotAllowed, NotFound, FieldGone, DefinitionChanged, InvalidValues.
    """
    refuse_others(actor)
    with transaction.atomic():
        trail.begin(actor, "custom_fields.change")
        _take_turn()
        held = _held(field_id, version)
        entity = adaptable_named(held.entity)
        read = read_given(entity, given, held=held)
        _refuse_taken(entity, held, read, held.key, set())
        _refuse(read)
        if any(getattr(held, name) != value for name, value in read.columns.items()):
            _write(held, actor, **read.columns)
            changed = CustomField.objects.get(pk=field_id)
            _make_findable(changed, actor)
            _work_out(changed, actor)
    return CustomField.objects.get(pk=field_id)


def share_options(field_id: int, *, version: int, actor: Actor) -> str:
    """Make a list of a field's own options, from which other fields can take theirs; gives its name.

    Codes stay, so that no record is touched. Raises NotAllowed, NotFound, FieldGone, DefinitionChanged,
    InvalidValues or TooManyLists.
    """
    refuse_others(actor)
    with transaction.atomic():
        trail.begin(actor, "custom_fields.share")
        _take_turn()
        held = _held(field_id, version)
        if not held.options:
            raise NotFound
        options = [
            Option(each["code"], each["label"], is_retired=bool(each.get("is_retired")))
            for each in held.options
        ]
        name = make(actor=actor, vi=held.label, options=options)
        trail.begin(actor, "custom_fields.share")
        _write(held, actor, options=[], limits={**held.limits, "list": name})
    return name


def _make_findable(held: CustomField, actor: Actor) -> None:
    """Have the index built without which search does not look into the field. Raises TooManyIndexes.

    A link has one as well, by which a merge finds who links to a record; where no more indexes fit it looks
    through the table instead.
    """
    is_link = held.kind == FieldKind.LINK
    for entity, field in _ways_of(held):
        if not is_served(entity, entity.field(field), "eq"):
            with suppress(IndexThere, NothingToIndex):
                ask_index(entity, field, "filter", actor=actor)
    if not held.searched and not is_link:
        return
    with suppress(IndexThere, *([TooManyIndexes] if is_link else [])):
        ask_index(adaptable_named(held.entity), f"{OWN}{held.key}", "filter", actor=actor)


def _ways_of(held: CustomField) -> list[tuple[Entity, str]]:
    """List the links by which it is found what follows from what, by entity and name: each needs an index."""
    plan = all_plans().by_id.get(held.pk)
    if plan is None:
        return []
    source = plan.rollup.source if plan.rollup else None
    if source is not None:
        return [(source.entity, source.link.name)] if source.entity is not None else []
    return [(plan.entity, each.link) for each in plan.fars]


def _work_out(held: CustomField, actor: Actor) -> None:
    """Leave the values of what follows from others to the worker."""
    if held.kind in DERIVED_KINDS:
        ask_again(actor)


def retire(field_id: int, *, version: int, actor: Actor) -> None:
    """Take a field out of use; its values stay. Raises what `alter` raises."""
    _set_state(field_id, FieldState.RETIRED, "custom_fields.retire", version=version, actor=actor)


def restore(field_id: int, *, version: int, actor: Actor) -> None:
    """Bring a retired field back with its values. Raises what `alter` raises, TooManyFields."""
    _set_state(field_id, FieldState.ACTIVE, "custom_fields.restore", version=version, actor=actor)


def delete(field_id: int, *, version: int, actor: Actor) -> Job:
    """Delete a field: it is gone at once, its indexes and values in the background; gives the values' job.

    Raises what `alter` raises, and IndexThere while one of its indexes is being built or removed.
    """
    refuse_others(actor)
    with transaction.atomic():
        trail.begin(actor, "custom_fields.delete")
        _take_turn()
        held = _held(field_id, version)
        for each in CompanyIndex._default_manager.filter(entity=held.entity, field=f"{OWN}{held.key}"):
            remove_index(each.pk, actor=actor)
        trail.begin(actor, "custom_fields.delete")
        _refuse_followed(held, CustomField.objects.exclude(state=FieldState.DELETED))
        _write(held, actor, state=FieldState.DELETED.value)
        _forget_values(held)
        label = _("Remove the values of “%(field)s”") % {"field": held.label}
        job = ask(PURGE, actor=actor, label=label, arguments={"field": held.pk})
        leave_to_worker(job)
    return job


def _set_state(field_id: int, state: FieldState, verb: str, *, version: int, actor: Actor) -> None:
    refuse_others(actor)
    with transaction.atomic():
        trail.begin(actor, verb)
        _take_turn()
        held = _held(field_id, version)
        in_use = CustomField.objects.filter(entity=held.entity, state=FieldState.ACTIVE)
        if state is FieldState.ACTIVE and in_use.count() >= MOST_FIELDS:
            raise TooManyFields(most=MOST_FIELDS)
        if state is FieldState.RETIRED:
            _refuse_followed(held, in_use)
            _forget_values(held)
        if held.state != state:
            _write(held, actor, state=state.value)
        if held.kind in DERIVED_KINDS and state is FieldState.ACTIVE:
            if held.pk not in all_plans().by_id:
                raise FormulaBroken
            _work_out(held, actor)


def _refuse_followed(held: CustomField, among: QuerySet[CustomField]) -> None:
    """Refuse to take away what others follow from. Raises FieldFollowed."""
    found = followers_of(held.entity, f"{OWN}{held.key}", list(among.order_by("pk")))
    if found:
        raise FieldFollowed(fields=", ".join(f"“{each.label}”" for each in found))


def _forget_values(held: CustomField) -> None:
    """Forget that the values of a formula are up to date, and what of them is due: nobody keeps them now."""
    Computed.objects.filter(field_id=held.pk).delete()
    DueValue.objects.filter(field_id=held.pk).delete()


def _take_turn() -> None:
    """Let one define after the other, so that no two take the same key or the last place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('custom_fields'))")
    pin()


def _raise_version() -> None:
    """Give the definitions a new version, behind all writes that follow from the old ones."""
    hold_definitions()
    bump_version()


def _held(field_id: int, version: int) -> CustomField:
    found = definition(field_id)
    if found.version != version:
        raise DefinitionChanged(who=_who_changed(found))
    return found


def _who_changed(held: CustomField) -> str:
    last = History.objects.filter(root_entity="custom_fields", root_id=held.pk).order_by("-id").first()
    return last.actor_name if last else "?"


def _write(held: CustomField, actor: Actor, **columns: Any) -> None:
    CustomField.objects.filter(pk=held.pk).update(
        **columns, version=held.version + 1, updated_at=now(), updated_by_id=actor.user_id
    )
    _raise_version()


def _refuse_taken(entity: Entity, held: CustomField | None, read: Read, key: str, taken: set[str]) -> None:
    """Say where a name is taken: of another field in use, or a key that another one has or had."""
    label = str(read.columns.get("label", "")).casefold()
    others = CustomField.objects.filter(entity=entity.name).exclude(state=FieldState.DELETED)
    declared = {str(each.label).casefold() for each in entity.declared.fields}
    own = {each.label.casefold() for each in others if held is None or each.pk != held.pk}
    if label and label in declared | own:
        read.refuse("label", "taken", _("Another field here is called like that. Give it another name."))
    if key in taken:
        read.refuse("key", "taken", _("This key is or was that of another field. Choose another one."))


def _refuse(read: Read) -> None:
    if read.problems:
        raise InvalidValues([FieldProblem(*each) for each in read.problems])


name_verbs(
    {
        "custom_fields.create": gettext_lazy("Field added"),
        "custom_fields.change": gettext_lazy("Field changed"),
        "custom_fields.share": gettext_lazy("Options of a field made a list"),
        "custom_fields.retire": gettext_lazy("Field retired"),
        "custom_fields.restore": gettext_lazy("Field in use again"),
        "custom_fields.delete": gettext_lazy("Field deleted"),
        "custom_fields.purge": gettext_lazy("Values of a deleted field removed"),
    }
)


def _called(ids: Collection[int]) -> Mapping[int, str]:
    """Give the names of fields by their numbers, for the trail."""
    return dict(CustomField.objects.filter(pk__in=ids).values_list("pk", "label"))


name_families({"custom_fields": gettext_lazy("Field of our own")})
name_things({"custom_fields": _called})
__all__ = ["IndexThere", "adaptable", "alter", "define", "delete", "restore", "retire"]
