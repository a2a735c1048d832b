"""What stands against a step that needs approval, and against deciding about a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import Refused

if TYPE_CHECKING:
    from duyen.entities.approvals.gate import Need


class NeedsApproval(Refused):
    """The step needs a second person, as `need` says: by which limit, about what, whom."""

    code = "needs_approval"
    sentence = _("This needs the approval of somebody else: %(who)s. Ask for it on the page of the record.")

    def __init__(self, need: Need) -> None:
        super().__init__(who=need.who)
        self.need = need

    def __str__(self) -> str:
        return f"{self.need.why} {super().__str__()}".lstrip()


class AskedAlready(Refused):
    """Somebody asked for the same step already, and it waits."""

    code = "asked_already"
    sentence = _("%(who)s asked for this already, and it waits to be decided. Look at that request.")


class WaitsForApproval(Refused):
    """The step was not taken with this record of a set: approval for it is asked."""

    code = "waits_for_approval"
    sentence = _("Approval is asked for, and it waits until %(when)s at the latest.")


class NotWaiting(Refused):
    """The request was decided about, taken back, or its time is over."""

    code = "not_waiting"
    sentence = _("This request does not wait any more: %(state)s. Ask anew if it is still needed.")


class NotYours(Refused):
    """Whoever asked, or gains by it, does not decide; nor does a role whose limit is lower."""

    code = "not_yours_to_decide"
    sentence = _("You cannot decide about this request: %(why)s")


class ReasonNeeded(Refused):
    """A refusal says why."""

    code = "reason_needed"
    sentence = _("Say why you refuse it, so that the one who asked knows what to do next.")


class NobodyDecides(Refused):
    """Nobody could decide about the request."""

    code = "nobody_decides"
    sentence = _(
        "Nobody who may see this record may approve it, so it would wait in vain. "
        "Ask an administrator to look at the approval limits."
    )
