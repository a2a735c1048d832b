"""What is asked of all deals of a period stands in the index of its day: no row is read for it."""

from __future__ import annotations

import pytest

from duyen.entities.entity import Entity
from duyen.entities.registry import entity_named
from duyen.entities.reports.declared import Beside, Ratio, Report, Share, all_reports
from duyen.entities.reports.statement import adds_up
from duyen.modules.opportunities.board import BY_MONTH
from duyen.modules.opportunities.models import Opportunity, Stay

#: By whom a deal may be seen, by what parts are joined, and whether it lies in the bin.
_ALWAYS = {"id", "owner_id", "unit_id", "deleted_at"}


def _held(name: str) -> set[str]:
    index = next(each for each in Opportunity._meta.indexes if each.name == name)
    columns = {each.name: str(each.column) for each in Opportunity._meta.concrete_fields}
    return {columns[each] for each in (*index.fields, *index.include)}


def _columns(deals: Entity, fields: set[str]) -> set[str]:
    return {column for each in fields if "." not in each for column in deals.field(each).columns}


@pytest.mark.parametrize(
    ("key", "index"),
    [
        ("opportunities_by_type", "opportunities_by_age"),
        ("opportunity_contact_roles", "opportunities_by_age"),
        ("opportunities_by_role_count", "opportunities_by_age"),
        ("opportunity_sources", "opportunities_by_age"),
        ("stage_durations", "opportunities_by_age"),
        ("closed_opportunities", "opportunities_by_end"),
        ("opportunities_by_month_and_product", "opportunities_by_close"),
        ("opportunities_by_stage", "opportunities_under_way"),
    ],
)
def test_a_report_over_its_usual_period_is_answered_by_an_index(key: str, index: str) -> None:
    deals, report = entity_named("opportunities"), _report(key)
    day = report.dates[0]
    asked = {name for each in report.measures for name in report.fields_of(each)}

    groups = {name for each in report.in_every_way for name in each.fields}
    assert _ALWAYS | _columns(deals, asked | groups | {day, *report.filters}) <= _held(index)


def test_months_are_answered_by_an_index() -> None:
    deals = entity_named("opportunities")
    asked = {BY_MONTH.by, BY_MONTH.total, BY_MONTH.weighed, *(each.field for each in BY_MONTH.splits)}
    asked |= {each.condition[0] for each in BY_MONTH.outcomes}

    assert _ALWAYS | _columns(deals, asked) <= _held("opportunities_by_close")


def test_time_in_stages_is_answered_by_the_index_of_stays() -> None:
    deals, report = entity_named("opportunities"), _report("stage_durations")
    index = next(each for each in Stay._meta.indexes if each.name == "stays_of_a_deal_by_stage")
    part = next(each for each in deals.parts if each.family == report.part)
    asked = report.fields.union(*(report.fields_of(each) for each in report.measures))
    named = {path.partition(".")[2] for path in asked if "." in path}

    assert part.rows is not None
    assert named | {part.rows.first, *part.rows.first_by.values()} <= {*index.fields, *index.include}


@pytest.mark.parametrize(
    "key", ["stage_durations", "opportunity_contact_roles", "opportunities_by_month_and_product"]
)
def test_what_is_told_of_rows_of_deals_is_grouped_once(key: str) -> None:
    report = _report(key)
    made_of_others = (Ratio, Share, Beside)
    counted = [each for each in report.measures if not isinstance(each, made_of_others)]

    assert report.part
    assert all(adds_up(report, entity_named("opportunities"), each) for each in counted)


def _report(key: str) -> Report:
    return next(each for each in all_reports() if each.key == key)
