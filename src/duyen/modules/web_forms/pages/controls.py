"""What a form asks for: the controls that a visitor sees, and what she filled in. No script is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from duyen.entities.custom.kinds import OwnEmail, OwnPhone
from duyen.entities.fields import Field
from duyen.kernel.errors import FieldProblem
from duyen.modules.web_forms import choices, queries
from duyen.modules.web_forms.models import WebForm
from duyen.modules.web_forms.words import Asked
from duyen.surfaces.web.pages.widgets import Place, widget_of

#: Which field of a lead each part of a form fills, by which control.
_CONTROLS = {
    Asked.PHONE: ("phones", "phone"),
    Asked.EMAIL: ("emails", "email"),
    Asked.COMPANY: ("company", "text"),
    Asked.JOB_TITLE: ("job_title", "text"),
    Asked.PRODUCTS: ("products", "checks"),
    Asked.NEED: ("need", "textarea"),
    Asked.WANTED_BY: ("wanted_by", "date"),
}
_SEVERAL = frozenset({"phones", "emails", "products"})
#: Own fields by whose kind a telephone shows other keys.
_KEYBOARDS: tuple[tuple[type[Field], str], ...] = ((OwnPhone, "phone"), (OwnEmail, "email"))
#: So many products of an address are looked at.
_MOST_NAMED = 10


def named_products(query: QueryDict) -> list[int]:
    """Give the products that an address names by their codes, as in `?product=FTTH-1`."""
    return queries.products_by_code(query.getlist("product")[:_MOST_NAMED])


def read_values(post: QueryDict, form: WebForm) -> dict[str, object]:
    """Read what the form asks for, whole: what is too long is refused, not cut. Nothing else is taken."""
    given: dict[str, object] = {"name": post.get("name", "").strip()}
    own = queries.own_fields()
    for code in form.asked:
        if code in own:
            given[code] = _own_value(own[code], post)
        elif code in _CONTROLS:
            given[_CONTROLS[Asked(code)][0]] = _value(_CONTROLS[Asked(code)][0], post, form)
    return given


def _value(name: str, post: QueryDict, form: WebForm) -> object:
    sent = [word for each in post.getlist(name) if (word := each.strip())]
    if name == "products":
        offered = {each.code for each in queries.offered(form)}
        return [int(each) for each in sent if each in offered]
    return sent if name in _SEVERAL else (sent or [""])[0]


def _own_value(field: Field, post: QueryDict) -> object:
    widget = widget_of(field)
    return widget.to_raw(field, widget.from_post(field, post), queries.visitor())


def missing(form: WebForm, values: Mapping[str, object]) -> Iterator[FieldProblem]:
    """Name what the form demands and nobody filled in; a field that is out of use is demanded of nobody."""
    sentence = _("Fill this in, so that we can answer you.")
    if not values["name"]:
        yield FieldProblem("name", "required", sentence)
    for code in form.needed:
        name = _CONTROLS[Asked(code)][0] if code in _CONTROLS else code
        if name in values and not values[name]:
            yield FieldProblem(name, "required", sentence)


def controls(request: HttpRequest, form: WebForm, told: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Give the controls of a form: its macro and what it is called with, first the name.

    `told` are the problems by field. What was filled in stands in them again.
    """
    labels = {each.code: each.label for each in choices.ASKED}
    own = queries.own_fields()
    yield _control(request, "name", "text", _("Full name"), told, required=True)
    for code in form.asked:
        required = code in form.needed
        if code in own:
            yield _own_control(request, own[code], told, required=required)
        elif code in _CONTROLS:
            name, macro = _CONTROLS[Asked(code)]
            found = _control(request, name, macro, str(labels[code]), told, required=required)
            if name == "products":
                found["arguments"] |= {"options": queries.offered(form), "values": _ticked(request)}
                del found["arguments"]["value"]
            yield found


def _ticked(request: HttpRequest) -> list[str]:
    """Give the products that are ticked: those that were sent, or those that the address names."""
    if request.method == "POST":
        return request.POST.getlist("products")
    return [str(each) for each in named_products(request.GET)]


def _control(
    request: HttpRequest, name: str, macro: str, label: str, told: Mapping[str, str], *, required: bool
) -> dict[str, Any]:
    arguments = {
        "name": name,
        "label": label,
        "value": request.POST.get(name, ""),
        "required": required,
        "error": told.get(name, ""),
    }
    return {"macro": macro, "arguments": arguments}


def _own_control(
    request: HttpRequest, field: Field, told: Mapping[str, str], *, required: bool
) -> dict[str, Any]:
    """Give the control of a field of the company's own, by its kind."""
    widget = widget_of(field)
    typed = widget.from_post(field, request.POST)
    macro, arguments = widget.draw(field, typed, Place(queries.visitor(), {}))
    macro = next((shown for kind, shown in _KEYBOARDS if isinstance(field, kind)), macro)
    common: dict[str, Any] = {
        "name": field.name,
        "label": field.label,
        "hint": field.help,
        "error": told.get(field.name, ""),
        "required": required or field.required,
    }
    return {"macro": macro, "arguments": {**arguments, **common}}
