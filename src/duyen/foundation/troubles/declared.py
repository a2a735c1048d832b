"""How long reports of faults are kept."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Sum
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from duyen.foundation.health.lines import Line, State, contributes_health
from duyen.foundation.settings.declaring import Kind, declare_setting
from duyen.foundation.troubles.models import Trouble

KEEP_DAYS = "troubles.keep_days"

declare_setting(
    KEEP_DAYS,
    90,
    kind=Kind.WHOLE,
    area="retention",
    least=7,
    most=730,
    label=_("Keep error reports for so many days"),
    help=_("Older ones are deleted each night. A report holds no value that somebody typed."),
)


@contributes_health("troubles", label=_("Error reports"), order=70)
def troubles() -> Iterator[Line]:
    """Tell how many faults nobody has solved."""
    open_ones = Trouble.objects.filter(solved_at=None)
    count, times = open_ones.count(), open_ones.aggregate(times=Sum("times"))["times"] or 0
    told = (
        ngettext("%(count)s unsolved, met %(times)s times", "%(count)s unsolved, met %(times)s times", count)
        if count
        else gettext("none unsolved")
    )
    yield Line(
        "troubles.unsolved",
        _("Unsolved"),
        State.WARNING if count else State.GOOD,
        told % {"count": count, "times": times} if count else told,
        meaning=_("Each is a place where Duyên broke, and somebody could not finish."),
        advice=_("Look at them, and send the diagnostics file to whoever maintains Duyên.") if count else "",
        facts={"unsolved": count, "times": int(times)},
        url="/settings/troubles",
    )
