"""Keep a view of a list, give it to others, choose it as the first one: each in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.filters import compile_filter
from duyen.entities.history import name_verbs
from duyen.entities.models import FirstView, SavedView
from duyen.entities.sorting import read_orders
from duyen.entities.trail_lines import name_families
from duyen.entities.views.reading import may_administer, views_of
from duyen.entities.views.rules import LONGEST_NAME, MOST_OF_A_PERSON, may_give_to
from duyen.entities.views.state import ViewState
from duyen.entities.words import Audience
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, READ
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role, Unit
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.kernel.text import clean

name_verbs(
    {
        "views.save": _("View saved"),
        "views.change": _("View changed"),
        "views.delete": _("View deleted"),
        "views.restore": _("View restored"),
        "views.move": _("Views put in another order"),
        "views.open_with": _("First view of a list chosen"),
    }
)
name_families({"views": _("View of a list"), "first_views": _("First view of a list")})


@dataclass(frozen=True)
class ForWhom:
    """Who is to find a view: its owner, one unit, or everybody."""

    audience: Audience = Audience.ME
    unit_id: int | None = None


FOR_ME = ForWhom()


def save_view(
    entity: Entity, *, actor: Actor, name: str, state: ViewState, for_whom: ForWhom = FOR_ME
) -> SavedView:
    """Keep a new view. Raises InvalidValues, NotAllowed, or BadRequest for a state that reads no list."""
    with transaction.atomic():
        title = _named(name)
        _refuse_unreadable(entity, actor, state)
        _refuse_audience(entity, actor, for_whom)
        mine = SavedView.objects.filter(entity=entity.name, owner_id=actor.user_id or 0, deleted_at=None)
        if mine.count() >= MOST_OF_A_PERSON:
            raise InvalidValues(
                [FieldProblem("name", "too_many", _("You keep very many views already. Delete one first."))]
            )
        trail.begin(actor, "views.save")
        last = SavedView.objects.filter(entity=entity.name).aggregate(last=Max("place"))["last"] or 0
        moment = now()
        return SavedView.objects.create(
            entity=entity.name,
            name=title,
            state=state.as_json(),
            owner_id=actor.user_id or 0,
            audience=for_whom.audience,
            unit_id=for_whom.unit_id,
            place=last + 1,
            created_at=moment,
            updated_at=moment,
            created_by_id=actor.user_id,
            updated_by_id=actor.user_id,
        )


def change_view(
    entity: Entity,
    view_id: int,
    *,
    actor: Actor,
    name: str | None = None,
    state: ViewState | None = None,
    for_whom: ForWhom | None = None,
) -> SavedView:
    """Change what is given of a view: its name, what it shows, or for whom it is.

    Raises NotFound, NotAllowed, InvalidValues, BadRequest.
    """
    with transaction.atomic():
        view = _locked(entity, view_id, actor)
        if name is not None:
            view.name = _named(name)
        if state is not None:
            _refuse_unreadable(entity, actor, state)
            view.state = state.as_json()
        if for_whom is not None:
            _refuse_audience(entity, actor, for_whom)
            view.audience, view.unit_id = for_whom.audience, for_whom.unit_id
        trail.begin(actor, "views.change")
        _write(view, actor, ["name", "state", "audience", "unit"])
        return view


def delete_view(entity: Entity, view_id: int, *, actor: Actor) -> SavedView:
    """Take a view off the tabs; `restore_view` brings it back. Raises NotFound, NotAllowed."""
    with transaction.atomic():
        view = _locked(entity, view_id, actor)
        trail.begin(actor, "views.delete")
        view.deleted_at = now()
        _write(view, actor, ["deleted_at"])
        return view


def restore_view(entity: Entity, view_id: int, *, actor: Actor) -> SavedView:
    """Bring a deleted view back. Raises NotFound, NotAllowed."""
    with transaction.atomic():
        view = _locked(entity, view_id, actor, deleted=True)
        trail.begin(actor, "views.restore")
        view.deleted_at = None
        _write(view, actor, ["deleted_at"])
        return view


def move_view(entity: Entity, view_id: int, *, actor: Actor, earlier: bool) -> None:
    """Let a view change places with its neighbour among those that the actor may change.

    At the end of the row nothing is to be done. Raises NotFound, NotAllowed.
    """
    with transaction.atomic():
        view = _locked(entity, view_id, actor)
        row = [each.id for each in views_of(entity, actor) if each.is_mine_to_change]
        here = row.index(view.pk)
        there = here - 1 if earlier else here + 1
        if not 0 <= there < len(row):
            return
        row[here], row[there] = row[there], row[here]
        trail.begin(actor, "views.move")
        places = dict(SavedView.objects.filter(pk__in=row).values_list("pk", "place"))
        for place, each in zip(sorted(places.values()), row, strict=True):
            if places[each] != place:
                SavedView.objects.filter(pk=each).update(place=place)


def open_with(entity: Entity, view_id: int | None, *, actor: Actor, role_id: int | None = None) -> None:
    """Choose the view with which a list opens, for oneself or for a role; none takes the choice back.

    A view for a role must be open to all who may hold it, so it is one for everybody.
    Raises NotFound, NotAllowed, InvalidValues.
    """
    with transaction.atomic():
        whom: dict[str, Any] = {"user_id": actor.user_id, "role_id": None}
        if role_id is not None:
            whom = {"user_id": None, "role_id": _role(entity, role_id, actor)}
        if view_id is not None:
            _refuse_closed(entity, view_id, actor, for_role=role_id is not None)
        trail.begin(actor, "views.open_with")
        if view_id is None:
            FirstView.objects.filter(entity=entity.name, **whom).delete()
        else:
            FirstView.objects.update_or_create(entity=entity.name, **whom, defaults={"view_id": view_id})


def _role(entity: Entity, role_id: int, actor: Actor) -> int:
    if not may_administer(entity, actor):
        raise NotAllowed(why=_("choosing for a role is left to those who answer for all records."))
    if not Role.objects.filter(pk=role_id).exists():
        raise InvalidValues([FieldProblem("role", "link", _("There is no such role. Choose another one."))])
    return role_id


def _refuse_closed(entity: Entity, view_id: int, actor: Actor, *, for_role: bool) -> None:
    found = next((each for each in views_of(entity, actor) if each.id == view_id), None)
    if found is None:
        raise NotFound
    if for_role and found.audience is not Audience.ALL:
        sentence = _("Give the view to everybody first; those of the role could not open it.")
        raise InvalidValues([FieldProblem("role", "closed", sentence)])


def _locked(entity: Entity, view_id: int, actor: Actor, *, deleted: bool = False) -> SavedView:
    """Lock a view for a change: one's own, or one of others where one may publish to them."""
    rows = SavedView.objects.select_for_update(of=("self",), no_key=True)
    view = rows.filter(pk=view_id, entity=entity.name, deleted_at__isnull=not deleted).order_by("pk").first()
    if view is None:
        raise NotFound
    if view.owner_id == actor.user_id:
        return view
    seen = deleted or any(each.id == view.pk for each in views_of(entity, actor))
    audience = Audience(view.audience)
    if audience is not Audience.ME and may_give_to(audience, view.unit_id, actor.scope(entity.name, CHANGE)):
        return view
    if not seen or audience is Audience.ME:
        raise NotFound
    raise NotAllowed(why=_("this view belongs to somebody else. Save it under a name of your own."))


def _write(view: SavedView, actor: Actor, fields: list[str]) -> None:
    view.version += 1
    view.updated_at, view.updated_by_id = now(), actor.user_id
    view.save(update_fields=[*fields, "version", "updated_at", "updated_by"])


def _named(text: str) -> str:
    name = clean(text)
    if not 0 < len(name) <= LONGEST_NAME:
        sentence = _("Give the view a name of at most %(most)s characters.") % {"most": LONGEST_NAME}
        raise InvalidValues([FieldProblem("name", "name", sentence)])
    return name


def _refuse_unreadable(entity: Entity, actor: Actor, state: ViewState) -> None:
    """Refuse a state that reads no list. Raises NotAllowed, BadRequest."""
    if not actor.may(entity.name, READ) or actor.user_id is None:
        raise NotAllowed(why=_("your role gives no right to this list."))
    compile_filter(entity, actor, state.filter, alias="t")
    read_orders(entity, entity.listing(state.listing), actor, state.order)


def _refuse_audience(entity: Entity, actor: Actor, for_whom: ForWhom) -> None:
    if for_whom.audience is Audience.UNIT and not Unit.objects.filter(pk=for_whom.unit_id or 0).exists():
        raise InvalidValues([FieldProblem("unit", "link", _("Choose the unit that is to find the view."))])
    if not may_give_to(for_whom.audience, for_whom.unit_id, actor.scope(entity.name, CHANGE)):
        raise NotAllowed(why=_("a view for others is left to those who may change the others' records."))
