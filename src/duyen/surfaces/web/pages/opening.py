"""Find the entity that an address names, for a reader who has a right to it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed
from duyen.entities.registry import entity_named
from duyen.entities.rights import VERB_LABELS
from duyen.foundation.access.words import READ
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import NoSuchPage


def opened(request: ActorRequest, name: str, verb: str = READ) -> Entity:
    """Find the entity of an address. Raises NoSuchPage when there is none, NotAllowed without the right."""
    try:
        entity = entity_named(name)
    except KeyError as error:
        raise NoSuchPage from error
    if not request.actor.may(entity.name, verb):
        raise NotAllowed(why=_missing(request, entity, verb))
    return entity


def _missing(request: ActorRequest, entity: Entity, verb: str) -> str:
    """Say which right is missing: any to these records, or the one asked for alone."""
    what = str(entity.labels).lower()
    if verb not in VERB_LABELS or not request.actor.may(entity.name, READ):
        return _("your role gives no right to %(what)s.") % {"what": what}
    return _("your role lacks the right “%(right)s” on %(what)s.") % {
        "right": VERB_LABELS[verb],
        "what": what,
    }
