"""What to do next with customers, from what is known of them: rules with a number that the company sets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from duyen.entities.completeness.missing import lacking_of
from duyen.entities.entity import Entity
from duyen.entities.registry import entity_named
from duyen.entities.suggesting.declared import Ask, Found, Manner, Rule, contribute_rules
from duyen.entities.suggesting.rules import facts_of
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, HAND_OVER
from duyen.foundation.settings.declaring import Kind, declare_area, declare_setting
from duyen.kernel.clock import now
from duyen.kernel.dates import show_date
from duyen.modules.parties import own_facts

AREA = "suggestions"
INCOMPLETE, BIRTHDAY = "suggestions.incomplete_below", "suggestions.birthday_days"
#: A share of missing things says more than their whole list.
_MOST_NAMED, _MOST_COUNTED = 3, 99

declare_area(
    AREA,
    label=gettext_lazy("Suggestions and alerts"),
    help=gettext_lazy("From which number on the start page suggests something."),
    icon="sparkles",
    order=45,
    also=gettext_lazy("start page what to do next alerts"),
)
declare_setting(
    INCOMPLETE,
    50,
    kind=Kind.WHOLE,
    area=AREA,
    least=0,
    most=100,
    label=gettext_lazy("Suggest to complete a customer below, in percent"),
    help=gettext_lazy("0 suggests nothing."),
)
declare_setting(
    BIRTHDAY,
    7,
    kind=Kind.WHOLE,
    area=AREA,
    least=0,
    most=60,
    label=gettext_lazy("Remind of birthdays, in days ahead"),
    help=gettext_lazy("0 reminds on the day itself."),
)


def customers() -> Entity:
    """Give the entity whose records these rules are about."""
    return entity_named("customers")


def keeps_customers(actor: Actor) -> bool:
    """Tell whether somebody changes customers at all."""
    return actor.may("customers", CHANGE)


def leads(actor: Actor) -> bool:
    """Tell whether somebody hands over customers of units."""
    facts = actor.scope("customers", HAND_OVER)
    return facts.everything or bool(facts.units)


def days_ahead(day: dt.date, number: int) -> list[dt.date]:
    """List the days that reminders of birthdays look at, today first."""
    return [day + dt.timedelta(days=ahead) for ahead in range(number + 1)]


def birthday_words(row: Mapping[str, Any], day: dt.date) -> tuple[dt.date, str]:
    """Give the next birthday of a person, and say it: «28/11/2026, in 2 days, turns 45»."""
    born: dt.date = row["born_on"]
    falls = _in_year(born, day.year)
    if falls < day:
        falls = _in_year(born, day.year + 1)
    ahead, age = (falls - day).days, falls.year - born.year
    when = _("today") if not ahead else _("tomorrow") if ahead == 1 else ""
    when = when or ngettext("in %(count)s day", "in %(count)s days", ahead) % {"count": ahead}
    said = _("Birthday on %(day)s (%(when)s), turns %(age)s")
    return falls, said % {"day": show_date(falls), "when": when, "age": age}


def _in_year(born: dt.date, year: int) -> dt.date:
    try:
        return born.replace(year=year)
    except ValueError:  # 29 February in a year without one
        return dt.date(year, 2, 28)


def _incomplete(ask: Ask) -> list[Found]:
    rows = own_facts.incomplete(customers(), ask.actor, below=ask.number, limit=ask.limit, only=ask.only)
    found = []
    for row, lacking in zip(rows, lacking_of(customers(), rows, actor=ask.actor), strict=True):
        named = [str(each.label).lower() for each in lacking[:_MOST_NAMED]]
        more = len(lacking) - len(named)
        missing = ", ".join(named)
        if more > 0:
            missing = _("%(missing)s and %(count)s more") % {"missing": missing, "count": more}
        why = _("%(share)s%% complete · missing: %(missing)s")
        found.append(
            Found(
                row["id"],
                _("Complete %(name)s") % {"name": row["name"]},
                why % {"share": row["completeness"], "missing": missing},
                facts_of(row["completeness"]),
                weight=(ask.number - row["completeness"]) // 2 + (30 if row["is_key_account"] else 0),
                url=f"/customers/{row['id']}/edit",
                name=row["name"],
                aside=_("Key account") if row["is_key_account"] else "",
            )
        )
    return found


def _addresses(ask: Ask) -> list[Found]:
    rows = own_facts.addresses_to_check(customers(), ask.actor, limit=ask.limit, only=ask.only)
    words = {
        "needs_review": _("The old ward was split: choose the ward of today."),
        "unknown": _("No ward of today fits the address as it was written."),
    }
    return [
        Found(
            row["id"],
            _("Settle the address of %(name)s") % {"name": row["name"]},
            words.get(row["address_status"], words["unknown"]),
            facts_of(row["address_status"], row["ward_code"], row["province_code"]),
            weight=15,
            url=f"/customers/{row['id']}",
            name=row["name"],
        )
        for row in rows
    ]


def _birthdays(ask: Ask) -> list[Found]:
    days = days_ahead(ask.day, ask.number)
    rows = own_facts.birthdays(customers(), ask.actor, days, limit=ask.limit, only=ask.only)
    found = []
    for row in rows:
        falls, said = birthday_words(row, ask.day)
        found.append(
            Found(
                row["id"],
                _("Congratulate %(name)s") % {"name": row["name"]},
                said,
                facts_of(falls),
                weight=60 - 5 * (falls - ask.day).days + (20 if row["is_key_account"] else 0),
                url=f"/customers/{row['id']}",
                name=row["name"],
            )
        )
    return found


def _twins(ask: Ask) -> list[Found]:
    since = now() - dt.timedelta(days=own_facts.NEWEST_DAYS)
    keys = customers().duplicates
    found = []
    for row, like in own_facts.likely_twins(customers(), ask.actor, since=since, only=ask.only)[: ask.limit]:
        labels = [str(keys.by_code[each].label) for each in like.reasons if keys and each in keys.by_code]
        why = _("Looks like %(name)s (%(code)s) · %(reasons)s")
        told = {"name": like.label, "code": like.code, "reasons": ", ".join(labels) or _("similar name")}
        found.append(
            Found(
                row["id"],
                _("Check whether %(name)s is there twice") % {"name": row["name"]},
                why % told,
                facts_of(like.id, *like.reasons),
                weight=40,
                url=f"/customers/{row['id']}/duplicates",
                name=row["name"],
            )
        )
    return found


def _without_owner(ask: Ask) -> list[Found]:
    count, since = own_facts.without_owner(customers(), ask.actor, most=_MOST_COUNTED)
    if not count or ask.only not in (None, 0):
        return []
    days = (now() - since).days if since else 0
    shown = f"{_MOST_COUNTED}+" if count > _MOST_COUNTED else str(count)
    title = ngettext("%(count)s customer has no owner", "%(count)s customers have no owner", count)
    waits = ngettext("waiting for %(count)s day", "waiting for up to %(count)s days", days)
    return [
        Found(
            0,
            title % {"count": shown},
            waits % {"count": days} if days else _("waiting since today"),
            facts_of(count),
            weight=70,
            url="/customers?owner.empty=1",
        )
    ]


def _locked_owners(ask: Ask) -> list[Found]:
    rows = own_facts.of_locked_people(
        customers(), ask.actor, most=_MOST_COUNTED, limit=ask.limit, only=ask.only
    )
    found = []
    for user_id, name, count, since in rows:
        shown = f"{_MOST_COUNTED}+" if count > _MOST_COUNTED else str(count)
        days = (now() - since).days
        title = ngettext(
            "%(count)s customer waits to be handed over from %(name)s",
            "%(count)s customers wait to be handed over from %(name)s",
            count,
        )
        why = ngettext("Locked for %(count)s day", "Locked for %(count)s days", days)
        found.append(
            Found(
                user_id,
                title % {"count": shown, "name": name},
                why % {"count": days} if days else _("Locked today"),
                facts_of(count),
                weight=80,
                url=f"/customers?owner.in={user_id}",
                name=name,
            )
        )
    return found


def contribute() -> None:
    """Let the rules about customers suggest."""
    contribute_rules(
        Rule(
            "parties.birthday",
            gettext_lazy("Birthdays"),
            _birthdays,
            gettext_lazy("A person among your customers has a birthday within %(number)s days."),
            entity="customers",
            icon="cake",
            tone="violet",
            threshold=BIRTHDAY,
            take_label=gettext_lazy("Open the customer"),
            fits=keeps_customers,
        ),
        Rule(
            "parties.twins",
            gettext_lazy("Possible duplicates"),
            _twins,
            gettext_lazy("A customer that came in the last 30 days is likely there already."),
            entity="customers",
            icon="copy",
            tone="amber",
            take_label=gettext_lazy("Compare"),
            fits=keeps_customers,
        ),
        Rule(
            "parties.incomplete",
            gettext_lazy("Incomplete customers"),
            _incomplete,
            gettext_lazy("A customer of yours is less than %(number)s%% complete."),
            entity="customers",
            icon="clipboard-list",
            tone="blue",
            threshold=INCOMPLETE,
            take_label=gettext_lazy("Complete it"),
            fits=keeps_customers,
        ),
        Rule(
            "parties.addresses",
            gettext_lazy("Addresses to check"),
            _addresses,
            gettext_lazy("The address of a customer of yours fits no ward of today for certain."),
            entity="customers",
            icon="map-pin",
            tone="gray",
            take_label=gettext_lazy("Open the customer"),
            fits=keeps_customers,
        ),
        Rule(
            "parties.without_owner",
            gettext_lazy("Customers without an owner"),
            _without_owner,
            gettext_lazy("Customers of your units have nobody who looks after them."),
            icon="user-x",
            tone="amber",
            manner=Manner.ALERT,
            take_label=gettext_lazy("See them"),
            fits=leads,
        ),
        Rule(
            "parties.locked_owners",
            gettext_lazy("Customers of locked people"),
            _locked_owners,
            gettext_lazy("Somebody is locked and still owns customers of your units."),
            entity="users",
            icon="user-lock",
            tone="red",
            manner=Manner.ALERT,
            take_label=gettext_lazy("See them"),
            fits=leads,
        ),
    )
