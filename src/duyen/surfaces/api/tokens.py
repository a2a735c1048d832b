"""Make, check and revoke the tokens by which programs sign in."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.history import name_verbs
from duyen.entities.registry import all_entities
from duyen.entities.rights import verbs_of
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.models import AccessEpoch
from duyen.foundation.access.rules import Cut, read_scope
from duyen.foundation.access.words import CHANGE, READ, Door
from duyen.foundation.audit import trail
from duyen.foundation.fields.models import DefinitionsVersion
from duyen.foundation.org.locking import ends_with_a_lock
from duyen.foundation.org.models import SecondFactor, User
from duyen.foundation.sensitive import digest
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError
from duyen.kernel.text import clean
from duyen.surfaces.api.models import ApiToken

#: Tells people and scanners of leaked secrets what the text is.
MARK = "duyen_"
_OPEN_LETTERS = len(MARK) + 4
_SECRET_BYTES = 32
#: The moment of last use is written at most so often, so that a read stays a read.
_USE_NOTED_EVERY = dt.timedelta(minutes=1)
MOST_DAYS = 3650

name_verbs({"tokens.create": _("API token made"), "tokens.revoke": _("API token revoked")})


class NoSuchUser(DomainError):
    """A token was asked for somebody who cannot sign in."""

    code = "no_such_user"
    sentence = _("Nobody with the e-mail %(email)s can sign in here. Check the e-mail, or unlock the user.")


class BadTerm(DomainError):
    """A token was asked for with a term that makes no sense."""

    code = "bad_term"
    sentence = _("A token lasts from 1 to %(most)s days. Choose a number in between.")


class UnknownScope(DomainError):
    """A word of what a token may be used for names no entity or right."""

    code = "unknown_scope"
    sentence = _(
        "“%(word)s” is no scope. Known are read, %(entities)s, or one of these with a right: %(one)s."
    )


@dataclass(frozen=True)
class MadeToken:
    """A new token; `secret` is shown this once and cannot be read again."""

    token: ApiToken
    secret: str


def create_token(
    *, actor: Actor, email: str, name: str = "", days: int | None = None, scopes: Sequence[str] = ()
) -> MadeToken:
    """Make a token that acts as the user with `email`, for `days` days or until it is revoked.

    `scopes` cut her rights down for it: `read`, `customers`, `customers:change`; none leaves all.
    Raises NoSuchUser, BadTerm, UnknownScope or NotAllowed.
    """
    words = known_scopes(scopes)
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise BadTerm(most=MOST_DAYS)
    user = User.objects.filter(email=email.strip().lower(), is_active=True).order_by("pk").first()
    if user is None:
        raise NoSuchUser(email=email)
    _refuse_others(actor, user.pk)
    secret = MARK + secrets.token_urlsafe(_SECRET_BYTES)
    moment = now()
    with transaction.atomic():
        trail.begin(actor, "tokens.create")
        token = ApiToken.objects.create(
            user=user,
            name=clean(name)[:80],
            scopes=words,
            prefix=secret[:_OPEN_LETTERS],
            digest=digest(secret),
            created_at=moment,
            expires_at=None if days is None else moment + dt.timedelta(days=days),
        )
    return MadeToken(token, secret)


def revoke_token(token_id: int, *, actor: Actor) -> ApiToken:
    """Make a token worthless from now on; one that is so already stays as it is.

    Raises NotFound or NotAllowed.
    """
    with transaction.atomic():
        token = ApiToken.objects.select_for_update(no_key=True).filter(pk=token_id).order_by("pk").first()
        if token is None:
            raise NotFound
        _refuse_others(actor, token.user_id)
        if token.revoked_at is None:
            trail.begin(actor, "tokens.revoke")
            token.revoked_at = now()
            token.save(update_fields=["revoked_at"])
    return token


@ends_with_a_lock
def end_tokens(user_id: int, _actor: Actor) -> None:
    """Revoke all tokens of a person who is locked out, so that unlocking brings none of them back."""
    ApiToken.objects.filter(user_id=user_id, revoked_at=None).update(revoked_at=now())


def _refuse_others(actor: Actor, user_id: int) -> None:
    """Everybody has tokens of their own; those of others are for who may change users.

    A token whose rights are cut could otherwise make itself one without.
    """
    if actor.cut is not None:
        raise NotAllowed(why=_("a token with limited rights neither makes nor revokes tokens."))
    if not actor.is_system and actor.user_id != user_id and not actor.may("users", CHANGE):
        raise NotAllowed(why=_("tokens of other people are not among your rights."))


def known_scopes(words: Iterable[str]) -> list[str]:
    """Tidy the words of what a token may be used for. Raises UnknownScope."""
    found = list(dict.fromkeys(word.strip().lower() for word in words if word.strip()))
    known = {entity.name: {each.verb for each in verbs_of(entity)} for entity in all_entities()}
    for word in found:
        entity, _colon, verb = word.partition(":")
        if word != READ and word not in known and verb not in known.get(entity, ()):
            raise UnknownScope(word=word[:80], entities=", ".join(known), one="customers:change")
    return found


def user_of(secret: str) -> User | None:
    """Give the user behind a token as a session's user comes, in one query; nothing for a worthless token."""
    if not secret.startswith(MARK):
        return None
    moment = now()
    token = (
        ApiToken.objects.filter(
            Q(expires_at=None) | Q(expires_at__gt=moment),
            digest=digest(secret),
            revoked_at=None,
            user__is_active=True,
        )
        .annotate(
            access_epoch=Subquery(AccessEpoch.objects.filter(pk=1).values("value")),
            definitions=Subquery(DefinitionsVersion.objects.filter(pk=1).values("value")),
            has_second_factor=Exists(SecondFactor.objects.filter(user_id=OuterRef("user_id"))),
        )
        .select_related("user")
        .order_by("pk")
        .first()
    )
    if token is None:
        return None
    if token.last_used_at is None or moment - token.last_used_at >= _USE_NOTED_EVERY:
        _note_use(token, moment)
    user: User = token.user
    user.access_epoch = token.access_epoch  # type: ignore[attr-defined] # as the session's user carries it
    user.definitions = token.definitions  # type: ignore[attr-defined] # as above
    if token.scopes:
        user.cut = Cut(frozenset(map(read_scope, token.scopes)))  # type: ignore[attr-defined] # as above
    user.has_second_factor = token.has_second_factor  # type: ignore[attr-defined] # as above
    return user


def own_tokens(actor: Actor) -> list[ApiToken]:
    """List a person's own tokens that are not revoked, the newest first."""
    found = ApiToken.objects.filter(user_id=actor.user_id or 0, revoked_at=None)
    return list(found.order_by("-created_at", "-pk"))


def _note_use(token: ApiToken, moment: dt.datetime) -> None:
    actor = Actor(name=token.user.full_name, door=Door.API, user_id=token.user_id)
    with transaction.atomic():
        trail.begin(actor, "tokens.use")
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=moment)


def tokens_of(actor: Actor, *, email: str = "") -> list[ApiToken]:
    """List the tokens that `actor` may revoke, the newest first; of one user where `email` is given."""
    found = ApiToken.objects.select_related("user").order_by("-created_at", "-pk")
    if email:
        found = found.filter(user__email=email.strip().lower())
    if not actor.is_system and not actor.may("users", CHANGE):
        found = found.filter(user__pk=actor.user_id or 0)
    return list(found)
