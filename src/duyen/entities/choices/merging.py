"""Make one item of a list stand for another: at once wherever it is read, and row by row as a job.

From the moment of the merge the former item means the other one: in lists, filters, files and the API. The
job then writes it into the rows, in chunks, each locked, raised in version and told in the trail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.bulk.outcomes import Tally
from duyen.entities.bulk.sets import lock_set, write_set
from duyen.entities.choices.changing import (
    LONGEST_WORD,
    changing,
    put,
    refuse_fixed,
    refuse_needed,
    refuse_unknown,
)
from duyen.entities.choices.rules import same_word
from duyen.entities.choices.using import Use, tables_of, used, uses_of
from duyen.entities.errors import InvalidValues, NotFound
from duyen.entities.fields import ChoiceList, Tags, WordList
from duyen.entities.fields.options import list_named
from duyen.entities.history import name_verbs
from duyen.entities.sql import Sql, all_of, name
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import CHANGE, Door
from duyen.foundation.audit import trail
from duyen.foundation.audit.trail import new_operation_id
from duyen.foundation.choices.models import ChoiceItem
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import Run, ask, job_kind
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.kernel.errors import FieldProblem
from duyen.kernel.text import clean

KIND = "merge_choices"
VERB = "choices.rewrite"
#: So many rows are locked and written together.
CHUNK = 1_000
PART = "Lists of choices"

name_verbs({VERB: gettext_lazy("Merged in its list of choices")})


def merge(choices: ChoiceList, code: str, into: str, *, actor: Actor, version: int) -> Job:
    """Let `into` stand for `code`, and leave the rows to the worker.

    Raises NotAllowed, NotFound, ListChanged, ListIsFixed, ItemIsNeeded or InvalidValues.
    """
    with changing(choices, "merge", actor=actor, version=version) as row:
        _refuse(choices, code, into)
        return _go_into(choices, row, code, into, actor)


def rename_word(words: WordList, word: str, *, to: str, actor: Actor, version: int) -> Job:
    """Write another word wherever one stands: the new one takes its place, colour and rows.

    Raises NotAllowed, NotFound, ListChanged or InvalidValues.
    """
    with changing(words, "merge", actor=actor, version=version) as row:
        refuse_unknown(words, word)
        new = clean(to)
        _refuse_word(words, word, new)
        kept = row.items.filter(code=word).order_by("pk").values("tone", "position", "is_retired").first()
        place = [each.code for each in words].index(word)
        put(row, new, **{**(kept or {"position": place}), "merged_into": ""})
        return _go_into(words, row, word, new, actor)


def _refuse(choices: ChoiceList, code: str, into: str) -> None:
    refuse_fixed(choices)
    if not choices.merges:
        raise NotFound
    refuse_unknown(choices, code)
    refuse_needed(choices, code)
    target = next((each for each in choices if each.code == into), None)
    if target is None or into == code or target.is_retired:
        sentence = _("Choose another item of the list, one that is still used.")
        raise InvalidValues([FieldProblem("into", "unknown_choice", sentence)])


def _refuse_word(words: WordList, word: str, new: str) -> None:
    others = [each.code for each in words if each.code != word]
    sentence = ""
    if not new or new == word:
        sentence = _("Write another word.")
    elif "," in new:
        sentence = _("A word holds no comma. Leave it out.")
    elif len(new) > LONGEST_WORD:
        told = {"length": len(new), "most": LONGEST_WORD}
        sentence = _("Too long: %(length)s characters. Shorten it to %(most)s.") % told
    elif same_word(new, others):
        told_word = {"word": new}
        sentence = _("This list already has “%(word)s”. Choose another word, or merge the two.") % told_word
    if sentence:
        raise InvalidValues([FieldProblem("vi", "word", sentence)])


def _go_into(choices: ChoiceList, row: Any, code: str, into: str, actor: Actor) -> Job:
    held = choices.held()
    words = {"list": choices.label, "from": held.word(code), "into": held.word(into)}
    total = used(choices, code).rows
    # A code that came back by name would otherwise lead round in a circle.
    ChoiceItem.objects.filter(list=row, code=into).update(merged_into="")
    put(row, code, merged_into=into)
    arguments = {"list": choices.name, "code": code, "into": into, "operation": new_operation_id()}
    label = _("%(list)s: %(from)s becomes %(into)s") % words
    job = ask(KIND, actor=actor, label=label, arguments=arguments, total=total)
    leave_to_worker(job)
    return job


@job_kind(KIND)
def rewrite_everywhere(run: Run) -> None:
    """Write an item for another one in all rows of all tables, from behind the last finished chunk."""
    told = run.job.arguments
    choices = list_named(told["list"])
    if choices is None:  # it was deleted since, and nothing used it any more
        return
    places = _walked(choices)
    progress = dict(run.job.progress) or {"place": 0, "last": 0, "visited": 0, "tally": Tally().as_json()}
    while progress["place"] < len(places):
        with transaction.atomic():
            progress = _chunk(places[progress["place"]], progress, told, _acting(run))
            tally = progress["tally"]
            run.save(progress=progress, done=progress["visited"], rejected=tally["refused"], result=tally)


def _walked(choices: ChoiceList) -> list[Use]:
    """List every field that uses the list: a row that two entities share is met by both, and written once."""
    return list(uses_of(choices)) or tables_of(choices)


def _acting(run: Run) -> Actor:
    """Act for the company: what a list holds is decided over all records, whoever may see them."""
    system = system_actor(PART, door=Door.JOB)
    asker = run.actor()
    return Actor(name=system.name, door=system.door, on_behalf_of=asker.user_id)


def _chunk(use: Use, progress: Mapping[str, Any], told: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Rewrite the next rows of one field; gives how far the work is after that."""
    ids = _next_ids(use, told["code"], progress["last"])
    if not ids:
        return {**progress, "place": progress["place"] + 1, "last": 0}
    locked = lock_set(use.entity, ids, actor=actor, verb=CHANGE, deleted=None)
    trail.begin(actor, VERB, operation_id=told["operation"])
    changes = [(row, _columns(use, row, told["code"], told["into"])) for row in locked.rows]
    tally = Tally(**progress["tally"])
    # What is of another entity of the same table is met there.
    tally.add(write_set(use.entity, actor, changes))
    return {
        **progress,
        "last": ids[-1],
        "visited": progress["visited"] + len(locked.rows),
        "tally": tally.as_json(),
    }


def _next_ids(use: Use, code: str, last: int) -> Sequence[int]:
    where = all_of([use.holds("t", code), Sql("t.id > %s", (last,))])
    text = f"SELECT t.id FROM {name(use.entity.table)} t WHERE {where.text} ORDER BY t.id LIMIT {CHUNK}"
    with connection.cursor() as cursor:
        cursor.execute(text, where.params)
        return [int(row[0]) for row in cursor.fetchall()]


def _columns(use: Use, row: Mapping[str, Any], code: str, into: str) -> dict[str, Any]:
    if isinstance(use.field, Tags):
        held = row[use.column] or ()
        return {use.column: list(dict.fromkeys(into if each == code else each for each in held))}
    return {use.column: into}
