"""Plant the records of the table, each field with words of its own, so that a leak has a name."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.fields import (
    Addresses,
    Amount,
    Choice,
    Day,
    Emails,
    Field,
    Flag,
    Link,
    People,
    Percent,
    Phones,
    Records,
    Several,
    Tags,
    TaxCodeField,
    Text,
    Units,
    When,
    Whole,
)
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.files.models import File, FileVersion
from duyen.foundation.files.store.disk import DiskStore
from duyen.foundation.org.calendars import WEEKDAYS
from duyen.foundation.org.models import Position, Role, User
from duyen.foundation.shares.models import Share
from duyen.kernel.clock import now, today
from duyen.kernel.opening_hours import show_hours
from duyen.kernel.tax_codes import check_digit
from duyen.modules.administration.entities.working_time import Hours
from duyen.testing.cast import Cast, set_the_stage
from tests.permissions.table import EntityTable, RecordLine, table

SYSTEM = system_actor("permissions")


@dataclass(frozen=True)
class Word:
    """A value for one field: as it is sent, and the texts by which it would be known again anywhere."""

    raw: object
    traces: tuple[str, ...] = ()


@dataclass
class Planted:
    """One record of the table as it stands in the database.

    `words` are the values by field; `before` those that it had first, which its history tells.
    `change` is the operation of the change between them.
    """

    line: RecordLine
    entity: str
    id: int
    title: str
    words: Mapping[str, Word]
    before: Mapping[str, Word]
    change: int
    version: int
    file: int = 0

    def traces(self, entity: EntityTable) -> list[str]:
        """List all by which something of this record would be known again; public words are none."""
        told = (*self.words.items(), *self.before.items())
        found = [trace for name, word in told if name not in entity.public for trace in word.traces]
        return list(dict.fromkeys(found))


@dataclass
class Stage:
    """The cast with all that was planted."""

    cast: Cast
    users: dict[str, User]
    records: dict[str, dict[str, Planted]] = field(default_factory=dict)

    def planted(self, entity: str, name: str) -> Planted:
        """Give a record of an entity's table; `contacts.sellers` is one that another entity planted."""
        other, _dot, own = name.rpartition(".")
        return self.records[other or entity][own]

    def traces_of(self, entity: str, name: str) -> list[str]:
        """List all by which one field of any planted record of an entity would be known again."""
        told = (
            word
            for planted in self.records[entity].values()
            for words in (planted.words, planted.before)
            for word in [words.get(name)]
        )
        return [trace for word in told if word for trace in word.traces]

    def hidden_from(
        self, who: str, entities: Mapping[str, EntityTable] | None = None
    ) -> list[tuple[str, str]]:
        """List, as pairs of trace and record, all that `who` must not meet anywhere.

        By the table, or by other expectations of its entities.
        """
        found = []
        for name, entity in (entities or table().entities).items():
            for planted in self.records[name].values():
                if not self.sees(who, planted, entities):
                    found += [(trace, f"{name}.{planted.line.name}") for trace in planted.traces(entity)]
        return found

    def sees(self, who: str, planted: Planted, entities: Mapping[str, EntityTable] | None = None) -> bool:
        """Tell whether a record is open to `who`, as what it was planted or as something else."""
        told = entities or table().entities
        own = told[planted.entity].line(planted.line.name).sees(who)
        lines = [
            line
            for other in told.values()
            for line in other.records
            if line.name == f"{planted.entity}.{planted.line.name}"
        ]
        return own or any(line.sees(who) for line in lines)


def plant() -> Stage:
    """Set the stage, let the newcomer and the locked one in, and plant every record of the table."""
    cast = set_the_stage()
    stage = Stage(cast, dict(cast.users))
    _let_in(stage)
    numbers = iter(range(100, 1000))
    for name, entity in table().entities.items():
        stage.records[name] = {
            line.name: _plant(stage, entity, line, next(numbers))
            for line in entity.records
            if "." not in line.name
        }
    return stage


def _let_in(stage: Stage) -> None:
    """Make the two whom the fixed cast has no use for: one without a position, one locked out."""
    stamps = {"created_at": now(), "updated_at": now()}
    with transaction.atomic():
        trail.begin(SYSTEM, "tests.let_in")
        # What is hidden from a role at the start is hidden again where test_fields.py asks for it.
        FieldRight.objects.all().delete()
        for who, name in (("newcomer", "Mai Ngọc Châu"), ("locked", "Cao Bá Lộc")):
            user = User(
                email=f"{who}@example.com",
                full_name=name,
                password=make_password(None),
                is_active=who != "locked",
                **stamps,
            )
            user.save(force_insert=True)
            stage.users[who] = user
        Position.objects.create(
            user=stage.users["locked"],
            unit=stage.cast.unit("HO"),
            role=Role.objects.get(code="DIRECTOR"),
            is_main=True,
            since=today() - dt.timedelta(days=30),
            **stamps,
        )


def _plant(stage: Stage, entity: EntityTable, line: RecordLine, number: int) -> Planted:
    declared = entity_named(entity.name)
    before = _words(stage, entity, line, 2 * number)
    words = _words(stage, entity, line, 2 * number + 1)
    keeper = _keeper(stage, line)
    made = standard.create(declared, actor=SYSTEM, values=_raw(before) | keeper)
    for other in line.people("also"):
        _open_as(declared, other, made.id)
    changed = standard.change(
        declared, made.id, actor=SYSTEM, values=_raw(words), version=_version(declared, made.id)
    )
    _mark(stage, declared, line, made.id)
    words |= _given(declared, made.id)
    file, words["file"] = _hang_a_file(declared, line, made.id, number)
    title = str(words[declared.title].raw)
    version = _version(declared, made.id)
    return Planted(line, entity.name, made.id, title, words, before, changed.operation.id, version, file)


def _hang_a_file(entity: Entity, line: RecordLine, record_id: int, number: int) -> tuple[int, Word]:
    """Hang a file on a record: its name and its content hold a word that stands nowhere else."""
    word = f"Qzfile{entity.name}{line.name}{number}"
    stands = {"entity": entity.family, "record_id": record_id, "created_at": now()}
    key = f"{number:040}"
    with tempfile.NamedTemporaryFile("w") as content:
        content.write(word)
        content.flush()
        for each in (key, f"{key}.small", f"{key}.large"):
            DiskStore().keep(each, Path(content.name))
    with transaction.atomic():
        trail.begin(SYSTEM, "files.add_file")
        file = File.objects.create(name=f"{word}.pdf", updated_at=now(), **stands)
        FileVersion.objects.create(
            file=file, number=1, name=file.name, ending="pdf", size=len(word), sha256=f"{number:064}",
            place="disk", key=key, scan="none", preview="made", **stands,
        )  # fmt: skip
    return file.pk, Word(word, (word,))


def _given(entity: Entity, record_id: int) -> dict[str, Word]:
    """Give the number that the record got at birth, which is its own as well."""
    if entity.code is None:
        return {}
    code = entity.model._default_manager.values_list("code", flat=True).get(pk=record_id)
    return {"code": Word(code, (code,))}


def _version(entity: Entity, record_id: int) -> int:
    return int(entity.model._default_manager.values_list("version", flat=True).get(pk=record_id))


def _raw(words: Mapping[str, Word]) -> dict[str, object]:
    return {name: word.raw for name, word in words.items()}


def _keeper(stage: Stage, line: RecordLine) -> dict[str, object]:
    if line.keeper is None:
        return {}
    owner, unit = line.keeper
    return {"owner": stage.users[owner].pk, "unit": stage.cast.unit(unit).pk}


def _open_as(entity: Entity, other: str, record_id: int) -> None:
    """Let a record be one of another entity too, by the mask that both share."""
    both = entity.fixed["role_mask"] | entity_named(other).fixed["role_mask"]
    with transaction.atomic():
        trail.begin(SYSTEM, "tests.open_as")
        entity.model._default_manager.filter(pk=record_id).update(role_mask=both)


def _mark(stage: Stage, entity: Entity, line: RecordLine, record_id: int) -> None:
    """Share it and put it into the bin, as its line says; the locked one has a share of everything."""
    shares = [(entity.name, who, mark) for mark in ("lent", "entrusted") for who in line.people(mark)]
    if not entity.scope.is_company_wide:
        shares += [(name, "locked", "entrusted") for name in (entity.name, *line.people("also"))]
    with transaction.atomic():
        trail.begin(SYSTEM, "tests.mark")
        for name, who, mark in shares:
            Share.objects.create(
                entity=name,
                record_id=record_id,
                user=stage.users[who],
                may_change=mark == "entrusted",
                created_at=now(),
            )
    if line.is_binned:
        standard.delete(entity, record_id, actor=SYSTEM)


# --- values ---------------------------------------------------------------------------------------------


def words_of(
    stage: Stage, entity: EntityTable, line: RecordLine, number: int, *, who: str = ""
) -> dict[str, object]:
    """Give the values of one more record like that of a line, which may stand beside it; `who` makes it."""
    more = {**entity.plant_new, **entity.plant_for.get(who, {})}
    return _raw(_words(stage, entity, line, number, more))


def _words(
    stage: Stage, entity: EntityTable, line: RecordLine, number: int, more: Mapping[str, str] | None = None
) -> dict[str, Word]:
    """Give every field that may be set a value of its own; what the table fixes is no secret."""
    fixed = {**entity.plant, **entity.plant_one.get(line.name, {}), **(more or {})}
    return {
        name: _fixed(stage, declared, fixed[name], token(entity, line, name, number), number)
        if name in fixed
        else word_for(declared, token(entity, line, name, number), number)
        for name in entity.set
        for declared in [entity_named(entity.name).field(name)]
    }


def token(entity: EntityTable, line: RecordLine, name: str, number: int) -> str:
    """Give a word that stands nowhere else; public fields and the rest share no beginning."""
    mark = "Pz" if name in entity.public else "Qz"
    return f"{mark}{entity.name}{line.name}{number}"


def _fixed(stage: Stage, declared: Field, template: str, word: str, number: int) -> Word:
    if isinstance(declared, Link):
        return Word(_linked(stage, declared.to, template) if template else None)
    if isinstance(declared, Records):
        return Word([_linked(stage, declared.to[0], template)] if template else [])
    text = template.format(token=word.lower(), number=number)
    raw: object = text
    if isinstance(declared, (Tags, Units)):
        raw = [text]
    elif isinstance(declared, Whole):
        raw = int(text) if text else None
    return Word(raw, (text,) if "{" in template else ())


def _linked(stage: Stage, to: str, template: str) -> int:
    """Find what a link is fixed to: a unit by its code, one of the cast, a planted one, or by title."""
    if to == "units":
        return int(stage.cast.unit(template).pk)
    if to == "users":
        return int(stage.users[template].pk)
    if template in stage.records.get(to, {}):
        return stage.records[to][template].id
    target = entity_named(to)
    found = target.model._default_manager.filter(**{target.title: template})
    return int(found.values_list("pk", flat=True).get())


def word_for(declared: Field, word: str, number: int) -> Word:
    """Give a field a value of its own by its kind. Raises NotImplementedError for a kind not known here."""
    for kind, make in _KINDS:
        if isinstance(declared, kind):
            return make(declared, word, number)
    raise NotImplementedError(
        f"tests/permissions/planting.py knows no value for a {type(declared).__name__}: add it to _KINDS"
    )


def _text(declared: Field, word: str, _number: int) -> Word:
    text = f"{word}{declared.name}"
    return Word(text, (text,))


def _phones(_declared: Field, _word: str, number: int) -> Word:
    last = f"{number:06}"
    raw = f"0987{last}"
    return Word([raw], (f"+84987{last}", raw, f"0987 {last[:3]} {last[3:]}"))


def _emails(_declared: Field, word: str, _number: int) -> Word:
    mail = f"{word.lower()}@example.com"
    return Word([mail], (mail,))


def _addresses(_declared: Field, word: str, _number: int) -> Word:
    parts = {part: f"{word}{part}" for part in ("line", "ward", "province")}
    return Word([parts], tuple(parts.values()))


def _tags(_declared: Field, word: str, _number: int) -> Word:
    return Word([f"{word}tag"], (f"{word}tag",))


def _several(declared: Field, _word: str, number: int) -> Word:
    options: Any = declared.known() if isinstance(declared, Several) else ()
    return Word([options[number % len(options)].code])


#: The days of one record start in years of their own, so that each is known again.
_YEARS = {
    "due_at": 1932,
    "done_at": 1936,
    "starts_at": 1940,
    "ends_at": 1940,
    "starts_on": 1940,
    "expected_close": today().year - 9,
    "rival_contract_end": 1975,
    "wanted_by": 1978,
    "provider_until": 1981,
    "next_action_on": 1984,
    "ends_on": 1992,
    "remind_at": 1944,
    "born_on": 1950,
    "active_until": 1995,
    "valid_until": 1995,
}


def _day(declared: Field, _word: str, number: int) -> Word:
    # Modulo 13 years, for a deal is expected to close within ten years of today.
    day = dt.date(_YEARS.get(declared.name, 1990), 1, 1) + dt.timedelta(days=number % 4_700)
    return Word(day.isoformat(), (day.isoformat(), day.strftime("%d/%m/%Y")))


def _when(declared: Field, _word: str, number: int) -> Word:
    # What begins ends on the day after, whole days a day later still: three apart, no two records share one.
    days = 3 * number + (declared.name == "ends_at")
    moment = dt.datetime(_YEARS.get(declared.name, 1960), 1, 1, 2, 0, tzinfo=dt.UTC) + dt.timedelta(days=days)
    return Word(moment.isoformat(), (f"{moment:%Y-%m-%dT%H:%M}", f"{moment:%d/%m/%Y}"))


def _whole(declared: Field, _word: str, number: int) -> Word:
    least = declared.least if isinstance(declared, Whole) else 0
    return Word(max(number % 100, least))


def _nobody(_declared: Field, _word: str, _number: int) -> Word:
    return Word([])


def _tax_code(_declared: Field, _word: str, number: int) -> Word:
    nine = next(
        text for text in (f"02{number:06}{last}" for last in range(9)) if check_digit(text) is not None
    )
    code = f"{nine}{check_digit(nine)}"
    return Word(code, (code,))


def _choice(declared: Field, _word: str, number: int) -> Word:
    options: Any = declared.options if isinstance(declared, Choice) else ()
    return Word(options[number % len(options)].code)


def _flag(_declared: Field, _word: str, number: int) -> Word:
    return Word(bool(number % 2))


#: Amounts of one record start differently, so that each is known again, and a floor is below its price.
_AMOUNTS = {
    "price": 9_300_000_000,
    "one_off_fee": 9_200_000_000,
    "floor": 9_100_000_000,
    "budget": 9_400_000_000,
}


def _amount(declared: Field, _word: str, number: int) -> Word:
    # By squares, no average of some amounts is the amount of another record.
    amount = _AMOUNTS.get(declared.name, 9_000_000_000) + number * number
    return Word(amount, (str(amount), f"{amount:,}", f"{amount:,}".replace(",", ".")))


def _percent(_declared: Field, _word: str, number: int) -> Word:
    return Word(number % 100)


def _hours(declared: Field, _word: str, number: int) -> Word:
    start = (7 * number + WEEKDAYS.index(declared.name)) % 700
    text = show_hours(((start, start + 400),))
    return Word(text, (text,))


_KINDS: tuple[tuple[type[Field], Callable[[Field, str, int], Word]], ...] = (
    (TaxCodeField, _tax_code),
    (Phones, _phones),
    (Emails, _emails),
    (Addresses, _addresses),
    (People, _nobody),
    (Records, _nobody),
    (Several, _several),
    (Tags, _tags),
    (When, _when),
    (Whole, _whole),
    (Day, _day),
    (Choice, _choice),
    (Flag, _flag),
    (Amount, _amount),
    (Percent, _percent),
    (Hours, _hours),
    (Text, _text),
)
