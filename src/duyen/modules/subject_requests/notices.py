"""What those who answer requests are told, and whoever noted one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.foundation.notices.kinds import REMINDERS, NoticeKind, declare

RECEIVED, COMES_DUE = "data_request_received", "data_request_comes_due"
ANSWERED, CORRECTION = "data_request_answered", "data_correction_waits"

declare(
    NoticeKind(
        RECEIVED,
        REMINDERS,
        "shield-user",
        one=_("%(who)s noted a data request: %(record)s. Acknowledge it within two working days"),
        many=_("%(count)s data requests were noted. Acknowledge them within two working days"),
        closed=_("A data request was noted"),
    ),
    NoticeKind(
        COMES_DUE,
        REMINDERS,
        "alarm-clock",
        one=_("A data request comes due or is late: %(record)s"),
        many=_("%(count)s data requests come due or are late"),
        closed=_("A data request comes due"),
        tone="red",
    ),
    NoticeKind(
        CORRECTION,
        REMINDERS,
        "pencil",
        one=_("The data of %(record)s are to be corrected: she asked for it and proved who she is"),
        many=_("The data of %(count)s people are to be corrected: they asked for it"),
        closed=_("Somebody's data are to be corrected"),
    ),
    NoticeKind(
        ANSWERED,
        REMINDERS,
        "check-check",
        one=_("%(who)s answered the data request of %(record)s. Tell the person, where she is not told yet"),
        many=_("%(count)s data requests were answered. Tell the people, where they are not told yet"),
        closed=_("A data request was answered"),
    ),
)
