"""Change a list of choices: add, rename, colour, order, retire. Every change raises the list's version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.choices.rules import MOST_ITEMS, code_for, moved, ordered, same_word
from duyen.entities.choices.using import is_named_by_code, is_parted, longest_code
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound, Refused
from duyen.entities.fields import ChoiceList, WordList
from duyen.entities.fields.options import PARTING, TONES, in_both
from duyen.entities.history import name_verbs
from duyen.entities.trail_lines import name_families
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.foundation.audit import trail
from duyen.foundation.choices.models import LONGEST_WORDS, ChoiceItem
from duyen.foundation.choices.models import ChoiceList as KeptRow
from duyen.foundation.fields.versions import bump_version
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.kernel.text import clean

name_families({"choice_lists": _("List of choices")})
name_verbs(
    {
        "choices.add": _("Choice added"),
        "choices.change": _("Choice renamed or coloured"),
        "choices.order": _("Choices ordered"),
        "choices.retire": _("Choice no longer used"),
        "choices.bring_back": _("Choice used again"),
        "choices.merge": _("Choice merged into another one"),
        "choices.open": _("Decided who may add words"),
        "choices.gather": _("Words in use gathered"),
    }
)
#: A word on a record is no longer than this.
LONGEST_WORD = 40


class ListChanged(Refused):
    """Somebody else changed the list since the page was opened."""

    code = "list_changed"
    sentence = _("Somebody changed this list while you were working. Look at it as it is now, then go on.")


class ListIsFixed(Refused):
    """The product branches on the items of the list."""

    code = "list_is_fixed"
    sentence = _(
        "Duyên itself works with the items of this list. They can be renamed, coloured and ordered,"
        " not added, retired or merged."
    )


class ItemIsNeeded(Refused):
    """What nobody knows falls to this item, or nothing would be left to choose."""

    code = "item_is_needed"
    sentence = _("“%(item)s” has to stay: %(why)s")


class TooManyItems(Refused):
    """A list holds as many items as it may."""

    code = "too_many_items"
    sentence = _("A list has at most %(most)s items. Retire or merge some first.")


def may_change_choices(actor: Actor) -> bool:
    """Tell whether the actor decides what can be chosen."""
    return actor.may("users", CHANGE)


def refuse_others(actor: Actor) -> None:
    """Raise NotAllowed for whoever does not decide what can be chosen."""
    if not may_change_choices(actor):
        raise NotAllowed(why=_("what can be chosen is for administrators to decide."))


@contextmanager
def changing(choices: ChoiceList, verb: str, *, actor: Actor, version: int) -> Iterator[KeptRow]:
    """Hold a list for a change by somebody who saw it at `version`; 0 is the list that nobody has changed.

    Raises NotAllowed or ListChanged.
    """
    refuse_others(actor)
    with transaction.atomic():
        trail.begin(actor, f"choices.{verb}")
        row = _locked(choices, actor)
        if row.version != version:
            raise ListChanged
        yield row
        KeptRow.objects.filter(pk=row.pk).update(
            version=row.version + 1, updated_at=now(), updated_by_id=actor.user_id
        )
        bump_version()


def _locked(choices: ChoiceList, actor: Actor) -> KeptRow:
    moment = now()
    stamps = {"created_at": moment, "updated_at": moment, "created_by_id": actor.user_id}
    KeptRow.objects.get_or_create(name=choices.name, defaults={**stamps, "version": 0})
    return KeptRow.objects.select_for_update(of=("self",), no_key=True).get(name=choices.name)


def put(row: KeptRow, code: str, **columns: Any) -> None:
    """Keep columns of one item of a list that is held for a change."""
    ChoiceItem.objects.update_or_create(list=row, code=code, defaults=columns)


def add(choices: ChoiceList, *, actor: Actor, version: int, vi: str, en: str = "", tone: str = "") -> str:
    """Add an item and give its code; of a list of words the word itself.

    Raises NotAllowed, ListChanged, ListIsFixed, TooManyItems or InvalidValues.
    """
    with changing(choices, "add", actor=actor, version=version) as row:
        refuse_fixed(choices)
        if len(choices.held().by_code) >= MOST_ITEMS:
            raise TooManyItems(most=MOST_ITEMS)
        vi, en = _read_words(choices, vi, en, but="")
        taken = choices.held().by_code
        code = vi if choices.takes_words else code_for(vi, taken, longest=longest_code(choices))
        words = {} if choices.takes_words else {"label_vi": vi, "label_en": en}
        put(row, code, **words, tone=_read_tone(tone))
    return code


def change(
    choices: ChoiceList, code: str, *, actor: Actor, version: int, vi: str = "", en: str = "", tone: str = ""
) -> None:
    """Give an item other words, in one language or both, and another colour; empty ones are as declared.

    The word of a list of words is what stands on the records: it is renamed by a merge.
    Raises NotAllowed, NotFound, ListChanged or InvalidValues.
    """
    with changing(choices, "change", actor=actor, version=version) as row:
        refuse_unknown(choices, code)
        words = {}
        if not choices.takes_words:
            vi, en = _read_words(choices, vi, en, but=code)
            words = {"label_vi": vi, "label_en": en}
        put(row, code, **words, tone=_read_tone(tone))


def order(choices: ChoiceList, wanted: Sequence[str], *, actor: Actor, version: int) -> None:
    """Put the items into an order; those that nobody named stay where they stood.

    Raises NotAllowed or ListChanged.
    """
    _keep_order(choices, ordered([each.code for each in choices], wanted), actor=actor, version=version)


def move(
    choices: ChoiceList, code: str, step: int, *, actor: Actor, version: int, wanted: Sequence[str] = ()
) -> None:
    """Move one item up or down, after others were put into the `wanted` order.

    Raises NotAllowed, NotFound or ListChanged.
    """
    refuse_unknown(choices, code)
    codes = moved(ordered([each.code for each in choices], wanted), code, step)
    _keep_order(choices, codes, actor=actor, version=version)


def _keep_order(choices: ChoiceList, codes: Sequence[str], *, actor: Actor, version: int) -> None:
    with changing(choices, "order", actor=actor, version=version) as row:
        known = dict(row.items.values_list("code", "position"))
        for place, code in enumerate(codes):
            if known.get(code, -1) != place:
                put(row, code, position=place)


def retire(choices: ChoiceList, code: str, *, actor: Actor, version: int) -> None:
    """Let no further record get an item; those that hold it keep it.

    Raises NotAllowed, NotFound, ListChanged, ListIsFixed or ItemIsNeeded.
    """
    with changing(choices, "retire", actor=actor, version=version) as row:
        refuse_fixed(choices)
        refuse_unknown(choices, code)
        refuse_needed(choices, code)
        put(row, code, is_retired=True)


def bring_back(choices: ChoiceList, code: str, *, actor: Actor, version: int) -> None:
    """Let records get a retired item again. Raises NotAllowed, NotFound or ListChanged."""
    with changing(choices, "bring_back", actor=actor, version=version) as row:
        refuse_unknown(choices, code)
        put(row, code, is_retired=False)


def open_to_free_words(words: WordList, *, is_open: bool, actor: Actor, version: int) -> None:
    """Decide whether people may write words that the list does not hold. Raises NotAllowed or ListChanged."""
    with changing(words, "open", actor=actor, version=version) as row:
        KeptRow.objects.filter(pk=row.pk).update(takes_free_words=is_open)


def refuse_fixed(choices: ChoiceList) -> None:
    """Raise ListIsFixed for a list that the code branches on."""
    if choices.is_fixed:
        raise ListIsFixed


def refuse_unknown(choices: ChoiceList, code: str) -> None:
    """Raise NotFound for what is no item of the list, or went into another one."""
    if code not in {each.code for each in choices}:
        raise NotFound


def refuse_needed(choices: ChoiceList, code: str) -> None:
    """Raise ItemIsNeeded where records could not do without an item."""
    held = choices.held()
    item = held.by_code[code].label
    if is_named_by_code(choices, code):
        raise ItemIsNeeded(item=item, why=_("what an import does not know becomes this one."))
    if not choices.takes_words and [each.code for each in held.offered] == [code]:
        raise ItemIsNeeded(item=item, why=_("nothing else could be chosen."))


def _read_words(choices: ChoiceList, vi: str, en: str, *, but: str) -> tuple[str, str]:
    """Clean the words of an item. Raises InvalidValues."""
    longest = LONGEST_WORD if choices.takes_words else LONGEST_WORDS
    vi, en = clean(vi), clean(en)
    problems = []
    declared = choices.declared.get(but)
    if not vi and declared is None:
        problems.append(FieldProblem("vi", "required", _("This field is needed. Fill it in.")))
    if choices.takes_words and "," in vi:
        problems.append(FieldProblem("vi", "comma", _("A word holds no comma. Leave it out.")))
    parting = PARTING if is_parted(choices) else ""
    for name, word in (("vi", vi), ("en", en)):
        if any(sign in word for sign in parting):
            signs = _("Leave commas, semicolons and lines out of options: files part them by these signs.")
            problems.append(FieldProblem(name, "signs", signs))
        elif len(word) > longest:
            told = {"length": len(word), "most": longest}
            too_long = _("Too long: %(length)s characters. Shorten it to %(most)s.") % told
            problems.append(FieldProblem(name, "too_long", too_long))
        elif word and same_word(word, _words_of_others(choices, but)):
            taken = _("This list already has “%(word)s”. Choose another word, or merge the two.")
            problems.append(FieldProblem(name, "taken", taken % {"word": word}))
    if problems:
        raise InvalidValues(problems)
    return vi, en


def _words_of_others(choices: ChoiceList, but: str) -> list[str]:
    return [word for each in choices if each.code != but for word in in_both(each.label)]


def _read_tone(tone: str) -> str:
    """Give the colour. Raises InvalidValues for one that there is not."""
    if tone and tone not in TONES:
        raise InvalidValues([FieldProblem("tone", "unknown_choice", _("Choose one of the colours."))])
    return tone


def version_of(choices: ChoiceList) -> int:
    """Give the version of a list as the page shows it; 0 where nobody has changed it."""
    return choices.kept.version
