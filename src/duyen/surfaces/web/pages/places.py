"""Answer with wards what somebody types into an address or a filter."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from duyen.kernel.places import Found, find_places
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import HOME
from duyen.surfaces.web.pages.refusals import is_fragment, page

MOST = 8


@page
def options(request: ActorRequest) -> HttpResponse:
    """Answer a combobox with the wards that a few letters find, by names of today or of before."""
    if not is_fragment(request):
        return HttpResponseRedirect(HOME)
    names = [name for name in request.GET if name.endswith("_text")]
    found = find_places(request.GET.get(names[0], ""), limit=MOST) if names else []
    has_codes_only = "codes" in request.GET
    shown: Sequence[dict[str, object]] = [_option(each, has_codes_only=has_codes_only) for each in found]
    return HttpResponse(
        render_block(request, "derived/filter.html", "options", {"options": shown, "prefix": "places"})
    )


def _option(found: Found, *, has_codes_only: bool) -> dict[str, object]:
    note = _("formerly %(place)s") % {"place": found.before} if found.old else ""
    value = found.ward.code if has_codes_only else found.value
    return {"value": value, "label": found.ward.label, "note": note}
