"""What the form of a formula or a roll-up shows, sends and tries out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from duyen.entities.custom.contributing import field_of
from duyen.entities.derived.compiling import Result
from duyen.entities.derived.naming import Naming, naming_of, offered, type_of
from duyen.entities.derived.pending import pending_of
from duyen.entities.derived.plans import plan_of
from duyen.entities.derived.reading import read_limits
from duyen.entities.derived.settling import reckoned
from duyen.entities.derived.sources import Source, source_named
from duyen.entities.derived.typing import Type, words_of
from duyen.entities.entity import Entity
from duyen.entities.fields import Label
from duyen.entities.fields.base import OWN
from duyen.entities.living import Told
from duyen.entities.registry import all_entities
from duyen.foundation.fields.models import CustomField
from duyen.foundation.fields.words import FieldKind, What
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import UNFINISHED
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import job_url

#: On so many records, the newest, a formula is tried.
_SAMPLES = 5
RESULTS: Mapping[Result, Label] = {
    Result.DECIMAL: gettext_lazy("Decimal number"),
    Result.WHOLE: gettext_lazy("Whole number, rounded"),
    Result.AMOUNT: gettext_lazy("Amount of money, in đồng"),
    Result.TEXT: gettext_lazy("Text"),
    Result.DAY: gettext_lazy("Date"),
    Result.FLAG: gettext_lazy("Yes or no"),
}
WHATS: Mapping[What, Label] = {
    What.COUNT: gettext_lazy("How many there are"),
    What.SUM: gettext_lazy("Their sum"),
    What.MIN: gettext_lazy("The smallest or earliest value"),
    What.MAX: gettext_lazy("The largest or latest value"),
    What.LATEST: gettext_lazy("The value of the newest record"),
}


@dataclass(frozen=True)
class Function:
    """A function as it is explained beside the formula: how it is written, what it gives."""

    written: Label
    gives: Label


FUNCTIONS: Sequence[Function] = (
    Function("+  -  *  /  ( )  10%", gettext_lazy("reckon with numbers; a date + 30 is 30 days later")),
    Function("&", gettext_lazy('joins texts: [Name] & " · " & [Code]')),
    Function("=  <>  <  <=  >  >=", gettext_lazy("compare; a choice with its word in quotation marks")),
    Function(gettext_lazy("and  or  not"), gettext_lazy("join conditions")),
    Function(gettext_lazy("if(condition; then; else)"), gettext_lazy("one of two values")),
    Function(gettext_lazy("is empty(field)"), gettext_lazy("whether nothing was filled in")),
    Function(
        gettext_lazy("if empty(value; other)"), gettext_lazy("another value where nothing was filled in")
    ),
    Function(gettext_lazy("round(number; places)"), gettext_lazy("rounds half up; -3 rounds to thousands")),
    Function(gettext_lazy("min(a; b)  max(a; b)"), gettext_lazy("the smaller or larger of numbers or dates")),
    Function(gettext_lazy("abs(number)"), gettext_lazy("the number without its minus")),
    Function(gettext_lazy("days(from; to)"), gettext_lazy("how many days lie between two dates")),
    Function(gettext_lazy("months(from; to)"), gettext_lazy("how many whole months lie between two dates")),
    Function(
        gettext_lazy("year(date)  month(date)"), gettext_lazy("the year or month of a date as a number")
    ),
)


def needs_source(entity: Entity, kind: str, source: str) -> bool:
    """Tell whether one has to say first what a roll-up adds up."""
    return kind == FieldKind.ROLLUP and source_named(entity, source) is None


def said_of_following(post: QueryDict, kind: FieldKind, held: CustomField | None) -> dict[str, Any]:
    """Read what the form sent of the value itself."""
    names = ["digits", "formula"] if kind is FieldKind.FORMULA else ["digits", "what", "of", "by", "where"]
    names += [] if held is not None else ["result", *(["source"] if kind is FieldKind.ROLLUP else [])]
    return {name: post.get(name, "") for name in names}


def written(held: CustomField) -> dict[str, Any]:
    """Give what a definition says of its value in the words of today."""
    limits = dict(held.limits)
    entity = _entity(held)
    if entity is None:
        return limits
    if "formula" in limits:
        limits["formula"] = naming_of(entity).written(limits["formula"])
    source = source_named(entity, str(limits.get("source", "")))
    if source is not None and "where" in limits:
        limits["where"] = Naming(source.fields, {}).written(limits["where"])
    return limits


def _entity(held: CustomField) -> Entity | None:
    return next((each for each in all_entities() if each.name == held.entity), None)


def shown_of_following(
    entity: Entity, kind: FieldKind, held: CustomField | None, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Give what the form offers to choose from, and how far the values are."""
    source = source_named(entity, str(values.get("source") or "")) if kind is FieldKind.ROLLUP else None
    naming = Naming(source.fields, {}) if source else naming_of(entity)
    return {
        "is_rollup": kind is FieldKind.ROLLUP,
        "source": source,
        "fields": [
            {"written": told, "label": told[1:-1], "kind": words_of(type_of(field) or Type.OPAQUE)}
            for told, _path, field in offered(naming)
        ],
        "results": [{"value": each.value, "label": label} for each, label in RESULTS.items()],
        "whats": [{"value": each.value, "label": label} for each, label in WHATS.items()],
        "addable": _choices(source, (Type.NUMBER, Type.DAY, Type.TEXT, Type.FLAG)),
        "days": _choices(source, (Type.DAY,)),
        "result_label": RESULTS[Result(held.limits["result"])] if held else "",
        "is_decimal": held is None or held.limits.get("result") == Result.DECIMAL,
        **_progress(held),
    }


def _choices(source: Source | None, types: Sequence[Type]) -> list[dict[str, Any]]:
    fields = source.fields.values() if source else ()
    return [{"value": each.name, "label": each.label} for each in fields if type_of(each) in types]


def _progress(held: CustomField | None) -> dict[str, Any]:
    """Tell whether the values of all records are being worked out, and by which job."""
    field = field_of(held) if held else None
    if field is None or field.name not in pending_of([field], []).everywhere:
        return {"is_pending": False, "job_url": ""}
    job = Job.objects.filter(kind="derived", state__in=UNFINISHED).order_by("-pk").first()
    return {"is_pending": True, "job_url": job_url(job.pk) if job else ""}


def tried(
    entity: Entity, kind: str, given: Mapping[str, Any], held: CustomField | None, request: ActorRequest
) -> dict[str, Any]:
    """Work a definition out for the newest records without keeping it: what is wrong, or the values."""
    limits, wrong = read_limits(entity, FieldKind(kind), given, held)
    if wrong:
        return {"problems": [FieldProblem(each.name, each.code, each.sentence) for each in wrong]}
    plan = plan_of(Told(0, f"{OWN}{given.get('key', '')}", kind, limits), entity)
    if plan is None:
        return {"samples": []}
    title = entity.field(entity.title).columns[0]
    rows = list(entity.rows(request.actor).order_by("-pk").values("id", title)[:_SAMPLES])
    statement = reckoned([plan], [row["id"] for row in rows])
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        values = {record_id: json.loads(patch)["0"] for record_id, patch in cursor.fetchall()}
    like = CustomField(entity=entity.name, kind=kind, key="x", label="x", limits=limits, pk=0)
    field = field_of(like)
    samples = [
        {
            "label": row[title] or "—",
            "value": field.show(field.load({field.columns[0]: values[row["id"]]})),
        }
        for row in rows
        if field is not None and row["id"] in values
    ]
    return {"samples": samples}
