"""Who takes part in an activity: people of the house, contacts, customers, or guests by name and address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields import FieldRefused, Records, Ref
from duyen.kernel.emails import EmailError, read_email
from duyen.kernel.text import clean
from duyen.modules.activities.words import Answer

_LONGEST_NAME = 160


@dataclass(frozen=True)
class Participant:
    """Somebody who takes part: a record by `entity` and `id`, or a guest by name and e-mail."""

    entity: str = ""
    id: int = 0
    name: str = ""
    email: str = ""
    answer: str = ""


@dataclass(frozen=True)
class Participants(Records):
    """Those who take part, each with an answer to the invitation."""

    to: tuple[str, ...] = ("users", "contacts", "customers")

    takes_guests: ClassVar[bool] = True

    def one(self, item: object) -> Participant:
        told = item if isinstance(item, Mapping) else {}
        answer = str(told.get("answer") or "")
        if answer not in {each.value for each in Answer}:
            raise FieldRefused("answer", _("An answer is YES, NO or MAYBE."))
        if isinstance(item, Participant):
            return item
        if told.get("id") or (isinstance(item, str) and ":" in item):
            kind, record_id = super().one(item)
            return Participant(kind, record_id, answer=answer)
        return _guest(told if told else {"name": str(item)}, answer)

    def refs(self, value: Iterable[Any]) -> frozenset[Ref]:
        return frozenset((each.entity, each.id) for each in value or () if each.entity)

    def store(self, value: Any) -> dict[str, object]:
        return {self.columns[0]: [_told(each) for each in value]}

    def load(self, row: Mapping[str, Any]) -> Any:
        return tuple(Participant(**each) for each in row[self.columns[0]] or ())

    def to_json(self, value: Any) -> Any:
        return [_told(each) for each in value]

    def show(self, value: Any) -> str:
        return "; ".join(_said(each) for each in value) or "—"

    def entered(self, value: Any) -> str:
        return "; ".join(_said(each) for each in value)


def _guest(told: Mapping[str, object], answer: str) -> Participant:
    """Read somebody from outside, as «Lê An <an@example.com>», a name or an address. Raises FieldRefused."""
    name, email = str(told.get("name") or ""), str(told.get("email") or "")
    if "<" in name and not email:
        name, _sign, email = name.partition("<")
    elif "@" in name and not email:
        name, email = "", name
    email = email.strip(" <>")
    try:
        read = read_email(email) if email else ""
    except EmailError as error:
        raise FieldRefused(error.code, error.sentence, **error.params) from error
    words = clean(name)[:_LONGEST_NAME]
    if not words and not read:
        raise FieldRefused("participants", _("Name each who takes part, by name or e-mail."))
    return Participant(name=words, email=read, answer=answer)


def _told(each: Participant) -> dict[str, Any]:
    who: dict[str, Any] = (
        {"entity": each.entity, "id": each.id} if each.entity else {"name": each.name, "email": each.email}
    )
    return {**who, "answer": each.answer} if each.answer else who


def _said(each: Participant) -> str:
    if each.entity:
        return f"{each.entity}:{each.id}"
    return f"{each.name} <{each.email}>" if each.name and each.email else each.name or each.email
