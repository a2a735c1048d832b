"""Customers on the start page: tiles and figures for those who keep them and those who lead them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from duyen.entities.home.declared import (
    Figure,
    HeadLink,
    Look,
    Side,
    Tile,
    Told,
    Whose,
    contribute_figures,
    contribute_tiles,
)
from duyen.entities.home.lines import (
    BARS,
    COLUMNS,
    LINES,
    MOST_LINES,
    Bar,
    Bars,
    Column,
    Columns,
    Empty,
    Line,
    Lines,
    counted,
)
from duyen.entities.home.rules import rolled_up
from duyen.entities.sql import Sql, any_of
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, READ
from duyen.foundation.org.models import Unit
from duyen.foundation.settings.company import setting
from duyen.kernel.clock import ZONE
from duyen.kernel.dates import show_date, show_moment
from duyen.modules.parties import choices, own_facts
from duyen.modules.parties.suggestions import (
    BIRTHDAY,
    INCOMPLETE,
    birthday_words,
    customers,
    days_ahead,
    keeps_customers,
    leads,
)
from duyen.modules.parties.tally import Tally, last_months, last_weeks, tally

_MINE, _TEAM = frozenset({Whose.MINE}), frozenset({Whose.TEAM})
#: Counting stops here, as in lists.
_MOST, _MOST_ROWS = 999, 12
_WIDE_FROM = 12
_BAND_TONES = {"2": "green", "1": "amber", "0": "red"}


def _reads(actor: Actor) -> bool:
    return actor.may("customers", READ)


def _sees_units(actor: Actor) -> bool:
    facts = actor.scope("customers", READ)
    return facts.everything or bool(facts.units)


def _sees_few_units(actor: Actor) -> bool:
    facts = actor.scope("customers", READ)
    return bool(facts.units) and not facts.everything and len(facts.units) <= _WIDE_FROM


def _sees_many_units(actor: Actor) -> bool:
    return _sees_units(actor) and not _sees_few_units(actor)


# --- lines --------------------------------------------------------------------------------------------


def _newest(look: Look) -> Mapping[str, Any]:
    may_make = look.actor.may("customers", CREATE)
    is_wide = look.is_team or not may_make  # whoever makes none owns none: hers are those of her units
    rows = own_facts.newest(customers(), look.actor, team=is_wide, limit=MOST_LINES)
    empty = Empty(
        _("No customer yet."),
        _("Those that you own stand here, the newest first.") if not is_wide else "",
        "/customers/new" if may_make else "",
        _("Create a customer") if may_make else "",
    )
    lines = [
        Line(row["name"], f"/customers/{row['id']}", row["code"], aside=show_moment(row["created_at"])[:10])
        for row in rows
    ]
    mine = "" if is_wide else f"&owner.in={look.actor.user_id}"
    more = f"/customers?sort=-created_at{mine}"
    links = [HeadLink(_("Create"), "/customers/new", icon="plus")] if may_make else []
    return {"told": Lines(lines, empty, more_url=more), "links": links}


def _birthdays(look: Look) -> Mapping[str, Any]:
    number = int(setting(BIRTHDAY))
    days = days_ahead(look.day, number)
    rows = own_facts.birthdays(customers(), look.actor, days, limit=MOST_LINES)
    lines = []
    for row in rows:
        falls, said = birthday_words(row, look.day)
        phones = customers().field("phones")
        numbers = phones.load(row)[:1] if own_facts.sees(customers(), look.actor, "phones") else ()
        text = " · ".join([said, phones.show(numbers)] if numbers else [said])
        tone = "red" if falls == look.day else ""
        lines.append(Line(row["name"], f"/customers/{row['id']}", text, tone=tone, icon="cake"))
    empty = Empty(
        _("No birthday within %(days)s days.") % {"days": number},
        _("Birth dates that you enter bring them here."),
    )
    return {"told": Lines(lines, empty)}


def _to_complete(look: Look) -> Mapping[str, Any]:
    below = int(setting(INCOMPLETE))
    rows = own_facts.incomplete(customers(), look.actor, below=below, limit=MOST_LINES)
    condition = Sql("t.completeness < %s", (below,))
    count = own_facts.count_kept(customers(), look.actor, condition, most=_MOST) if rows else 0
    lines = [
        Line(
            row["name"],
            f"/customers/{row['id']}/edit",
            row["code"],
            aside=f"{row['completeness']}%",
            tone="red" if row["completeness"] < below // 2 else "amber",
        )
        for row in rows
    ]
    empty = Empty(_("All are at least %(share)s%% complete.") % {"share": below})
    more = f"/customers?completeness.lt={below}{_of_keeper(look.actor)}"
    told = Lines(lines, empty, more_url=more if count > len(rows) else "")
    return {"told": told, "count": counted(count, _MOST) if count else ""}


def _addresses(look: Look) -> Mapping[str, Any]:
    rows = own_facts.addresses_to_check(customers(), look.actor, limit=MOST_LINES)
    states = any_of([Sql("t.address_status = %s", (each,)) for each in own_facts.TO_CHECK])
    count = own_facts.count_kept(customers(), look.actor, states, most=_MOST) if rows else 0
    words = {"needs_review": _("ward was split"), "unknown": _("ward unknown")}
    lines = [
        Line(
            row["name"],
            f"/customers/{row['id']}",
            str((row["addresses"] or [{}])[0].get("line", "")),
            aside=words.get(row["address_status"], ""),
            tone="amber",
            icon="map-pin",
        )
        for row in rows
    ]
    empty = Empty(_("Every address has its ward of today."))
    more = f"/customers?list=addresses{_of_keeper(look.actor)}"
    told = Lines(lines, empty, more_url=more if count > len(rows) else "")
    return {"told": told, "count": counted(count, _MOST) if count else ""}


def _bin(look: Look) -> Mapping[str, Any] | None:
    rows = list(
        customers()
        .rows(look.actor, deleted=True)
        .order_by("-deleted_at", "-pk")
        .values("pk", "name", "deleted_at", "deleted_by__full_name", "delete_reason")[:MOST_LINES]
    )
    if not own_facts.sees(customers(), look.actor):
        return None
    lines = [
        Line(
            row["name"],
            f"/customers/{row['pk']}",
            " · ".join(filter(None, [row["deleted_by__full_name"], row["delete_reason"]])),
            aside=show_moment(row["deleted_at"])[:10],
            icon="trash-2",
        )
        for row in rows
    ]
    return {"told": Lines(lines, Empty(_("The bin is empty.")), more_url="/bin" if rows else "")}


def _of_keeper(actor: Actor) -> str:
    """Narrow the address of a list to what somebody keeps, where that is what she owns."""
    return f"&owner.in={actor.user_id}" if actor.may("customers", CREATE) else ""


# --- bars and columns ---------------------------------------------------------------------------------


def _by_person(look: Look) -> Mapping[str, Any]:
    rows = own_facts.by_person(customers(), look.actor, limit=_MOST_ROWS)
    top = max((count for _user, _name, count, _low in rows), default=0)
    bars = [
        Bar(
            name or _("Without an owner"),
            count,
            count * 100 // top,
            f"/customers?owner.in={user}" if user else "/customers?owner.empty=1",
            tone="blue" if user else "amber",
            others=[f"{low * 100 // count}%"],
        )
        for user, name, count, low in rows
    ]
    empty = Empty(_("No customers in your units yet."))
    heads = [_("Owner"), _("Customers"), _("Below 50% complete")]
    return {"told": Bars(heads, bars, empty, _("Customers by person"))}


def _by_kind(look: Look) -> Mapping[str, Any]:
    told = tally(customers(), look.actor, "standing")
    labels = {each.code: str(each.label) for each in choices.KINDS}
    return _bars(
        told.topics["standing"].by_key(), labels, "kind", gettext_lazy("Kind"), told, _("Customers by kind")
    )


def _by_state(look: Look) -> Mapping[str, Any]:
    told = tally(customers(), look.actor, "standing")
    options = list(choices.RELATIONSHIP_STATES)
    labels = {each.code: str(each.label) for each in options}
    tones = {each.code: each.tone for each in options}
    return _bars(
        told.topics["standing"].by_other(),
        labels,
        "relationship_state",
        gettext_lazy("State"),
        told,
        _("Customers by state of the relationship"),
        tones=tones,
        ordered=list(labels),
    )


def _by_area(look: Look) -> Mapping[str, Any]:
    told = tally(customers(), look.actor, "standing")
    counts = _rolled_up(look.actor, told.topics["standing"].by_unit())
    labels = dict(Unit.objects.filter(pk__in=list(counts)).values_list("pk", "name"))
    named = {str(unit): labels.get(unit, "—") for unit in counts}
    counted_ = {str(unit): count for unit, count in counts.items()}
    return _bars(counted_, named, "", gettext_lazy("Unit"), told, _("Customers by unit"))


def _completeness(look: Look) -> Mapping[str, Any]:
    told = tally(customers(), look.actor, "band")
    labels = {"2": _("80% and more"), "1": _("50% to 79%"), "0": _("Below 50%")}
    return _bars(
        told.topics["band"].by_key(),
        labels,
        "",
        gettext_lazy("Complete"),
        told,
        _("Customers by completeness"),
        tones=_BAND_TONES,
        ordered=["2", "1", "0"],
    )


def _bars(
    counts: Mapping[str, int],
    labels: Mapping[str, str],
    field: str,
    head: object,
    told: Tally,
    caption: str,
    *,
    tones: Mapping[str, str] | None = None,
    ordered: Sequence[str] = (),
) -> Mapping[str, Any]:
    total = sum(counts.values())
    keys = [each for each in ordered if counts.get(each)] or sorted(counts, key=lambda each: -counts[each])
    top = max(counts.values(), default=0)
    rows = [
        Bar(
            labels.get(each, each),
            counts[each],
            counts[each] * 100 // top,
            f"/customers?{field}.in={each}" if field else "",
            tone=(tones or {}).get(each, "blue"),
            others=[_share(counts[each], total)],
        )
        for each in keys[:_MOST_ROWS]
    ]
    empty = Empty(_("No customers in your units yet."))
    return {
        "told": Bars(
            [head, _("Customers"), pgettext("portion", "Share")], rows, empty, caption, _counted_at(told)
        )
    }


def _rolled_up(actor: Actor, counts: Mapping[int, int]) -> dict[int, int]:
    """Add units up to as many as can be shown: to the lowest level with few enough of them."""
    facts = actor.facts
    if facts is None:
        return dict(counts)
    return rolled_up(counts, {unit: facts.tree.path(unit)[::-1] for unit in counts}, most=_MOST_ROWS)


def _new_by_week(look: Look) -> Mapping[str, Any]:
    told = tally(customers(), look.actor, "new_week")
    counts = told.topics["new_week"].by_key()
    weeks = last_weeks()
    columns = [Column(f"{day:%d/%m}", counts.get(week, 0)) for week, day in weeks]
    values = [each.value for each in columns]
    empty = Empty(_("No new customer in twelve weeks."))
    if not sum(values):
        return {"told": Columns([], "", empty)}
    said = _("%(now)s new this week; %(mean)s a week on average in the eleven weeks before.")
    mean = number_format(sum(values[:-1]) / (len(values) - 1), 1)
    finding = said % {"now": values[-1], "mean": mean}
    return {"told": Columns(columns, _with_time(finding, told), empty)}


def _new_and_lost(look: Look) -> Mapping[str, Any]:
    told = tally(customers(), look.actor, "new_month", "lost_month")
    new, lost = told.topics["new_month"].by_key(), told.topics["lost_month"].by_key()
    months = last_months()
    columns = [Column(f"{month[5:]}/{month[2:4]}", new.get(month, 0), lost.get(month, 0)) for month in months]
    all_new, all_lost = sum(each.value for each in columns), sum(each.other for each in columns)
    empty = Empty(_("No customer came or was lost in twelve months."))
    if not all_new + all_lost:
        return {"told": Columns([], "", empty)}
    said = _("In twelve months %(new)s came and %(lost)s were lost: %(net)s in all.")
    net = all_new - all_lost
    finding = said % {"new": all_new, "lost": all_lost, "net": f"+{net}" if net >= 0 else f"−{-net}"}
    series = [pgettext("customers", "New"), pgettext("customers", "Lost")]
    return {"told": Columns(columns, _with_time(finding, told), empty, series)}


def _with_time(finding: str, told: Tally) -> str:
    return " ".join(filter(None, [finding, _counted_at(told)]))


def _counted_at(told: Tally) -> str:
    return _("Counted at %(at)s.") % {"at": show_moment(told.at)} if told.at else ""


def _share(count: int, total: int) -> str:
    if not total:
        return "—"
    return f"{number_format(count * 100 / total, 1)}%" if count < total else "100%"


# --- figures ------------------------------------------------------------------------------------------


def _kept_figure(look: Look) -> Told | None:
    count = own_facts.count_kept(customers(), look.actor, Sql("TRUE"), most=9_999)
    is_owner = look.actor.may("customers", CREATE)
    url = f"/customers?owner.in={look.actor.user_id}" if is_owner else "/customers"
    note = _("in your care") if is_owner else _("that you may change")
    return Told(min(count, 9_999), note, url=url, is_more=count > 9_999)


def _new_figure(look: Look) -> Told | None:
    first = look.day.replace(day=1)
    url = f"/customers?created_at.gte={first}"
    if look.is_team:
        counts = tally(customers(), look.actor, "new_month").topics["new_month"].by_key()
        now_, before = (counts.get(each, 0) for each in last_months()[:-3:-1])
        return Told(now_, _("%(count)s last month") % {"count": before}, url=url)
    since = dt.datetime.combine(first, dt.time.min, ZONE)
    count = own_facts.count_kept(customers(), look.actor, Sql("t.created_at >= %s", (since,)), most=9_999)
    note = _("since %(day)s") % {"day": show_date(first)}
    return Told(min(count, 9_999), note, url=url + _of_keeper(look.actor), is_more=count > 9_999)


def _base_figure(look: Look) -> Told | None:
    told = tally(customers(), look.actor, "standing")
    counts = told.topics["standing"].by_other()
    gone = counts.get("LOST", 0) + counts.get("TERMINATED", 0)
    note = _("%(count)s of them lost or ended") % {"count": gone} if gone else _("none lost")
    return Told(sum(counts.values()), note, url="/customers")


def _incomplete_figure(look: Look) -> Told | None:
    counts = tally(customers(), look.actor, "band").topics["band"].by_key()
    total = sum(counts.values())
    if not total:
        return None
    low = counts.get("0", 0)
    note = _("%(share)s of the base") % {"share": _share(low, total)}
    return Told(low, note, tone="amber" if low * 5 > total else "", url="/customers?completeness.lt=50")


def contribute() -> None:
    """Put customers on the start page."""
    contribute_figures(
        Figure("parties.kept", gettext_lazy("Customers"), _kept_figure, keeps_customers, _MINE, 40),
        Figure("parties.new", gettext_lazy("New this month"), _new_figure, _reads, order=50),
        Figure("parties.base", gettext_lazy("Customers"), _base_figure, _sees_units, _TEAM, 30),
        Figure(
            "parties.incomplete",
            gettext_lazy("Below 50% complete"),
            _incomplete_figure,
            _sees_units,
            _TEAM,
            60,
        ),
    )
    contribute_tiles(
        Tile(
            "parties.newest",
            gettext_lazy("Newest customers"),
            icon="building-2",
            template=LINES,
            content=_newest,
            fits=_reads,
            order=40,
        ),
        Tile(
            "parties.birthdays",
            gettext_lazy("Birthdays soon"),
            icon="cake",
            template=LINES,
            content=_birthdays,
            fits=keeps_customers,
            whose=_MINE,
            side=Side.NARROW,
            order=40,
        ),
        Tile(
            "parties.to_complete",
            gettext_lazy("Customers to complete"),
            icon="clipboard-list",
            template=LINES,
            content=_to_complete,
            fits=keeps_customers,
            whose=_MINE,
            order=60,
        ),
        Tile(
            "parties.addresses",
            gettext_lazy("Addresses to check"),
            icon="map-pin",
            template=LINES,
            content=_addresses,
            fits=keeps_customers,
            whose=_MINE,
            order=70,
        ),
        Tile(
            "parties.bin",
            gettext_lazy("In the bin"),
            icon="trash-2",
            template=LINES,
            content=_bin,
            fits=keeps_customers,
            whose=_MINE,
            side=Side.NARROW,
            order=90,
        ),
        Tile(
            "parties.by_person",
            gettext_lazy("Customers by person"),
            icon="users",
            template=BARS,
            content=_by_person,
            fits=lambda actor: leads(actor) and _sees_few_units(actor),
            whose=_TEAM,
            order=30,
        ),
        Tile(
            "parties.new_by_week",
            gettext_lazy("New customers by week"),
            icon="chart-no-axes-column",
            template=COLUMNS,
            content=_new_by_week,
            fits=_sees_few_units,
            whose=_TEAM,
            order=35,
        ),
        Tile(
            "parties.new_and_lost",
            gettext_lazy("New and lost by month"),
            icon="chart-no-axes-column",
            template=COLUMNS,
            content=_new_and_lost,
            fits=_sees_many_units,
            whose=_TEAM,
            order=30,
        ),
        Tile(
            "parties.by_kind",
            gettext_lazy("The base by kind"),
            icon="building-2",
            template=BARS,
            content=_by_kind,
            fits=_sees_many_units,
            whose=_TEAM,
            order=36,
        ),
        Tile(
            "parties.by_area",
            gettext_lazy("The base by unit"),
            icon="network",
            template=BARS,
            content=_by_area,
            fits=_sees_many_units,
            whose=_TEAM,
            order=37,
        ),
        Tile(
            "parties.by_state",
            gettext_lazy("The base by state"),
            icon="activity",
            template=BARS,
            content=_by_state,
            fits=_sees_units,
            whose=_TEAM,
            order=38,
        ),
        Tile(
            "parties.completeness",
            gettext_lazy("How complete the base is"),
            icon="circle-check-big",
            template=BARS,
            content=_completeness,
            fits=_sees_units,
            whose=_TEAM,
            side=Side.NARROW,
            order=30,
        ),
    )
