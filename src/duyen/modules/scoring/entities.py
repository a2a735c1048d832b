"""Points models and their criteria: the declarations from which lists, forms, pages and rights follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, Condition, Flag, Link, LongText, Moment, Several, Text, Whole
from duyen.entities.listing import Listing, Sort
from duyen.entities.pages import Lead, Panel, Tab
from duyen.entities.personal.declared import NOBODY
from duyen.entities.personal.holding import hold_all
from duyen.entities.registry import extend, register
from duyen.entities.scope import Scope
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.modules.leads.words import SCORED
from duyen.modules.scoring import (
    actions,
    choices,
    following,
    learned_tab,
    panels,
    queries,
    reading,
    rules,
    seeding,
    tabs,
)
from duyen.modules.scoring.actions.models import LIFECYCLE, PUBLISH
from duyen.modules.scoring.models import FrozenScore, LearnedScore, ScoreCriterion, ScoreModel
from duyen.modules.scoring.words import Basis, ModelState

COMPANY = Scope(owner="", unit="")
_KEEPS = "read create change delete"
_READERS = ("SALES_REP", "TELLER", "CARE_AGENT", "AREA_HEAD", "DPO")
_GRANTS = {
    **dict.fromkeys(_READERS, "all: read"),
    "MARKETER": f"all: {_KEEPS}",
    **dict.fromkeys(("SALES_MANAGER", "DIRECTOR", "HQ_STEWARD"), f"all: {_KEEPS}"),
}
_FIXED = _("This model was put in force and stays as it is. Go on with a draft of it.")
_CREATED = (Moment("created_at", _("Created at"), sort="created_at"), Moment("updated_at", _("Changed at")))


def _judge_model(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    if before is not None and before["state"] != ModelState.DRAFT:
        yield FieldProblem("", "in_force", _FIXED)
        return
    for name in ("hot_from", "warm_from"):
        if after[name] is None:
            yield FieldProblem(name, "required", _("Say from how many points on."))
            return
    for each in rules.problems_of_model(hot_from=after["hot_from"], warm_from=after["warm_from"]):
        yield FieldProblem(each.field, each.code, gettext(str(each.message)))


def _is_in_force(row: Mapping[str, Any]) -> bool:
    return bool(row["state"] == ModelState.PUBLISHED)


def _is_draft(row: Mapping[str, Any]) -> bool:
    return bool(row["state"] == ModelState.DRAFT)


score_models = Entity(
    model=ScoreModel,
    name="score_models",
    label=_("Points model"),
    labels=_("Points models"),
    icon="gauge",
    personal=NOBODY,
    group=pgettext_lazy("navigation", "Marketing"),
    under="/leads",
    scope=COMPANY,
    search="search",
    files=None,
    merging=None,
    in_search=False,
    fixed={"state": ModelState.DRAFT, "state_since": now},
    fields=[
        Text("name", _("Name"), required=True, max_length=200, sort="name_key", search=True),
        Whole(
            "hot_from",
            pgettext_lazy("points model", "Hot from"),
            least=1,
            most=100,
            default=60,
            help=_("From so many points on a lead is proposed as hot."),
        ),
        Whole(
            "warm_from",
            pgettext_lazy("points model", "Warm from"),
            least=0,
            most=99,
            default=30,
            help=_("Below it a lead is proposed as cold."),
        ),
        LongText("note", _("Note"), max_length=2_000),
        Moment("published_at", pgettext_lazy("points model", "In force since")),
        *_CREATED,
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name state published_at hot_from warm_from created_at",
            sorts=[
                Sort("created_at", _("Created at"), "created_at", descending=True),
                Sort("name", _("Name"), "name_key"),
            ],
            filters="state",
        )
    ],
    form=["name", "hot_from warm_from", "note"],
    summary="state published_at",
    facts="state published_at hot_from warm_from note",
    rules=[_judge_model],
    keeps=actions.why_keep,
    lifecycle=LIFECYCLE,
    actions=[actions.draft, actions.learn_anew],
    leads=[Lead("effect", _("See what it would change"), "scale", fits=_is_draft, needs=("leads", READ))],
    rights={PUBLISH: _("Put points models in force")},
    tabs=[
        Tab(
            "criteria",
            pgettext_lazy("points model", "Criteria"),
            "scoring/criteria_tab.html",
            tabs.criteria,
            tabs.count_criteria,
        ),
        Tab(
            "learned",
            pgettext_lazy("points model", "Learned from leads"),
            "scoring/learned_tab.html",
            learned_tab.learned,
            fits=_is_in_force,
        ),
    ],
    grants={
        **_GRANTS,
        **dict.fromkeys(("SALES_MANAGER", "DIRECTOR", "HQ_STEWARD"), f"all: {_KEEPS} {PUBLISH}"),
    },
)


def _complete(values: dict[str, Any], _actor: Actor) -> None:
    """What happened counts once where nobody said how often."""
    values["most"] = values.get("most") or 1


def _judge_criterion(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    if queries.state_of(after["score_model"]) != ModelState.DRAFT:
        yield FieldProblem("score_model", "in_force", _FIXED)
        return
    if before is not None and before["score_model"] != after["score_model"]:
        yield FieldProblem(
            "score_model", "fixed", _("A criterion stays with its model. Make a new one there.")
        )
        return
    problems = list(rules.problems_of_criterion(after))
    for each in problems:
        yield FieldProblem(each.field, each.code, gettext(str(each.message)))
    if not problems and after["basis"] == Basis.FIELD:
        yield from reading.problems_of_condition(after["condition"], actor=queries.scorer())


score_criteria = Entity(
    model=ScoreCriterion,
    name="score_criteria",
    label=_("Points criterion"),
    labels=_("Points criteria"),
    icon="list-checks",
    personal=NOBODY,
    group=pgettext_lazy("navigation", "Marketing"),
    scope=COMPANY,
    search="search",
    files=None,
    merging=None,
    in_menu=False,
    in_search=False,
    fields=[
        Link("score_model", _("Points model"), to="score_models", required=True),
        Text(
            "name",
            _("Name"),
            required=True,
            max_length=120,
            sort="name_key",
            search=True,
            help=_("So it stands among the reasons on each lead."),
        ),
        Whole(
            "points",
            pgettext_lazy("points model", "Points"),
            required=True,
            least=-100,
            most=100,
            help=_("Fewer than 0 take points away."),
        ),
        Choice(
            "basis",
            pgettext_lazy("points model", "Looks at"),
            options=choices.BASES,
            required=True,
            default=Basis.FIELD.value,
        ),
        Condition(
            "condition",
            pgettext_lazy("points model", "Condition"),
            about="leads",
            names=SCORED,
            help=_(
                "Whoever sees scores learns of this field by them."
                " Behind a link it counts from the next night on."
            ),
        ),
        Choice("activity_kind", pgettext_lazy("points model", "Kind of activity"), options=reading.KINDS),
        Choice(
            "direction",
            pgettext_lazy("points model", "From whom"),
            options=choices.DIRECTIONS,
            help=_("Of calls, e-mails and letters: left empty, both count."),
        ),
        Several(
            "outcomes",
            pgettext_lazy("points model", "What came of it"),
            known=lambda: tuple(reading.OUTCOMES),
            filters=False,
            help=_("One of these; left empty, any outcome counts."),
        ),
        Whole(
            "within_days",
            pgettext_lazy("points model", "Within days"),
            least=1,
            most=rules.LONGEST,
            help=_("What is longer ago counts nothing."),
        ),
        Flag(
            "fades",
            pgettext_lazy("points model", "Fades over these days"),
            help=_("All points on the day itself, evenly fewer until none are left."),
        ),
        Flag(
            "absent",
            pgettext_lazy("points model", "It did not happen"),
            help=_("Gives its points where nothing of the kind happened for so many days."),
        ),
        Whole(
            "most",
            pgettext_lazy("points model", "Counts so many times"),
            least=1,
            most=rules.MOST_TIMES,
            default=1,
            help=_("The newest ones count."),
        ),
        *_CREATED,
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name points basis condition activity_kind within_days fades absent score_model",
            sorts=[
                Sort("name", _("Name"), "name_key"),
                Sort("created_at", _("Created at"), "created_at", descending=True),
            ],
            filters="score_model basis points",
        )
    ],
    form=[
        "score_model",
        "name",
        "points basis",
        (pgettext_lazy("points model", "A field"), ["condition"]),
        (
            pgettext_lazy("points model", "What happened, or did not"),
            ["activity_kind direction", "outcomes", "within_days absent", "fades most"],
        ),
    ],
    summary="score_model points",
    facts="score_model points basis condition activity_kind direction outcomes within_days fades absent most",
    complete=_complete,
    rules=[_judge_criterion],
    rules_ask=True,
    keeps=actions.why_bar,
    bars=actions.why_bar,
    grants=_GRANTS,
)

register(score_models)
register(score_criteria)
#: By the name of a criterion, or a fact that many leads share, nobody is known.
hold_all(NOBODY, FrozenScore, LearnedScore)
following.follow()
seeding.offer()
extend(
    "leads",
    panels=[
        Panel(
            "score",
            pgettext_lazy("lead panel", "Score"),
            "scoring/lead_panel.html",
            panels.score,
            before="consents",
        ),
    ],
    actions=[actions.follow_score],
)
