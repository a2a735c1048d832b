"""What to do next, from what was done and is planned: quiet customers, steps after meetings, old work."""

from __future__ import annotations

import datetime as dt

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from duyen.entities.suggesting.declared import Ask, Found, Manner, Rule, Taken, contribute_rules
from duyen.entities.suggesting.rules import facts_of
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, HAND_OVER, READ
from duyen.foundation.settings.company import settings_of
from duyen.foundation.settings.declaring import Kind, declare_setting
from duyen.kernel.clock import ZONE, now, today
from duyen.kernel.dates import show_date
from duyen.kernel.phones import show_phone
from duyen.modules.activities import actions, work_facts
from duyen.modules.activities.words import ActivityKind

AREA = "suggestions"
QUIET, QUIET_KEY = "suggestions.quiet_days", "suggestions.quiet_key_days"
NEXT_STEP, OVERDUE = "suggestions.next_step_days", "suggestions.overdue_days"
TEAM_OVERDUE = "suggestions.team_overdue"
#: A meeting longer ago than this asks for no next step any more: the customer is quiet by then.
_MET_WITHIN = dt.timedelta(days=45)
#: By when a planned call or next step is due: the end of the working day.
_EVENING = dt.timedelta(hours=17)

declare_setting(
    QUIET,
    60,
    kind=Kind.WHOLE,
    area=AREA,
    least=1,
    most=1_000,
    label=gettext_lazy("Suggest to call a customer after so many days without contact"),
    help=gettext_lazy("A call, meeting, visit, e-mail or letter counts, also with who works there."),
)
declare_setting(
    QUIET_KEY,
    30,
    kind=Kind.WHOLE,
    area=AREA,
    least=1,
    most=1_000,
    label=gettext_lazy("… and a key account after so many days"),
    help=gettext_lazy("Key accounts stand first among the suggestions."),
)
declare_setting(
    NEXT_STEP,
    3,
    kind=Kind.WHOLE,
    area=AREA,
    least=1,
    most=30,
    label=gettext_lazy("Suggest a next step so many days after a meeting"),
    help=gettext_lazy("Where nothing about the customer is planned and no contact followed."),
)
declare_setting(
    OVERDUE,
    7,
    kind=Kind.WHOLE,
    area=AREA,
    least=1,
    most=365,
    label=gettext_lazy("Warn of work that is overdue by so many days"),
    help=gettext_lazy("To whoever is to do it."),
)
declare_setting(
    TEAM_OVERDUE,
    10,
    kind=Kind.WHOLE,
    area=AREA,
    least=1,
    most=1_000,
    label=gettext_lazy("Warn a leader when somebody has so much overdue work"),
    help=gettext_lazy("To whoever may hand that work over."),
)


def quiet_since(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Give the moments before which the last contact of a customer, and of a key account, is long ago."""
    kept = settings_of(QUIET, QUIET_KEY)
    begin = work_facts.midnight(day)
    return tuple(begin - dt.timedelta(days=int(kept[each]) - 1) for each in (QUIET, QUIET_KEY))  # type: ignore[return-value]


def leads_work(actor: Actor) -> bool:
    """Tell whether somebody hands over the work of few units: she knows each who works there."""
    facts = actor.scope("activities", HAND_OVER)
    return bool(facts.units) and not facts.everything


def _plans(actor: Actor) -> bool:
    return actor.may("customers", CHANGE) and actor.may("activities", CREATE)


def _days(since: dt.datetime) -> int:
    return (today() - since.astimezone(ZONE).date()).days


def _quiet(ask: Ask) -> list[Found]:
    before, key_before = quiet_since(ask.day)
    rows = work_facts.quiet_customers(ask.actor, before, key_before, limit=ask.limit, only=ask.only)
    found = []
    for row in rows:
        days = _days(row["at"] or row["created_at"])
        if row["at"]:
            why = ngettext("%(count)s day without contact", "%(count)s days without contact", days)
        else:
            why = ngettext(
                "No contact yet, created %(count)s day ago",
                "No contact yet, created %(count)s days ago",
                days,
            )
        parts = [why % {"count": number_format(days, force_grouping=True)}]
        if row["at"]:
            parts.append(_("last on %(day)s") % {"day": show_date(row["at"].astimezone(ZONE).date())})
        parts += [show_phone(each) for each in row["phones"][:1]]
        found.append(
            Found(
                row["id"],
                _("Call %(name)s") % {"name": row["name"]},
                " · ".join(parts),
                facts_of(row["at"] and row["at"].date()),
                weight=min(days, 90) + (40 if row["is_key_account"] else 0),
                url=f"/customers/{row['id']}",
                name=row["name"],
                aside=_("Key account") if row["is_key_account"] else "",
            )
        )
    return found


def _plan_a_call(actor: Actor, found: Found) -> Taken:
    """Plan the call for today; whoever suggested it asks no more while it is open."""
    subject = _("Call %(name)s") % {"name": found.name}
    done = actions.plan(
        ActivityKind.CALL,
        subject,
        actor=actor,
        about=[("customers", found.record_id)],
        due_at=_this_evening(),
    )
    return Taken(_("Planned for today: %(what)s.") % {"what": subject}, done.operation.id)


def _next_step(ask: Ask) -> list[Found]:
    moment = now()
    rows = work_facts.met_and_left(
        ask.actor,
        work_facts.midnight(ask.day) - dt.timedelta(days=ask.number - 1),
        moment - _MET_WITHIN,
        limit=ask.limit,
        only=ask.only,
    )
    why = _("Met %(count)s days ago (%(subject)s), and nothing is planned since")
    return [
        Found(
            row["id"],
            _("Plan the next step with %(name)s") % {"name": row["name"]},
            why % {"count": _days(row["at"]), "subject": row["subject"]},
            facts_of(row["activity_id"]),
            weight=55 + min(_days(row["at"]), 30),
            url=f"/customers/{row['id']}",
            name=row["name"],
        )
        for row in rows
    ]


def _plan_next_step(actor: Actor, found: Found) -> Taken:
    subject = _("Next step with %(name)s") % {"name": found.name}
    done = actions.plan(
        ActivityKind.TASK,
        subject,
        actor=actor,
        about=[("customers", found.record_id)],
        due_at=_this_evening(),
    )
    return Taken(_("Planned for today: %(what)s.") % {"what": subject}, done.operation.id)


def _overdue(ask: Ask) -> list[Found]:
    if not work_facts.sees_work(ask.actor):
        return []
    rows = work_facts.overdue(ask.actor, now(), days=ask.number, limit=ask.limit, only=ask.only)
    found = []
    for row in rows:
        days = _days(row["due"])
        why = ngettext("Overdue by %(count)s day", "Overdue by %(count)s days", days)
        found.append(
            Found(
                row["pk"],
                row["subject"],
                why % {"count": days},
                facts_of(row["due"].date()),
                weight=30 + min(days, 60),
                url=f"/activities/{row['pk']}",
                name=row["subject"],
            )
        )
    return found


def _team_overdue(ask: Ask) -> list[Found]:
    rows = work_facts.load_by_person(
        ask.actor, now(), limit=ask.limit, least_overdue=ask.number, only=ask.only
    )
    why = _("%(late)s overdue of %(open)s open")
    return [
        Found(
            user_id,
            _("%(name)s has much overdue work") % {"name": full_name},
            why % {"late": late, "open": open_},
            facts_of(late),
            weight=50 + min(late, 50),
            url=f"{work_facts.OVERDUE_TASKS}&owner.in={user_id}",
            name=full_name,
        )
        for user_id, full_name, open_, late in rows
        if user_id != ask.actor.user_id
    ]


def _this_evening() -> dt.datetime:
    """Give five o'clock today, or an hour from now where it is past."""
    return max(work_facts.midnight(today()) + _EVENING, now() + dt.timedelta(hours=1))


def contribute() -> None:
    """Let the rules about work suggest."""
    contribute_rules(
        Rule(
            "activities.quiet",
            gettext_lazy("Customers not contacted for long"),
            _quiet,
            gettext_lazy(
                "The last contact with a customer of yours is more than %(number)s days ago (a key account"
                " has its own number), and nothing about it is planned."
            ),
            entity="customers",
            icon="phone",
            tone="red",
            threshold=QUIET,
            take=_plan_a_call,
            take_label=gettext_lazy("Plan a call today"),
            fits=_plans,
        ),
        Rule(
            "activities.next_step",
            gettext_lazy("Meetings without a next step"),
            _next_step,
            gettext_lazy(
                "You met a customer %(number)s days ago or more, and nothing followed or is planned."
            ),
            entity="customers",
            icon="corner-down-right",
            tone="amber",
            threshold=NEXT_STEP,
            take=_plan_next_step,
            take_label=gettext_lazy("Plan it today"),
            fits=_plans,
        ),
        Rule(
            "activities.overdue",
            gettext_lazy("Work overdue for long"),
            _overdue,
            gettext_lazy("Work of yours is overdue by %(number)s days or more."),
            entity="activities",
            icon="clock",
            tone="red",
            manner=Manner.ALERT,
            threshold=OVERDUE,
            take_label=gettext_lazy("Open it"),
            fits=lambda actor: actor.may("activities", READ),
        ),
        Rule(
            "activities.team_overdue",
            gettext_lazy("People with much overdue work"),
            _team_overdue,
            gettext_lazy("Somebody in your units has %(number)s overdue pieces of work or more."),
            entity="users",
            icon="users",
            tone="amber",
            manner=Manner.ALERT,
            threshold=TEAM_OVERDUE,
            take_label=gettext_lazy("See them"),
            fits=leads_work,
        ),
    )
