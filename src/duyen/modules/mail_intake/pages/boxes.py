"""The mailboxes for leads: how each stands, connecting another, changing, trying, stopping, taking out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.fields import Field, FieldRefused
from duyen.entities.registry import entity_named
from duyen.foundation.settings.declaring import administers
from duyen.kernel.errors import FieldProblem
from duyen.modules.mail_intake import actions, queries
from duyen.modules.mail_intake.models import Intake
from duyen.modules.mail_intake.words import SETTINGS, WAITING
from duyen.modules.messaging import actions as messaging
from duyen.modules.messaging import queries as mails
from duyen.modules.messaging.pages.boxes import form_of, given_of, standing_of
from duyen.modules.messaging.words import Use
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.widgets import Place, widget_of
from duyen.surfaces.web.shell import Crumb

_PLAIN = ("unit", "source", "purpose", "campaign")
#: The form of a new mailbox begins with these.
_USUAL = {"unit": "", "source": "EMAIL", "purpose": "ADVICE", "campaign": ""}


@dataclass(frozen=True)
class _Step:
    """What a button does, what is told then, and whether the mailbox still has a page after it."""

    run: Callable[..., None]
    told: Any
    given: dict[str, Any]
    stays: bool = True


_STEPS = {
    "try": _Step(messaging.try_mailbox, gettext_lazy("It works: Duyên signed in and found the folder."), {}),
    "read": _Step(messaging.read_soon, gettext_lazy("It is read now. Open this page again in a minute."), {}),
    "off": _Step(
        messaging.switch_mailbox,
        gettext_lazy("The mailbox is not read any more until you switch it on."),
        {"is_on": False},
    ),
    "on": _Step(messaging.switch_mailbox, gettext_lazy("The mailbox is read again."), {"is_on": True}),
    "remove": _Step(
        messaging.remove_mailbox,
        gettext_lazy("The mailbox is taken out and its password erased. Leads that came by it stay."),
        {},
        stays=False,
    ),
}


def _refuse(request: ActorRequest) -> None:
    if not administers(request.actor):
        raise NotAllowed(why=_("mailboxes are for administrators to oversee."))


@require_safe
@page
def index(request: ActorRequest) -> HttpResponse:
    """List the mailboxes for leads: how each stands and what its leads have."""
    _refuse(request)
    found = queries.connected()
    campaign_ids = {each.campaign_id for each in found if each.campaign_id}
    codes = queries.codes_of(campaign_ids)
    names = {
        "campaigns": codes | queries.names_of(request.actor, "campaigns", campaign_ids),
        "products": queries.names_of(
            request.actor, "products", {pk for each in found for pk in each.product_ids}
        ),
    }
    context = {
        "connected": [
            {
                **standing_of(each.mailbox),
                "page": f"{SETTINGS}/{each.mailbox_id}",
                "gives": _gives(each, names),
            }
            for each in found
        ],
        "new_url": f"{SETTINGS}/new",
        "waiting_url": WAITING if queries.takes_in(request.actor) else "",
        "crumbs": [Crumb(_("Settings"), "/settings"), Crumb(_("Mailboxes for leads"))],
    }
    return render(request, "mail_intake/boxes.html", context)


def _gives(held: Intake, names: dict[str, dict[int, str]]) -> list[str]:
    """Say what the leads of a mailbox have, the unit first."""
    campaign = names["campaigns"].get(held.campaign_id or 0, "")
    products = [names["products"][each] for each in held.product_ids if each in names["products"]]
    return list(filter(None, [held.unit.name, queries.word_of("source", held.source), campaign, *products]))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: ActorRequest) -> HttpResponse:
    """Connect another mailbox."""
    _refuse(request)
    found: Sequence[FieldProblem] = ()
    if request.method == "POST":
        try:
            box_id = _connect(request)
        except InvalidValues as error:
            found = error.problems
        else:
            messages.success(request, _("The mailbox works and is being read."))
            return HttpResponseRedirect(f"{SETTINGS}/{box_id}")
    context = {
        **form_of(request, None, found),
        **_terms_shown(request, None, found),
        "action": f"{SETTINGS}/new",
        "crumbs": [*_crumbs(), Crumb(_("Connect a mailbox"))],
    }
    return render(request, "mail_intake/new_box.html", context, status=422 if found else 200)


def _connect(request: ActorRequest) -> int:
    given, found = given_of(request.POST)
    terms, unread = _terms_of(request, None)
    if found or unread:
        raise InvalidValues([*found, *unread, *actions.problems_of(terms)])
    return actions.connect(terms, given, actor=request.actor)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: ActorRequest, box_id: int) -> HttpResponse:
    """Show how a mailbox stands, and change its account."""
    _refuse(request)
    if request.method != "POST":
        return _box_page(request, box_id)
    try:
        given, found = given_of(request.POST)
        if found:
            raise InvalidValues(found)
        messaging.save_mailbox(None, given, actor=request.actor, use=Use.LEADS, box_id=box_id)
    except InvalidValues as error:
        return _box_page(request, box_id, of_account=error.problems)
    messages.success(request, _("The mailbox works and is being read."))
    return HttpResponseRedirect(f"{SETTINGS}/{box_id}")


@require_POST
@page
def terms(request: ActorRequest, box_id: int) -> HttpResponse:
    """Say anew what the leads of a mailbox have."""
    _refuse(request)
    try:
        held = queries.intake_of(box_id)
        told, unread = _terms_of(request, held)
        if unread:
            raise InvalidValues([*unread, *actions.problems_of(told, held)])
        actions.change_terms(box_id, told, actor=request.actor)
    except InvalidValues as error:
        return _box_page(request, box_id, of_terms=error.problems)
    messages.success(request, _("Saved. It holds for mail that arrives from now on."))
    return HttpResponseRedirect(f"{SETTINGS}/{box_id}")


def _box_page(
    request: ActorRequest,
    box_id: int,
    *,
    of_account: Sequence[FieldProblem] = (),
    of_terms: Sequence[FieldProblem] = (),
    failed: str = "",
) -> HttpResponse:
    box, held = mails.company_box(box_id, Use.LEADS), queries.intake_of(box_id)
    if box is None or held is None:
        raise NotFound
    context = {
        **form_of(request, box, of_account, is_sent=bool(of_account)),
        **_terms_shown(request, held, of_terms, is_sent=bool(of_terms)),
        "action": f"{SETTINGS}/{box_id}",
        "failed": failed,
        "crumbs": [*_crumbs(), Crumb(box.address)],
    }
    is_wrong = of_account or of_terms or failed
    return render(request, "mail_intake/box.html", context, status=422 if is_wrong else 200)


@require_POST
@page
def step(request: ActorRequest, box_id: int, verb: str) -> HttpResponse:
    """Try, read, stop, go on with or take out one mailbox; the others go on."""
    if verb not in _STEPS:
        raise NotFound
    taken = _STEPS[verb]
    try:
        taken.run(None, actor=request.actor, use=Use.LEADS, box_id=box_id, **taken.given)
    except InvalidValues as error:
        return _box_page(request, box_id, failed=" ".join(str(each.message) for each in error.problems))
    messages.success(request, taken.told)
    return HttpResponseRedirect(f"{SETTINGS}/{box_id}" if taken.stays else SETTINGS)


def _crumbs() -> list[Crumb]:
    return [Crumb(_("Settings"), "/settings"), Crumb(_("Mailboxes for leads"), SETTINGS)]


# --- what its leads have -------------------------------------------------------------------------------


def _products() -> Field:
    return entity_named("leads").field("products")


def _terms_of(request: ActorRequest, held: Intake | None) -> tuple[actions.Terms, list[FieldProblem]]:
    """Read what was sent, and find what cannot be read. The campaign that is held may be over by now."""
    post, field, found = request.POST, _products(), []
    widget = widget_of(field)
    try:
        products = field.clean(widget.to_raw(field, widget.from_post(field, post), request.actor))
    except FieldRefused as error:
        found.append(FieldProblem("products", error.code, str(error)))
        products = ()
    code, campaign_id = post.get("campaign", "").strip(), None
    if code and held is not None and code == _code_of(held):
        campaign_id = held.campaign_id
    elif code and (campaign_id := queries.campaign_by_code(code)) is None:
        sentence = _("No campaign that goes on has this code.")
        found.append(FieldProblem("campaign", "unknown", sentence))
    told = actions.Terms(
        source=post.get("source", ""),
        purpose=post.get("purpose", ""),
        unit_id=number_in(post.get("unit", "")),
        campaign_id=campaign_id,
        product_ids=tuple(products or ()),
    )
    return told, found


def _code_of(held: Intake) -> str:
    campaign_id = held.campaign_id
    return queries.codes_of([campaign_id]).get(campaign_id, "") if campaign_id is not None else ""


def _terms_shown(
    request: ActorRequest, held: Intake | None, found: Sequence[FieldProblem], *, is_sent: bool | None = None
) -> dict[str, Any]:
    """Give what the form shows of what leads have: what was typed, else what is kept, else what is usual."""
    field = _products()
    widget, place = widget_of(field), Place(request.actor, {})
    if is_sent if is_sent is not None else request.method == "POST":
        told: dict[str, Any] = {name: request.POST.get(name, "") for name in _PLAIN}
        typed = widget.from_post(field, request.POST)
    elif held is not None:
        told = {"unit": str(held.unit_id), "source": held.source, "purpose": held.purpose}
        told["campaign"] = _code_of(held)
        typed = widget.from_value(field, tuple(held.product_ids), place)
    else:
        told, typed = _USUAL, widget.from_value(field, (), place)
    errors = {each.field: str(each.message) for each in found if each.field}
    macro, arguments = widget.draw(field, typed, place)
    arguments |= {"name": "products", "label": pgettext("lead", "Products of interest")}
    return {
        "terms": told,
        "term_errors": errors,
        "term_problems": [
            {"message": each.message, "label": "", "id": f"f-{each.field}" if each.field else ""}
            for each in found
        ],
        "products": {"macro": macro, "arguments": {**arguments, "error": errors.get("products", "")}},
        "sources": _with_kept(queries.choices_of("source"), "source", held),
        "purposes": _with_kept(queries.choices_of("purpose"), "purpose", held),
        "units": queries.units(held.unit_id if held else None),
        "campaign_name": _name_of_campaign(request, held),
    }


def _name_of_campaign(request: ActorRequest, held: Intake | None) -> str:
    if held is None or held.campaign_id is None:
        return ""
    names = queries.names_of(request.actor, "campaigns", [held.campaign_id])
    return names.get(held.campaign_id, "")


def _with_kept(options: Sequence[Any], name: str, held: Intake | None) -> list[Any]:
    """Offer what is kept as well, though it may be out of use."""
    code = getattr(held, name) if held is not None else ""
    if not code or any(each.code == code for each in options):
        return list(options)
    return [*options, {"value": code, "label": queries.word_of(name, code)}]
