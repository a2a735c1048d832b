"""The reader's own API tokens: make one, see where each reaches, revoke it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from duyen.entities.errors import NotFound
from duyen.entities.fields import Label
from duyen.entities.registry import all_entities
from duyen.entities.rights import VERB_LABELS, verbs_of
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, READ
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError
from duyen.surfaces.api.models import ApiToken
from duyen.surfaces.api.tokens import BadTerm, UnknownScope, create_token, own_tokens, revoke_token
from duyen.surfaces.web.accounts.own_pages import TOKENS, own_page
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page

EVERYTHING, ONLY_READING, CHOSEN = "everything", "read", "chosen"
_HOW = (
    (EVERYTHING, gettext_lazy("All that you may do")),
    (ONLY_READING, gettext_lazy("Reading all that you may read")),
    (CHOSEN, gettext_lazy("What is chosen here")),
)
#: How much of one kind of record a token may be used for, and the rights that this means.
_AMOUNTS: tuple[tuple[str, Label, tuple[str, ...]], ...] = (
    ("", gettext_lazy("not at all"), ()),
    ("read", gettext_lazy("read"), (READ,)),
    ("write", gettext_lazy("read, create, change"), (READ, CREATE, CHANGE)),
    ("all", gettext_lazy("all that you may do"), ("*",)),
)
_TERMS = (
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("One year")),
    ("", gettext_lazy("Until you revoke it")),
)


class NothingChosen(DomainError):
    """A token would be good for nothing."""

    code = "nothing_chosen"
    sentence = gettext_lazy("Choose what the token may be used for.")


@dataclass(frozen=True)
class TokenLine:
    """One token as the page shows it."""

    token: ApiToken
    reach: str
    is_over: bool


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def tokens(request: ActorRequest) -> HttpResponse:
    """List the reader's tokens; make a new one and show its secret this once."""
    if request.method != "POST":
        return _page(request)
    days = request.POST.get("days", "")
    try:
        made = create_token(
            actor=request.actor,
            email=request.actor.email,
            name=request.POST.get("name", ""),
            days=int(days) if days.isdecimal() else None,
            scopes=_scopes(request.POST),
        )
    except (BadTerm, UnknownScope, NothingChosen) as refusal:
        return _page(request, error=str(refusal))
    context = {"secret": made.secret, "name": made.token.name, "reach": scope_words(made.token.scopes)}
    return own_page(request, "accounts/token_made.html", TOKENS, context)


@require_POST
@page
def revoke(request: ActorRequest) -> HttpResponse:
    """Make one of the reader's tokens worthless."""
    number = request.POST.get("token", "")
    if not any(str(each.pk) == number for each in own_tokens(request.actor)):
        raise NotFound
    revoke_token(int(number), actor=request.actor)
    messages.success(request, _("The token is revoked: it opens nothing any more."))
    return HttpResponseRedirect(TOKENS)


def scope_words(scopes: Iterable[str]) -> str:
    """Say in words what a token may be used for."""
    rights: dict[str, list[str]] = {}
    for word in scopes:
        name, colon, verb = word.partition(":")
        rights.setdefault(name, []).append(verb if colon else "")
    if not rights:
        return str(_HOW[0][1])
    said = [str(_HOW[1][1])] if READ in rights else []
    for entity in all_entities():
        verbs = rights.get(entity.name)
        if verbs is None:
            continue
        labels = {**VERB_LABELS, **{each.verb: each.label for each in verbs_of(entity)}}
        named = _("everything") if "" in verbs else ", ".join(str(labels.get(each, each)) for each in verbs)
        said.append(f"{entity.labels}: {named}")
    return " · ".join(said)


def _scopes(post: QueryDict) -> list[str]:
    """Read what was chosen as scope words. Raises NothingChosen."""
    how = post.get("how", EVERYTHING)
    if how == EVERYTHING:
        return []
    if how == ONLY_READING:
        return [READ]
    amounts = {code: verbs for code, _label, verbs in _AMOUNTS}
    words = [
        entity.name if verb == "*" else f"{entity.name}:{verb}"
        for entity in all_entities()
        for verb in amounts.get(post.get(f"scope:{entity.name}", ""), ())
    ]
    if not words:
        raise NothingChosen
    return words


def _page(request: ActorRequest, *, error: str = "") -> HttpResponse:
    moment, post = now(), request.POST
    context: dict[str, Any] = {
        "error": error,
        "tokens": [
            TokenLine(
                each, scope_words(each.scopes), each.expires_at is not None and each.expires_at <= moment
            )
            for each in own_tokens(request.actor)
        ],
        "name": post.get("name", ""),
        "how": post.get("how", EVERYTHING),
        "hows": [{"value": value, "label": label} for value, label in _HOW],
        "days": post.get("days", "90"),
        "terms": [{"value": value, "label": label} for value, label in _TERMS],
        "amounts": [{"value": value, "label": label} for value, label, _verbs in _AMOUNTS],
        "kinds": [
            {"name": f"scope:{name}", "label": label, "value": post.get(f"scope:{name}", "")}
            for name, label in _kinds(request.actor)
        ],
    }
    return own_page(request, "accounts/tokens.html", TOKENS, context, status=422 if error else 200)


def _kinds(actor: Actor) -> list[tuple[str, Label]]:
    """List the kinds of record that the reader may read; for others a token would be good for nothing."""
    return [(each.name, each.labels) for each in all_entities() if actor.may(each.name, READ)]
