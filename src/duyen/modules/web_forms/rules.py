"""What must hold of a web form, and when something sent is taken. Plain values in, plain values out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from duyen.kernel.errors import FieldProblem
from duyen.kernel.words import mark
from duyen.modules.web_forms.words import REACHES, Asked, Robot

#: Nobody fills in a form faster than this.
QUICKEST = dt.timedelta(seconds=2)
#: A page that was opened so long ago is not taken any more: what it says may have changed.
LONGEST_OPEN = dt.timedelta(hours=12)
#: From one network so many in so long, and through one form so many, are people; more is a flood. A form may
#: say another number for itself, where many fill it in on one tablet, but none by which machines get through.
PER_CALLER, MOST_PER_CALLER, CALLER_SPAN = 5, 100, dt.timedelta(minutes=10)
PER_FORM, FORM_SPAN = 600, dt.timedelta(hours=1)
#: What is kept of an address parameter, in characters.
_LONGEST_PARAMETER = 100
#: Address parameters that say where a visitor comes from, in the order in which they are kept.
PARAMETERS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")


def problems_of(
    *,
    asked: Collection[str],
    needed: Collection[str],
    has_products: bool,
    next_url: str,
    sites: str,
) -> Iterator[FieldProblem]:
    """Find what does not fit together in a form as it will be."""
    if not REACHES & set(asked):
        yield FieldProblem("asked", "reach", mark("Ask for a phone or an e-mail, or nobody can answer."))
    if set(needed) - set(asked):
        sentence = mark("Only what the form asks for can be required. Tick it above, too.")
        yield FieldProblem("needed", "not_asked", sentence)
    if Asked.PRODUCTS in asked and not has_products:
        sentence = mark("Name the products that visitors choose from, or do not ask for them.")
        yield FieldProblem("products", "required", sentence)
    if next_url and not _is_page(next_url):
        sentence = mark("Give an address that begins with https://, or leave it empty.")
        yield FieldProblem("next_url", "address", sentence)
    if any(origin_of(line) is None for line in sites.split()):
        sentence = mark("Give one website a line, as https://www.example.vn.")
        yield FieldProblem("sites", "address", sentence)


def _is_page(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


def origin_of(site: str) -> str | None:
    """Give the origin of a website, as a browser compares it; none for what names no website.

    Plain http is taken for this machine alone.
    """
    try:
        parts = urlsplit(site.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    is_here = host in ("localhost", "127.0.0.1")
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not is_here):
        return None
    if not host or "@" in parts.netloc or not all(each.isalnum() or each in "-." for each in host):
        return None
    name = host.encode("idna").decode() if not host.isascii() else host
    return f"{parts.scheme}://{name}{f':{port}' if port else ''}"


def origins(sites: str) -> list[str]:
    """List the origins of the websites on which a form may stand, each once."""
    found = (origin_of(line) for line in sites.split())
    return list(dict.fromkeys(each for each in found if each))


def robot(*, trap: str, opened_at: dt.datetime, sent_at: dt.datetime) -> Robot | None:
    """Tell why something is taken for that of a machine: it filled what nobody sees, or had no time."""
    if trap:
        return Robot.TRAP
    if sent_at - opened_at < QUICKEST:
        return Robot.TOO_QUICK
    return None


def is_flood(*, from_caller: int, through_form: int, per_caller: int) -> bool:
    """Tell whether so many came already, in the spans above, that the next one is not taken.

    `per_caller` is how many the form takes from one network.
    """
    return from_caller >= per_caller or through_form >= PER_FORM


def where_from(parameters: dict[str, str]) -> str:
    """Write down what the address of the page said of where a visitor comes from."""
    told = (parameters.get(name, "").strip()[:_LONGEST_PARAMETER] for name in PARAMETERS)
    return " · ".join(each for each in told if each)[:200]
