"""duyen token create EMAIL [--name NAME] [--days N] [--scope WORD]… | list [EMAIL] | revoke ID"""

from __future__ import annotations

import argparse
import datetime as dt

from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import Door
from duyen.kernel.clock import ZONE, now
from duyen.surfaces.api.models import ApiToken
from duyen.surfaces.api.tokens import create_token, revoke_token, tokens_of
from duyen.surfaces.cli import console
from duyen.surfaces.cli.acting import acting
from duyen.surfaces.cli.registry import Context


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Make, list or revoke tokens for the API."""
    actor = acting(context, part="token", door=Door.CLI)
    steps = {"create": _create, "list": _list, "revoke": _revoke}
    steps[arguments.step](actor, arguments)
    return 0


def _create(actor: Actor, arguments: argparse.Namespace) -> None:
    made = create_token(
        actor=actor,
        email=arguments.email,
        name=arguments.name,
        days=arguments.days,
        scopes=arguments.scopes,
    )
    until = "until it is revoked" if made.token.expires_at is None else f"until {_day(made.token.expires_at)}"
    console.tell_progress(
        f"Token {made.token.pk} for {made.token.user.email}, good {until}. It is shown only this once:"
    )
    # Alone on the way out, so that a script can take it.
    console.say(made.secret)


def _list(actor: Actor, arguments: argparse.Namespace) -> None:
    tokens = tokens_of(actor, email=arguments.email)
    if not tokens:
        console.tell_progress("No token yet. Make one with: duyen token create EMAIL")
    for token in tokens:
        used = "never used" if token.last_used_at is None else f"last used {_day(token.last_used_at)}"
        words = (
            token.pk,
            f"{token.prefix}…",
            token.user.email,
            token.name or "-",
            _scopes(token),
            _standing(token),
            used,
        )
        console.say("\t".join(map(str, words)))


def _revoke(actor: Actor, arguments: argparse.Namespace) -> None:
    token = revoke_token(arguments.id, actor=actor)
    console.say(f"Token {token.pk} ({token.prefix}…) opens nothing any more.")


def _scopes(token: ApiToken) -> str:
    return " ".join(token.scopes) or "everything"


def _standing(token: ApiToken) -> str:
    if token.revoked_at is not None:
        return f"revoked {_day(token.revoked_at)}"
    if token.expires_at is None:
        return "no end"
    return f"{'ended' if token.expires_at <= now() else 'until'} {_day(token.expires_at)}"


def _day(moment: dt.datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"
