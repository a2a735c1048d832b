"""Take the demo company out again: a backup first, a typed name, and an installation as empty as a new one.

What people added hangs on the demo's units and people, so it goes with them; it is counted before.
See docs/decisions/removing-the-demo.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duyen.demo.loading import demo_actor
from duyen.entities.errors import InvalidValues, NotAllowed, Refused
from duyen.entities.personal.keeping import forget_erasures
from duyen.entities.registry import all_entities
from duyen.entities.seeding import seed
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, Door
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.database.backup import backup_before
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.fields.versions import bump_version
from duyen.foundation.files.sweeping import forget_contents, kept_contents
from duyen.foundation.settings.company import setting
from duyen.kernel.errors import FieldProblem
from duyen.kernel.text import fold
from duyen.modules.consents.actions import forget_refusals

#: What has to be typed, whatever the marks and the case.
CONFIRMATION = "Sao Biển"
#: The rows that number the state of all rights and of all definitions go on counting, and looks at the
#: trail's seals stay with it.
_KEPT = frozenset({"access_accessepoch", "audit_verification", "fields_definitionsversion"})


class NoDemo(Refused):
    """The installation is a company's own."""

    code = "no_demo"
    sentence = _("This is not the demo company. There is nothing to remove.")


@dataclass(frozen=True)
class Added:
    """How many records of one entity people added to the demo."""

    label: object
    count: int


def is_demo() -> bool:
    """Tell whether the demo company is loaded."""
    return bool(setting("installation.demo"))


def may_remove(actor: Actor) -> bool:
    """Tell whether `actor` may take the demo out: whoever may change users, and the system."""
    return actor.is_system or actor.may("users", CHANGE)


def added_by_people() -> list[Added]:
    """Count what people added to the demo, by hand or from a file.

    The demo's own records name nobody who made them, but neither do those of a file that the console read.
    """
    found = []
    for entity in all_entities():
        if any(each.name == "created_by" for each in entity.model._meta.concrete_fields):
            read = History.objects.filter(root_entity=entity.family, kind="I", door=Door.IMPORT.value)
            by_people = Q(created_by__isnull=False) | Q(pk__in=read.values("root_id"))
            count = entity.model._default_manager.filter(entity.kind.q, by_people).count()
            found.append(Added(entity.labels, count))
    return [each for each in found if each.count]


def remove_demo(*, actor: Actor, typed: str, folder: DataFolder, say: Callable[[str], None]) -> Path:
    """Make a backup, delete everything but the trail, and give the backup's path.

    Raises NoDemo, NotAllowed, InvalidValues where the name was not typed, or what the backup raises;
    then nothing is changed.
    """
    if not is_demo():
        raise NoDemo
    if not may_remove(actor):
        raise NotAllowed(why=_("removing the demo company is for administrators."))
    if fold(typed) != fold(CONFIRMATION):
        sentence = _("Type the name of the demo company: Sao Biển.")
        raise InvalidValues([FieldProblem("typed", "confirmation", sentence)])
    backup = backup_before(folder, "remove-demo", say)
    contents = kept_contents()
    with transaction.atomic():
        trail.begin(actor, "demo.remove")
        for model in _tables():
            # Foreign keys are checked when the transaction ends, so the order does not matter.
            rows = model._default_manager.order_by().all()
            rows._raw_delete(rows.db)
        # The demo's own fields went too: nobody goes on with what was read under the old number.
        bump_version()
        seed(demo_actor())
    forget_contents(contents)
    _forget_demo(folder)
    return backup


def _tables() -> Iterator[type[models.Model]]:
    """List the tables of the product that the application may empty."""
    for model in apps.get_models(include_auto_created=True):
        is_ours = model.__module__.startswith(("duyen.", "django.contrib.sessions."))
        if is_ours and model._meta.managed and model._meta.db_table not in _KEPT:
            yield model


def _forget_demo(folder: DataFolder) -> None:
    """Let the next start be a first one: a new code for the set-up, no password of the demo."""
    (folder.secrets / "demo_password").unlink(missing_ok=True)
    forget_refusals(folder)
    forget_erasures(folder)
    folder.prepare()
    folder.remember(replace(folder.installation(), kind="empty"))
