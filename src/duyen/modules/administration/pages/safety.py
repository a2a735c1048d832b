"""What the company's page says about the safety of the data: backups, and the trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.fields import Label
from duyen.foundation.audit import sealing
from duyen.foundation.audit.checks import LATE
from duyen.foundation.audit.models import Verification
from duyen.foundation.database.backup import last_backup
from duyen.foundation.database.paths import DataFolder
from duyen.kernel.clock import now
from duyen.kernel.dates import show_moment

_FAULTS: Mapping[str, Label] = {
    "entry_gone": gettext_lazy("entries are gone"),
    "entry_added": gettext_lazy("entries were added"),
    "entry_replaced": gettext_lazy("entries were replaced by others"),
    "entry_altered": gettext_lazy("an entry was altered"),
    "blanked_without_erasure": gettext_lazy("values were blanked without an erasure"),
    "seal_altered": gettext_lazy("the seal was altered"),
    "seal_gone": gettext_lazy("the seal is gone"),
    "chain_rewritten": gettext_lazy("the chain of seals was rewritten"),
}


@dataclass(frozen=True)
class Finding:
    """One line about the safety of the data, in the tone that it deserves."""

    tone: str
    icon: str
    text: str


def safety() -> list[Finding]:
    """Tell how the last nightly backup ended, and whether the database protects the trail from us."""
    folder = DataFolder.locate()
    found = [_backup(folder)]
    if folder.installation().single_role:
        text = _("The database gives Duyên a single role, so nothing but Duyên itself protects the trail.")
        found.append(Finding("amber", "triangle-alert", text))
    return [*found, *_seals()]


def _backup(folder: DataFolder) -> Finding:
    last = last_backup(folder)
    if last is None:
        text = _(
            "There is no nightly backup yet. The first one is made tonight, or as soon as Duyên runs again."
        )
        return Finding("amber", "info", text)
    at = {"at": show_moment(last.at), "file": last.file, "reason": last.reason}
    if last.is_good:
        return Finding("green", "circle-check", _("Last nightly backup: %(at)s, %(file)s.") % at)
    text = _(
        "The last nightly backup failed, %(at)s: %(reason)s Run “duyen backup FILE” once that is mended."
    )
    return Finding("red", "triangle-alert", text % at)


def _seals() -> Iterator[Finding]:
    """Tell up to when the trail is sealed, and how the last look at the seals ended."""
    head, look, since = sealing.last_seal(), sealing.last_look(), sealing.oldest_unsealed()
    if look is not None and look.fault:
        yield Finding("red", "triangle-alert", _broken(look))
    elif head is not None:
        yield Finding("green", "circle-check", _in_order(head, look))
    if since is not None and since < now() - LATE:
        text = _("Nothing was sealed in the trail since %(at)s. See whether the background work runs.")
        yield Finding("amber", "triangle-alert", text % {"at": show_moment(since)})


def _in_order(head: sealing.Seal, look: Verification | None) -> str:
    sealed = _("The trail is sealed up to %(at)s, seal %(number)s.")
    text = sealed % {"at": show_moment(head.last_at), "number": head.number}
    if look is None:
        return text + " " + _("The seals are looked at each night.")
    looked = _("Looked at %(at)s: everything up to seal %(number)s is as it was sealed.")
    return text + " " + looked % {"at": show_moment(look.at), "number": look.through}


def _broken(look: Verification) -> str:
    text = _(
        "The trail is broken at seal %(number)s: %(fault)s. Found %(at)s. Run “duyen check” to see which "
        "entries, and keep the backups that you have."
    )
    return text % {"number": look.through, "fault": _FAULTS[look.fault], "at": show_moment(look.at)}
