"""The manifest, the service worker, the page without a network, and what waits on this device."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template import loader
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duyen.foundation.settings.company import setting
from duyen.surfaces.web.assets import FONT, SCRIPTS, SPRITE, STATIC
from duyen.surfaces.web.device.marks import device_mark
from duyen.surfaces.web.jinja import built_url, scripts, sheets
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

#: The colour around the page in light and in dark: the canvas of crm.css.
LIGHT, DARK = "#f6f7f8", "#0e1013"
_LANGUAGES = ("vi", "en")
_HTMX, _AGAIN = "django_htmx/htmx-2.min.js", "duyen/offline.js"


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Say how Duyên stands on a home screen: its name, its mark, and where it begins."""
    company = str(setting("company.name") or "")
    told: dict[str, Any] = {
        "id": "/",
        "name": f"Duyên · {company}" if company else "Duyên",
        "short_name": "Duyên",
        "description": _("Know your customers, keep your customers."),
        "lang": translation.get_language(),
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": LIGHT,
        "background_color": LIGHT,
        "icons": list(_icons()),
    }
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    response.headers["Content-Type"] = "application/manifest+json"
    return response


def _icons() -> list[dict[str, str]]:
    wanted = (
        ("duyen/icon-192.png", "192x192", "any"),
        ("duyen/icon-512.png", "512x512", "any"),
        ("duyen/icon-512-full.png", "512x512", "maskable"),
    )
    return [
        {"src": address, "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, sizes, purpose in wanted
        if (address := built_url(name))
    ]


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker, with the files that it keeps and the language of its one page."""
    lang = request.GET.get("lang", "")
    body = _worker(lang if lang in _LANGUAGES else _LANGUAGES[0])
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = "/"
    return response


@lru_cache(maxsize=len(_LANGUAGES))
def _worker(lang: str) -> str:
    """Put the list of kept files before the source; another version or another language is another worker."""
    kept = [each for each in _kept() if each]
    page_of = f"{reverse('offline')}?lang={lang}"
    source = Path(STATIC / "duyen/worker.js").read_text("utf-8")
    mark = hashlib.sha256("\n".join([source, page_of, *kept]).encode()).hexdigest()[:12]
    given = {"name": f"duyen-{mark}", "page": page_of, "files": kept}
    return f"const GIVEN = {json.dumps(given)};\n{source}"


def _kept() -> list[str]:
    """List the addresses of what the page without a network is drawn with, and lists and forms."""
    alone = [built_url(each) for each in (_HTMX, _AGAIN, FONT, SPRITE)]
    return alone + sheets() + [each for name in SCRIPTS for each in scripts(name)]


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Show what a browser keeps for when Duyên cannot be reached; it holds no word about anybody."""
    lang = request.GET.get("lang", "")
    with translation.override(lang if lang in _LANGUAGES else translation.get_language()):
        # Without the request: its context would put the reader and her company into what is kept.
        return HttpResponse(loader.render_to_string("device/offline.html", {}))


@require_safe
@page
def here(request: ActorRequest) -> HttpResponse:
    """Tell the device whose session this is, and the proof that what it sends now comes from our pages."""
    told = {"device": device_mark(request), "token": get_token(request), "words": _words()}
    return JsonResponse(told)


def _words() -> dict[str, str]:
    """Give what a device says of what it sent later: here, because no page needs it before."""
    return {
        "sent": _("Sent: {what}"),
        "back": _("Something came back. Open “Not sent yet” to correct it."),
        "old": _("This waited for more than a day. Look whether it was saved already, then send it again."),
        "day": _("It names a day such as “tomorrow” and was typed on another day. Correct it, then send it."),
    }


@require_safe
@page
def unsent(request: ActorRequest) -> HttpResponse:
    """Show the frame into which the device puts what waits on it; the server knows none of it."""
    context = {"crumbs": [Crumb(_("Not sent yet"))], "is_leaving": "leaving" in request.GET}
    return render(request, "device/unsent.html", context)
