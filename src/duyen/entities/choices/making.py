"""Make a list of choices of the company's own, for several fields; rename it, or take it away again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.choices.changing import changing, refuse_others
from duyen.entities.choices.rules import MOST_ITEMS, code_for, same_word
from duyen.entities.choices.telling import MADE
from duyen.entities.choices.using import ANY_CODE, uses_of
from duyen.entities.custom.rules import key_from
from duyen.entities.errors import InvalidValues, NotFound, Refused
from duyen.entities.fields import ChoiceList
from duyen.entities.fields.options import Option, all_lists, declared_lists, in_both, list_named
from duyen.entities.history import name_verbs
from duyen.entities.trail_lines import name_things
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.choices.models import LONGEST_LABEL, LONGEST_WORDS, ChoiceItem
from duyen.foundation.choices.models import ChoiceList as KeptRow
from duyen.foundation.fields.models import CustomField
from duyen.foundation.fields.versions import bump_version, pin
from duyen.foundation.fields.words import FieldState
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.kernel.text import clean

#: So many lists of its own a company may have.
MOST_LISTS = 200
name_verbs(
    {
        MADE: gettext_lazy("List of choices made"),
        "choices.name": gettext_lazy("List of choices renamed"),
        "choices.remove": gettext_lazy("List of choices deleted"),
    }
)


class ListIsUsed(Refused):
    """Fields take their options from the list."""

    code = "list_is_used"
    sentence = gettext_lazy("%(fields)s take their options from this list. Delete those fields first.")


class TooManyLists(Refused):
    """The company has as many lists of its own as it may have."""

    code = "too_many_lists"
    sentence = gettext_lazy(
        "There are %(most)s lists of your own already, and no more fit. Delete one first."
    )


def make(
    *, actor: Actor, vi: str, en: str = "", words: Sequence[str] = (), options: Sequence[Option] = ()
) -> str:
    """Make a list of `words`, or of `options` with their codes; gives its name.

    Raises NotAllowed, InvalidValues or TooManyLists.
    """
    refuse_others(actor)
    with transaction.atomic():
        trail.begin(actor, MADE)
        _take_turn()
        vi, en = _read_label(vi, en, but="")
        words = _read_items(words) if not options else ()
        taken = set(KeptRow.objects.values_list("name", flat=True)) | set(declared_lists)
        if KeptRow.objects.exclude(label_vi="").count() >= MOST_LISTS:
            raise TooManyLists(most=MOST_LISTS)
        name, moment = key_from(f"own {vi}", taken), now()
        stamps = {"created_at": moment, "updated_at": moment, "created_by_id": actor.user_id}
        row = KeptRow.objects.create(
            name=name, label_vi=vi, label_en=en, updated_by_id=actor.user_id, **stamps
        )
        made = options or _options_of(words)
        ChoiceItem.objects.bulk_create(
            ChoiceItem(
                list=row,
                code=each.code,
                label_vi=str(each.label),
                tone=each.tone if each.tone != "gray" else "",
                position=place,
                is_retired=each.is_retired,
            )
            for place, each in enumerate(made)
        )
        bump_version()
    return name


def rename(choices: ChoiceList, *, actor: Actor, version: int, vi: str, en: str = "") -> None:
    """Give a list of the company's own another name, in one language or both.

    Raises NotAllowed, NotFound, ListChanged or InvalidValues.
    """
    _refuse_declared(choices)
    with changing(choices, "name", actor=actor, version=version) as row:
        vi, en = _read_label(vi, en, but=choices.name)
        KeptRow.objects.filter(pk=row.pk).update(label_vi=vi, label_en=en)


def remove(choices: ChoiceList, *, actor: Actor, version: int) -> None:
    """Delete a list of the company's own that no field uses. Raises NotAllowed, NotFound, ListIsUsed, …."""
    _refuse_declared(choices)
    with changing(choices, "remove", actor=actor, version=version) as row:
        _take_turn()
        used = fields_of(choices)
        if used:
            raise ListIsUsed(fields=", ".join(f"“{each.label}”" for each in used))
        row.items.all().delete()
        KeptRow.objects.filter(pk=row.pk).delete()


def fields_of(choices: ChoiceList) -> list[CustomField]:
    """List the fields of the company's own that take their options from a list, retired ones too."""
    found = CustomField.objects.filter(limits__list=choices.name).exclude(state=FieldState.DELETED)
    return list(found.order_by("entity", "place", "pk"))


def shareable() -> list[ChoiceList]:
    """List from which lists a field of the company's own can take its options: those that keep codes."""
    return [each for each in all_lists().values() if not each.takes_words and any(True for _one in each)]


def _refuse_declared(choices: ChoiceList) -> None:
    if choices.is_declared:
        raise NotFound


def _take_turn() -> None:
    """Let one make lists and define fields after the other, as `custom.defining` does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('custom_fields'))")
    pin()


def _read_label(vi: str, en: str, *, but: str) -> tuple[str, str]:
    vi, en = clean(vi), clean(en)
    problems = []
    if not vi:
        problems.append(FieldProblem("label_vi", "required", _("This field is needed. Fill it in.")))
    others = [word for each in all_lists().values() if each.name != but for word in in_both(each.label)]
    for field, word in (("label_vi", vi), ("label_en", en)):
        if len(word) > LONGEST_LABEL:
            told = {"length": len(word), "most": LONGEST_LABEL}
            too_long = _("Too long: %(length)s characters. Shorten it to %(most)s.") % told
            problems.append(FieldProblem(field, "too_long", too_long))
        elif word and same_word(word, others):
            taken = _("Another list is called like that. Give it another name.")
            problems.append(FieldProblem(field, "taken", taken))
    if problems:
        raise InvalidValues(problems)
    return vi, en


def _read_items(words: Sequence[str]) -> list[str]:
    found = [word for each in words if (word := clean(each))]
    problem = ""
    longest = max(map(len, found), default=0)
    if not found:
        problem = _("Give at least one item.")
    elif len(found) > MOST_ITEMS:
        problem = _("At most %(most)s options. For longer lists keep records of their own, and link to them.")
        problem %= {"most": MOST_ITEMS}
    elif longest > LONGEST_WORDS:
        told = {"length": longest, "most": LONGEST_WORDS}
        problem = _("Too long: %(length)s characters. Shorten it to %(most)s.") % told
    elif twice := next((each for place, each in enumerate(found) if same_word(each, found[:place])), ""):
        problem = _("“%(word)s” stands there twice. Take one of them out.") % {"word": twice}
    if problem:
        raise InvalidValues([FieldProblem("items", "items", problem)])
    return found


def _options_of(words: Sequence[str]) -> list[Option]:
    codes: list[str] = []
    for each in words:
        codes.append(code_for(each, codes, longest=ANY_CODE))
    return [Option(code, word) for code, word in zip(codes, words, strict=True)]


def _called(ids: Collection[int]) -> Mapping[int, str]:
    """Give the names of lists by the numbers of what is kept of them, for the trail."""
    kept = KeptRow.objects.filter(pk__in=ids).values_list("pk", "name")
    return {pk: str(found.label) if (found := list_named(name)) else name for pk, name in kept}


name_things({"choice_lists": _called})
__all__ = ["fields_of", "make", "remove", "rename", "shareable", "uses_of"]
