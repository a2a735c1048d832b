"""What the tables of the engine and of the foundation hold of persons."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from duyen.entities import models as engine
from duyen.entities.personal.declared import NOBODY, STAFF, By, Named, Personal, Row, Under
from duyen.entities.personal.holding import hold, hold_all
from duyen.foundation.access import models as access
from duyen.foundation.audit import models as audit
from duyen.foundation.choices import models as choices
from duyen.foundation.fields import models as fields
from duyen.foundation.files.models import File, FileVersion
from duyen.foundation.files.sweeping import forget_contents
from duyen.foundation.health.models import Mark
from duyen.foundation.jobs.models import Job
from duyen.foundation.layouts import models as layouts
from duyen.foundation.notices.models import Notice, NoticeMail, Preference
from duyen.foundation.org import models as org
from duyen.foundation.settings import models as settings
from duyen.foundation.shares.models import Share
from duyen.foundation.troubles import models as troubles
from duyen.foundation.watching.models import Watch
from duyen.foundation.webhooks.models import Delivery, Standing

#: What is only of use beside a record of hers.
_GOES = Personal(ties=[Named()], goes=True)


def _forget(rows: Sequence[Row]) -> None:
    forget_contents({(row["place"], row["key"]) for row in rows})


hold_all(STAFF, org.Position, org.UserSession, org.PasswordLink, org.Absence, org.SecondFactor)
hold_all(STAFF, org.RecoveryCode, org.DoorstepEvent, Preference, NoticeMail, engine.HomeArrangement)
hold_all(NOBODY, audit.Verification, audit.Follower, audit.SetAside, access.RoleRight, access.FieldRight)
hold_all(NOBODY, access.SeededEntity, access.AccessEpoch, settings.Setting, settings.Counter, Share, Mark)
hold_all(NOBODY, fields.DefinitionsVersion, fields.CustomField, fields.Computed, fields.DueValue, Standing)
hold_all(NOBODY, choices.ChoiceList, choices.ChoiceItem, troubles.Trouble, troubles.Report)
hold_all(NOBODY, layouts.Layout, layouts.FieldSetting, engine.SavedView, engine.FirstView, engine.PassingView)
hold_all(
    NOBODY, engine.ImportMapping, engine.TwinKey, engine.CompanyIndex, engine.WantedIndex, engine.Erasure
)
# What requests, jobs and files of imports held is forgotten by itself: after a day, after the days that the
# company sets.
hold_all(NOBODY, engine.GivenAnswer, Job, engine.ImportDraft)
hold(engine.MergedRecord, NOBODY)
hold(
    engine.Merge,
    Personal(
        ties=[By("survivor_id", family="family")],
        erases={"was": {}, "now": {}, "account": None},
        plain="family by_name undone_by",
    ),
)
hold(engine.MergedRow, Personal(ties=[Under(engine.Merge, "merge_id")], goes=True, plain="place kind"))
hold_all(_GOES, Notice, Watch, engine.RecentRecord, engine.SuggestionAnswer)
hold(
    engine.ApprovalRequest,
    Personal(
        ties=[Named()],
        erases={"arguments": {}, "words": "", "answer": "", "problem": None},
        plain="family verb part limit door",
    ),
    _("Requests for approval"),
    tells={"words": _("What is asked for"), "answer": _("Answer")},
)
hold(
    Delivery,
    Personal(
        ties=[Named()],
        erases={"request": "", "tries": []},
        plain="message_id event verb actor_name door changed",
    ),
)
hold(File, Personal(ties=[Named()], goes=True), _("Files"))
hold(FileVersion, Personal(ties=[Under(File, "file_id")], goes=True, clears=_forget), _("Versions of files"))
