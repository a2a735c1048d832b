"""Calls of the API as examples, made from an entity as it is now and as one reader may use it.

Every example is a call that can be made: a test makes each and holds it to the statuses that it tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from duyen.entities.actions import Action
from duyen.entities.calls import Sample, declared_calls
from duyen.entities.entity import Entity
from duyen.entities.fields import (
    Addresses,
    Choice,
    Day,
    Emails,
    Field,
    FieldRefused,
    Flag,
    Label,
    Link,
    Moment,
    Phones,
    Several,
    Tags,
    TaxCodeField,
    Text,
    Whole,
)
from duyen.entities.performing import why_not_now
from duyen.entities.registry import entity_named
from duyen.entities.values import linkable
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, DELETE, EXPORT, READ
from duyen.kernel.clock import today

#: What stands in fields that want text of a form of its own, by their name.
_WORDS: Mapping[str, object] = {
    "email": "an.nguyen@example.com",
    "phone": "0912345678",
    "code": "VD1",
    "address": "https://example.com/hook",
    "monday": "8:00-12:00, 13:30-17:30",
}
#: Fields without which some records cannot stand, though the declaration does not ask for them.
_ALSO = ("monday", "parent", "subject", "most", "per")
_MADE_BY_INVITATION = "users"
#: So many rows are looked at for one that an example can change.
_LOOKED_AT = 20


@dataclass(frozen=True)
class Example:
    """One call: what it does, and what it answers with. `file` names a file that is sent as a form."""

    title: Label
    method: str
    path: str
    statuses: tuple[int, ...]
    body: Mapping[str, Any] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    file: str = ""
    note: Label = ""

    def curl(self, base: str) -> str:
        """Write the call for a shell; the token stands in $TOKEN."""
        lines = [f"curl -X {self.method} '{base}{self.path}'", '-H "Authorization: Bearer $TOKEN"']
        lines += [f"-H '{name}: {value}'" for name, value in self.headers]
        if self.body is not None:
            told = json.dumps(self.body, ensure_ascii=False).replace("'", "'\\''")
            lines += ["-H 'Content-Type: application/json'", f"-d '{told}'"]
        if self.file:
            lines.append(f"-F file=@{self.file}")
        return " \\\n  ".join(lines)

    def python(self, base: str) -> str:
        """Write the call for Python with the library requests."""
        told = ["headers=" + repr({"Authorization": "Bearer …", **dict(self.headers)})]
        if self.body is not None:
            told.append("json=" + repr(self.body))
        if self.file:
            told.append(f'files={{"file": open("{self.file}", "rb")}}')
        inside = "".join(f"    {each},\n" for each in told)
        call = f'requests.{self.method.lower()}(\n    "{base}{self.path}",\n{inside})'
        return f"import requests\n\nanswer = {call}"


def examples_of(entity: Entity, actor: Actor) -> list[Example]:
    """List the calls of one entity that the actor may make, with real names and values that fit."""
    return [*_reading(entity, actor), *_writing(entity, actor), *_declared(entity, actor)]


def _declared(entity: Entity, actor: Actor) -> Iterator[Example]:
    """Show the calls that modules declare about this kind of record, as far as she can make them now."""
    for call in declared_calls():
        sample = (call.sample(actor) if call.sample else Sample()) if call.is_open_to(actor) else None
        if call.entity != entity.name or sample is None:
            continue
        at = call.path.replace("{id}", str(sample.id))
        statuses = (call.status.value, *((409,) if call.refuses else ()))
        if call.is_write:
            yield Example(call.label, call.method, at, statuses, sample.values)
        else:
            asked = f"?{urlencode(sample.values)}" if sample.values else ""
            yield Example(call.label, call.method, f"{at}{asked}", statuses)


def _is_never_kept(_row: Mapping[str, Any]) -> None:
    return None


def _first_row(entity: Entity, actor: Actor, verb: str) -> dict[str, Any] | None:
    """Give the first row that is open to a verb; what stays as it is serves to be read alone."""
    rows = (entity.rows(actor, verb) & entity.rows(actor, READ)).order_by("pk").values(*entity.columns)
    is_kept = entity.keeps if verb != READ and entity.keeps is not None else _is_never_kept
    row = next((each for each in rows[:_LOOKED_AT] if is_kept(each) is None), None)
    if row is not None:
        entity.unfold(row)
    return row


def _reading(entity: Entity, actor: Actor) -> Iterator[Example]:
    at = f"/{entity.name}"
    sorts = [each.name for each in entity.lists[0].sorts]
    readable = {each.name: each for each in entity.readable(actor)}
    sort = next((each for each in sorts if each in readable), "")
    after = _("The answer's next is the cursor of the following page: send it as after.")
    asked = {"limit": "20"} | ({"sort": sort} if sort else {})
    yield Example(_("List, in order, page by page"), "GET", f"{at}?{urlencode(asked)}", (200,), note=after)
    if entity.search:
        yield Example(_("Search by words, without tone marks too"), "GET", f"{at}?q=an", (200,))
    condition = _condition(entity, readable)
    if condition is not None:
        told = json.dumps({"and": [condition]}, ensure_ascii=False)
        yield Example(_("Filter"), "GET", f"{at}?{urlencode({'filter': told})}", (200,))
    row = _first_row(entity, actor, READ)
    if row is not None:
        yield Example(_("Read one; its version is the ETag"), "GET", f"{at}/{row['id']}", (200,))
        yield Example(_("Read its history"), "GET", f"{at}/{row['id']}/history", (200,))
    if entity.has_bin:
        yield Example(_("List the bin"), "GET", f"{at}?bin=true", (200,))
    if row is not None and entity.has_owner:
        yield Example(_("List its files"), "GET", f"{at}/{row['id']}/files", (200,))
    if actor.may(entity.name, EXPORT):
        body = {"purpose": _("Example"), "format": "csv"}
        yield Example(_("Export as CSV"), "POST", f"{at}/export", (200,), body)


def _condition(entity: Entity, readable: Mapping[str, Field]) -> list[object] | None:
    """Give a condition on a field by which the list is filtered; a choice says most."""
    fields = [readable[name] for name in entity.lists[0].filters if name in readable]
    for each in sorted(fields, key=lambda field: not isinstance(field, Choice)):
        if isinstance(each, Choice) and each.options:
            return [_outward(each), "eq", each.options[0].code]
        if isinstance(each, Flag):
            return [_outward(each), "eq", True]
        if "empty" in each.operators:
            return [_outward(each), "empty", False]
    return None


def _outward(field: Field) -> str:
    return f"custom.{field.key}" if field.is_own else field.name


def _writing(entity: Entity, actor: Actor) -> Iterator[Example]:
    at = f"/{entity.name}"
    body = _new_body(entity, actor)
    if body is not None:
        key = (("Idempotency-Key", "vi-du-1"),)
        note = _("With the same Idempotency-Key the call can be repeated: it makes one record.")
        yield Example(_("Create"), "POST", at, (201,), body, key, note=note)
        title = _("Import a file in the background")
        note = _("The answer is a job; GET /api/v1/jobs/{id} tells how far it is.")
        yield Example(title, "POST", f"{at}/import", (202,), file=f"{entity.name}.csv", note=note)
    row = _first_row(entity, actor, CHANGE)
    if row is not None:
        yield from _changing(entity, actor, row)
    row = _first_row(entity, actor, DELETE) if entity.has_bin else None
    if row is not None:
        seen = (("If-Match", str(row["version"])),)
        yield Example(_("Move to the bin"), "DELETE", f"{at}/{row['id']}", (204,), headers=seen)


def _changing(entity: Entity, actor: Actor, row: Mapping[str, Any]) -> Iterator[Example]:
    at, seen = f"/{entity.name}/{row['id']}", (("If-Match", str(row["version"])),)
    changeable = [each for each in entity.changeable(actor) if each.name != entity.title]
    plain = next((each for each in changeable if type(each) is Text and not each.required), None)
    own = next((each for each in changeable if each.is_own and _sample(each, actor) is not None), None)
    note = _("If-Match names the version that you saw; where somebody changed it since, the answer is 409.")
    if plain is not None and (value := _sample(plain, actor)) is not None:
        body = {plain.name: value}
        yield Example(_("Change a field"), "PATCH", at, (200,), body, seen, note=note)
    if own is not None:
        body = {"custom": {own.key: _sample(own, actor)}}
        yield Example(_("Set a field of your own"), "PATCH", at, (200,), body, seen, note=note)
    step = next((each for each in entity.actions if _is_plain(entity, each, actor, row)), None)
    if step is not None:
        note = _("409 where its state does not allow the step.")
        yield Example(step.label, "POST", f"{at}/{step.verb}", (200, 409), {}, note=note)


def _is_plain(entity: Entity, step: Action, actor: Actor, row: Mapping[str, Any]) -> bool:
    """Tell whether a step asks for nothing and can be taken with this row."""
    is_open = entity.rows(actor, step.needs).filter(pk=row["id"]).exists()
    return is_open and not step.asks and not step.part and why_not_now(entity, step, row, actor=actor) is None


def _new_body(entity: Entity, actor: Actor) -> dict[str, Any] | None:
    """Give what a new record needs and some of what it may hold; none where it cannot be told."""
    if not actor.may(entity.name, CREATE) or entity.name == _MADE_BY_INVITATION:
        return None
    body: dict[str, Any] = {}
    for each in entity.writable(actor):
        is_shown = each.required or isinstance(each, (Phones, Emails)) or each.name in _ALSO
        value = _sample(each, actor) if is_shown else None
        if value is None and each.required:
            return None
        if value is not None:
            body[each.name] = value
    return body or None


def _sample(field: Field, actor: Actor) -> object:
    """Give a value that the field takes, as JSON holds it; none where there is none to be told."""
    for kind, value in _VALUES:
        if isinstance(field, kind):
            found = value(field, actor)
            try:
                if found is not None:
                    field.read(found)
            except FieldRefused:
                return None
            return found
    return None


def _link(field: Field, actor: Actor) -> object:
    target = entity_named(field.to) if isinstance(field, Link) else None
    if target is None or not (target.public_labels or actor.may(target.name, READ)):
        return None
    if field.is_own:
        return None
    return linkable(target, actor).order_by("pk").values_list("pk", flat=True).first()


def _text(field: Field, _actor: Actor) -> object:
    if field.name in _WORDS:
        return _WORDS[field.name]
    return _("Example") if field.name != "name" else "Công ty Ánh Dương (ví dụ)"


def _choice(field: Field, _actor: Actor) -> object:
    options = [each for each in field.options if not each.is_retired] if isinstance(field, Choice) else []
    # The first one often stands for what there is once, such as the head office.
    return options[-1].code if options else None


def _several(field: Field, _actor: Actor) -> object:
    known = field.known() if isinstance(field, Several) else ()
    return [known[0].code] if known else None


_VALUES: tuple[tuple[type[Field], Any], ...] = (
    (Link, _link),
    (Choice, _choice),
    (Several, _several),
    (Phones, lambda _field, _actor: ["0912345678"]),
    (Emails, lambda _field, _actor: ["an.nguyen@example.com"]),
    (TaxCodeField, lambda _field, _actor: None),
    (Addresses, lambda _field, _actor: None),
    (Tags, lambda _field, _actor: None),
    (Flag, lambda _field, _actor: True),
    (Day, lambda _field, _actor: today().isoformat()),
    (Moment, lambda _field, _actor: None),
    (Whole, lambda _field, _actor: 1),
    (Text, _text),
)
