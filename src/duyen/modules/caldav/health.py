"""What the page of the system's health says of calendars elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.foundation.health.lines import Line, State, contributes_health
from duyen.modules.caldav.models import Standing


@contributes_health("calendars", label=_("Calendars elsewhere"), order=60)
def calendars() -> Iterator[Line]:
    """Tell how many accounts there are, and how many do not get through."""
    count = Standing.objects.count()
    if not count:
        return
    failing = Standing.objects.filter(failing_since__isnull=False).count()
    yield Line(
        "calendars.accounts",
        _("Calendars of colleagues"),
        State.WARNING if failing else State.GOOD,
        gettext("%(count)s synchronised, %(failing)s of them failing") % {"count": count, "failing": failing},
        _("Appointments and tasks are kept the same here and in the calendars of people's phones."),
        _("Each of them sees the reason under “Your profile, Calendar”. Where all fail, look at the network.")
        if failing
        else "",
        {"count": count, "failing": failing},
    )
