"""Closed deals that are like one under way: what they have in common, and what won or lost them.

One bounded statement finds them among the deals that the reader may see: the latest of the same customer,
with the same products, against the same competitors, and the latest of all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from duyen.entities.fields import Option
from duyen.entities.labels import labels
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ, FieldLevel
from duyen.kernel.clock import today
from duyen.kernel.money import Money
from duyen.modules.opportunities import choices, queries, rules
from duyen.modules.opportunities.actions.deals import NAME
from duyen.modules.opportunities.models import Line
from duyen.modules.opportunities.outcomes import words_of_size
from duyen.modules.opportunities.rules import Features
from duyen.modules.opportunities.tabs import Row, sees
from duyen.modules.opportunities.words import Alike, DealState

#: So many are shown; so many of each kind are looked at, and none that ended before so many years.
_SHOWN, _OF_A_KIND, _LATEST, _YEARS = 4, 60, 200, 3
_CLOSED = [DealState.WON.value, DealState.LOST.value]
_COLUMNS = (
    *("id", "name", "state", "party_id", "amount", "actual_amount", "closed_on", "competitor_ids"),
    *("win_reason", "loss_reason", "lost_to_id", "price_gap", "close_note"),
)


@dataclass(frozen=True)
class Seen:
    """What a reader may compare deals by, and what she may be told of how one ended."""

    features: frozenset[Alike]
    actor: Actor

    @classmethod
    def by(cls, actor: Actor) -> Seen:
        customers = entity_named("customers")
        found = {
            Alike.CUSTOMER: sees(actor, "customer"),
            Alike.PRODUCT: actor.may("products", READ) and sees(actor, "amount"),
            Alike.COMPETITOR: actor.may("competitors", READ) and sees(actor, "competitors"),
            Alike.SIZE: sees(actor, "amount"),
            Alike.INDUSTRY: sees(actor, "customer")
            and customers.level(actor, "industry") is not FieldLevel.HIDDEN,
        }
        return cls(frozenset(each for each in Alike if found[each]), actor)

    def of(self, row: Mapping[str, Any]) -> Features:
        """Give what of a deal may be compared."""
        return Features(
            customer=row["party_id"] if Alike.CUSTOMER in self.features else None,
            industry=row["industry"] or "" if Alike.INDUSTRY in self.features else "",
            products=frozenset(row["products"] if Alike.PRODUCT in self.features else ()),
            size=rules.band_of(row["amount"], rules.SIZES) if Alike.SIZE in self.features else None,
            competitors=frozenset(row["competitor_ids"] if Alike.COMPETITOR in self.features else ()),
        )


@dataclass(frozen=True)
class Similar:
    """One closed deal that is like another: how alike from 0 to 100, why, and how it ended."""

    row: Row
    percent: int
    why: str
    state: Option | None
    ended: str
    worth: Money | None


def similar_to(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Show the closed deals that are most like one under way."""
    if not sees(actor, "state", "closed_on"):
        return {}
    seen = Seen.by(actor)
    products = Line.objects.filter(opportunity_id=row["id"]).values_list("product_id", flat=True)
    mine = seen.of({**row, "products": set(products), "industry": _industry(actor, row)})
    found = []
    for other in _with_features(_candidates(actor, row, mine), actor):
        common = rules.in_common(mine, seen.of(other))
        percent = rules.likeness(common)
        if percent >= rules.ALIKE_ENOUGH:
            found.append((percent, other, common))
    found.sort(key=lambda each: (each[0], each[1]["closed_on"], each[1]["id"]), reverse=True)
    names = _Names.of(actor, [each for _percent, each, _common in found[:_SHOWN]], mine)
    return {
        "deals": [
            Similar(
                row=other,
                percent=percent,
                why=" · ".join(names.why(mine, seen.of(other), common)),
                state=choices.STATES.held().by_code.get(other["state"]),
                ended=names.ended(other),
                worth=_worth(actor, other),
            )
            for percent, other, common in found[:_SHOWN]
        ],
        "years": _YEARS,
    }


def _industry(actor: Actor, row: Row) -> str | None:
    """Give the industry of the customer of a deal, where that is open to the reader."""
    customers = entity_named("customers").rows(actor).filter(pk=row["party_id"])
    return next(iter(customers.values_list("industry", flat=True)), None)


def _with_features(rows: QuerySet[Any], actor: Actor) -> QuerySet[Any, dict[str, Any]]:
    """Read deals with their products, and the industry of each customer who is open to the reader."""
    customers = entity_named("customers").rows(actor).filter(pk=OuterRef("party_id"))
    lines = Line.objects.filter(opportunity_id=OuterRef("pk")).order_by("pk")
    found: QuerySet[Any, dict[str, Any]] = rows.annotate(
        products=ArraySubquery(lines.values("product_id")),
        industry=Subquery(customers.values("industry")[:1]),
    ).values(*_COLUMNS, "products", "industry")
    return found


def _candidates(actor: Actor, row: Row, mine: Features) -> QuerySet[Any]:
    """Give the deals among which the most alike are looked for: a few hundred, whatever the base holds."""
    deals = entity_named(NAME)
    since = today().replace(day=1)
    since = since.replace(year=since.year - _YEARS)
    closed = deals.rows(actor).filter(state__in=_CLOSED, closed_on__gte=since).exclude(pk=row["id"])
    latest = closed.order_by("-closed_on", "-pk").values("pk")
    parts = [latest[:_LATEST]]
    if mine.customer:
        parts.append(latest.filter(party_id=mine.customer)[:_OF_A_KIND])
    if mine.products:
        same = Line.objects.filter(product_id__in=mine.products).values("opportunity_id")
        parts.append(latest.filter(pk__in=same)[:_OF_A_KIND])
    if mine.competitors:
        parts.append(latest.filter(competitor_ids__overlap=sorted(mine.competitors))[:_OF_A_KIND])
    first, *others = parts
    return deals.rows(actor).filter(pk__in=first.union(*others, all=True) if others else first)


def _worth(actor: Actor, row: Row) -> Money | None:
    amount = row["actual_amount"] if row["actual_amount"] is not None else row["amount"]
    return Money(amount) if amount is not None and sees(actor, "amount", "actual_amount") else None


@dataclass(frozen=True)
class _Names:
    """The words for what deals have in common and how they ended, within the reader's rights."""

    actor: Actor
    products: Mapping[int, str]
    competitors: Mapping[int, str]

    @classmethod
    def of(cls, actor: Actor, rows: Collection[Row], mine: Features) -> _Names:
        products = mine.products & {each for row in rows for each in row["products"]}
        known = labels(actor, entity_named("products"), products)
        rivals = {each for row in rows for each in (*row["competitor_ids"], row["lost_to_id"]) if each}
        return cls(
            actor,
            {pk: each.label for pk, each in known.items() if each.is_open},
            queries.competitor_names(rivals) if actor.may("competitors", READ) else {},
        )

    def why(self, mine: Features, other: Features, common: Collection[Alike]) -> Iterator[str]:
        """Say what two deals have in common, what tells most first."""
        said = {
            Alike.CUSTOMER: _("same customer"),
            Alike.PRODUCT: _("same product: %(names)s")
            % {"names": _listed(self.products, mine.products & other.products)},
            Alike.COMPETITOR: _("same competitor: %(names)s")
            % {"names": _listed(self.competitors, mine.competitors & other.competitors)},
            Alike.SIZE: _("same size: %(size)s") % {"size": words_of_size(mine.size or 0)},
            Alike.INDUSTRY: _("same industry"),
        }
        return (said[each] for each in common)

    def ended(self, row: Row) -> str:
        """Say what won a deal, or what lost it, to whom and by how much."""
        deals = entity_named(NAME)
        is_won = row["state"] == DealState.WON
        name = "win_reason" if is_won else "loss_reason"
        if not row[name] or not sees(self.actor, name):
            return ""
        reason = deals.field(name).show(row[name])
        told = [_("Won by: %(reason)s") if is_won else _("Lost by: %(reason)s")]
        winner = self.competitors.get(row["lost_to_id"] or 0, "") if sees(self.actor, "lost_to") else ""
        if winner:
            told.append(_("to %(competitor)s"))
        if row["price_gap"] and sees(self.actor, "price_gap"):
            told.append(_("price gap %(gap)s"))
        gap = deals.field("price_gap").show(Money(row["price_gap"] or 0))
        return ", ".join(told) % {"reason": reason, "competitor": winner, "gap": gap}


def _listed(names: Mapping[int, str], ids: Collection[int]) -> str:
    return ", ".join(sorted(names[each] for each in ids if each in names))
