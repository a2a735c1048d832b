"""The frame around the reader's own pages: one tab each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.shell import Crumb

PROFILE, SECURITY, TOKENS = "/profile", "/profile/security", "/profile/tokens"
ABSENCE, KEYS, NOTICES = "/profile/absence", "/help/keys", "/profile/notices"
OWN_PAGES = (
    (PROFILE, gettext_lazy("You and your pages")),
    (SECURITY, gettext_lazy("Signing in")),
    (TOKENS, gettext_lazy("API tokens")),
    (ABSENCE, gettext_lazy("Absence")),
    (NOTICES, gettext_lazy("Notices")),
    (KEYS, gettext_lazy("Keyboard shortcuts")),
)
#: Pages of modules, before the last one of ours.
_more: list[tuple[str, object]] = []


def offer_own_page(url: str, label: object) -> None:
    """Let a page of a module be one of the reader's own pages."""
    if (url, label) not in _more:
        _more.append((url, label))


@dataclass(frozen=True)
class OwnTab:
    """One of the reader's own pages."""

    label: object
    url: str
    is_current: bool
    count: str = ""


def own_page(
    request: ActorRequest, template: str, at: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Draw one of the reader's own pages inside their frame."""
    frame = {
        "crumbs": [Crumb(_("Your profile"))],
        "email": request.user.email,
        "tabs": [OwnTab(label, url, url == at) for url, label in (*OWN_PAGES[:-1], *_more, OWN_PAGES[-1])],
    }
    return render(request, template, frame | context, status=status)
