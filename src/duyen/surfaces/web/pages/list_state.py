"""Find out what an address asks of a list: which kept view it stands on, and what was left out of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from duyen.entities.beside import shown_fields
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.listing import Listing
from duyen.entities.shapes import shape_named
from duyen.entities.views.reading import KeptView, first_view, keep_passing, passing_view, views_of
from duyen.entities.views.state import fitted
from duyen.foundation.access.actor import Actor
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.state import (
    AFTER,
    COLUMNS,
    LIST,
    LONGEST_ADDRESS,
    VIEW,
    Base,
    ListState,
    is_bare,
    names_a_shape,
    opening_parts,
    unknown_list,
    unknown_words,
)

#: Before the key of a passing view; the other views go by their number.
_PASSING = "t-"


@dataclass(frozen=True)
class Asked:
    """What an address asks: the state, the views on the tabs, what was left out, what went wrong."""

    state: ListState
    views: Sequence[KeptView] = ()
    left_out: Sequence[str] = ()
    problem: str = ""

    @property
    def view(self) -> KeptView | None:
        """The kept view on which the state stands."""
        token = self.state.base.token if self.state.base else ""
        return next((each for each in self.views if str(each.id) == token), None)


def read_asked(request: ActorRequest, entity: Entity, query: QueryDict | None = None) -> Asked:
    """Read the address of a list for its reader. What cannot be read is told, and the plain list shown.

    `query` is that address where the request itself has another one.
    """
    actor = request.actor
    query = request.GET if query is None else query
    views = views_of(entity, actor)
    first = first_view(views)
    base, problem = _base(entity, actor, query, views)
    if base is None and first is not None and not set(query) - {AFTER}:
        base = _kept_base(first)
    left: list[str] = []
    if base is not None:
        shown, left = fitted(base.state, entity, actor)
        base = replace(base, state=shown)
    try:
        state = ListState.read(entity, query, base=base, opens_elsewhere=first is not None)
    except BadRequest as error:
        state, problem = ListState(entity, opens_elsewhere=first is not None), str(error)
    if base is None and is_bare(entity, query):
        state = _opening(state, actor)
    elif not problem and _is_unknown(state, query, actor):
        told = _("There is no list “%(name)s” here. Choose one of those above.")
        problem = told % {"name": query[LIST][:60]}
    if state.shown.shape and shape_named(entity, state.shown.shape, actor) is None:
        state = state.shaped(None)
    strange = [*unknown_words(query), *(_strange_columns(state, actor) if COLUMNS in query else ())]
    left += [_("“%(name)s” in the address") % {"name": name[:60]} for name in dict.fromkeys(strange)]
    return Asked(state, views, left, problem)


def _opening(state: ListState, actor: Actor) -> ListState:
    """Open the first list, or one without conditions where its own ask for what the reader does not see."""
    if opens_to(state.listing, state.entity, actor):
        return state
    plain = next((each for each in state.entity.lists if not each.opens), None)
    return state.of_list(plain) if plain else state.cleared()


def _is_unknown(state: ListState, query: QueryDict, actor: Actor) -> bool:
    """Tell whether an address names no list that there is, or one that opens by what the reader misses."""
    if unknown_list(state.entity, query):
        return True
    opening = opening_parts(state.listing, state.shape)
    is_opened = LIST in query and bool(opening) and state.shown.parts == opening
    return is_opened and not opens_to(state.listing, state.entity, actor)


def opens_to(listing: Listing, entity: Entity, actor: Actor) -> bool:
    """Tell whether the reader sees every field by which a list opens."""
    readable = {each.name for each in entity.readable(actor)}
    return all(name in readable for name, _operator, _operand in listing.opens)


def _strange_columns(state: ListState, actor: Actor) -> list[str]:
    """Name columns of the address that the reader does not have: hidden ones like those that never were."""
    readable = shown_fields(state.entity, actor)
    return [each.name for each in state.shown.columns if each.name not in readable]


def read_state(request: ActorRequest, entity: Entity, query: QueryDict | None = None) -> ListState:
    """Read the address of a list where its tabs do not matter. Raises BadRequest."""
    asked = read_asked(request, entity, query)
    if asked.problem:
        raise BadRequest(what=asked.problem)
    return asked.state


def _base(
    entity: Entity, actor: Actor, query: QueryDict, views: Sequence[KeptView]
) -> tuple[Base | None, str]:
    token = query.get(VIEW, "")
    if not token or names_a_shape(entity, token):
        return None, ""
    if token.startswith(_PASSING):
        found = passing_view(entity, token.removeprefix(_PASSING))
        if found is not None:
            return Base(token, found), ""
    else:
        view = next((each for each in views if str(each.id) == token), None)
        if view is not None:
            return _kept_base(view), ""
    return None, _("This view is gone, or it is not open to you. Here is the usual list.")


def _kept_base(view: KeptView) -> Base:
    return Base(str(view.id), view.state, view.name, view.is_mine_to_change)


def shortened(request: HttpRequest, state: ListState, actor: Actor) -> ListState | None:
    """Give the state with a short address where the one that asked for it is too long, or nothing."""
    if len(request.META.get("QUERY_STRING", "")) <= LONGEST_ADDRESS:
        return None
    if state.base is not None and not state.base.name and state.shown == state.base.state:
        return None
    key = keep_passing(state.entity, actor, state.shown)
    return replace(state, base=Base(f"{_PASSING}{key}", state.shown))
