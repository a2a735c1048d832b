"""Opportunities: pipelines with their stages, deals that go through them, and what belongs to each deal."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q

from duyen.foundation.records import Binned, Record
from duyen.foundation.sqlfields import searched_text, searched_with_code, sort_key_of
from duyen.modules.opportunities.words import CLOSED, Commitment, DealState, Left


class Pipeline(Binned):
    """One way of selling, with stages of its own. The first one in the order is proposed."""

    name = models.CharField(max_length=120)
    name_key = sort_key_of("name")
    search = searched_text(F("name"))
    position = models.IntegerField(default=1)
    note = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["position", "id"], name="pipelines_in_their_order")]


class Stage(Binned):
    """One stage of a pipeline. `probability` is in per cent.

    `checklist` holds one item a line and `required` names of fields: both are settled before a deal goes
    on from here. `is_late` says that a deal can be won from here, and that only who confirms takes it back.
    """

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="stages")
    name = models.CharField(max_length=80)
    search = searched_text(F("name"))
    position = models.IntegerField(default=1)
    probability = models.SmallIntegerField(default=0)
    checklist = models.TextField(default="")
    required = ArrayField(models.TextField(), default=list)
    stale_after = models.SmallIntegerField(null=True)
    tone = models.CharField(max_length=8, default="gray")
    is_late = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=100),
                name="the_probability_of_a_stage_is_in_per_cent",
            ),
        ]
        indexes = [models.Index(fields=["position", "id"], name="stages_in_their_order")]


#: The day on which a deal came into its stage, as SQL.
_ENTERED = "(stage_since AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
#: The day on which a deal was entered here, as SQL.
_BEGUN = "(created_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"


#: What is asked of many deals at once, in whatever stretch of days.
_FACTS = (
    *("deleted_at", "state", "owner", "unit", "pipeline", "stage", "type", "source", "campaign"),
    *("amount", "probability", "weighted"),
)


class Opportunity(Record):
    """A deal with a customer, who is `party_id`. Sums are đồng without VAT.

    `one_off`, `monthly` and `amount` follow from the lines; without any line the amount is as typed.
    `weighted` is what it counts for in a forecast. `stage` stays where the deal was closed, and
    `days_in_stage` says how long it had stood there, `days_taken` how long it took from the day on which it
    was entered here; none where it came from elsewhere. `competitor_ids`
    are those that it meets, copied from its encounters, `lost_to` the one who won. `role_count` says how many
    different roles its contacts have, `has_decider` whether one of them decides: both follow from them.
    """

    name = models.CharField(max_length=200)
    name_key = sort_key_of("name")
    party_id = models.BigIntegerField()
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+", db_index=False)
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", db_index=False)
    stage_since = models.DateTimeField()
    steps_back = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=10, default=DealState.OPEN.value)
    state_since = models.DateTimeField()
    type = models.CharField(max_length=40, default="")
    source = models.CharField(max_length=40, default="")
    campaign = models.ForeignKey(
        "campaigns.Campaign", models.PROTECT, null=True, related_name="+", db_index=False
    )
    probability = models.SmallIntegerField(default=0)
    forecast = models.CharField(max_length=40, default="")
    amount = models.BigIntegerField(null=True)
    one_off = models.BigIntegerField(default=0)
    monthly = models.BigIntegerField(default=0)
    line_count = models.SmallIntegerField(default=0)
    weighted = models.GeneratedField(
        expression=Func(
            F("amount"),
            F("probability"),
            template="round((%(expressions)s) / 100.0)::bigint",
            arg_joiner=" * ",
        ),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    expected_close = models.DateField()
    closed_on = models.DateField(null=True)
    actual_amount = models.BigIntegerField(null=True)
    resume_on = models.DateField(null=True)
    win_reason = models.CharField(max_length=40, default="")
    lost_to = models.ForeignKey("Competitor", models.PROTECT, null=True, related_name="+", db_index=False)
    competitor_ids = ArrayField(models.BigIntegerField(), default=list)
    role_count = models.SmallIntegerField(default=0)
    has_decider = models.BooleanField(default=False)
    loss_reason = models.CharField(max_length=40, default="")
    cancel_reason = models.CharField(max_length=40, default="")
    price_gap = models.BigIntegerField(null=True)
    close_note = models.TextField(default="")
    budget = models.BigIntegerField(null=True)
    pain_points = models.TextField(default="")
    decision_process = models.TextField(default="")
    next_step = models.CharField(max_length=250, default="")
    install_place = models.CharField(max_length=250, default="")
    rival_contract_end = models.DateField(null=True)
    days_taken = models.GeneratedField(
        expression=Func(
            template=f"CASE WHEN closed_on >= {_BEGUN} THEN closed_on - {_BEGUN} END",
            output_field=models.IntegerField(null=True),
        ),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )
    days_in_stage = models.GeneratedField(
        expression=Func(
            template=f"CASE WHEN closed_on >= {_ENTERED} THEN closed_on - {_ENTERED} END",
            output_field=models.IntegerField(null=True),
        ),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )
    search = searched_with_code("name")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "code_unit"], name="an_opportunity_code_is_given_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in DealState]),
                name="an_opportunity_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CLOSED], closed_on__isnull=False)
                | Q(closed_on=None) & ~Q(state__in=[state.value for state in CLOSED]),
                name="what_is_closed_says_on_which_day",
            ),
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=100),
                name="the_probability_of_a_deal_is_in_per_cent",
            ),
            models.CheckConstraint(
                condition=(Q(amount=None) | Q(amount__gte=0)) & Q(one_off__gte=0, monthly__gte=0),
                name="the_sums_of_a_deal_are_not_negative",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="an_opportunity_has_a_name"),
        ]
        indexes = [
            # These hold what reports, months and outcomes ask of a stretch of days: the rows are seven times
            # as wide, and lie scattered.
            models.Index(
                fields=["expected_close", "id"],
                include=[*_FACTS, "created_at", "closed_on"],
                name="opportunities_by_close",
            ),
            models.Index(
                fields=["created_at", "id"],
                include=[*_FACTS, "closed_on", "actual_amount", "role_count", "has_decider"],
                name="opportunities_by_age",
            ),
            models.Index(
                fields=["closed_on", "id"],
                include=[
                    *_FACTS,
                    *("created_at", "actual_amount", "price_gap", "win_reason", "loss_reason", "lost_to"),
                    *("days_in_stage", "days_taken"),
                ],
                name="opportunities_by_end",
            ),
            models.Index(fields=["name_key", "id"], name="opportunities_by_name"),
            # The closed ones of a seller, of which those like hers are the latest, are told by it alone.
            models.Index(
                fields=["owner", "expected_close", "id"],
                include=["deleted_at", "state", "closed_on"],
                name="opportunities_of_one_owner",
            ),
            # In the order of their days the open deals of a unit would lie behind all its closed ones.
            models.Index(fields=["unit", "state"], name="opportunities_of_units"),
            # What lists open with, and what boards show: the closed ones, many times as many, stay out of it.
            models.Index(
                fields=["expected_close", "id"],
                include=[*_FACTS, "created_at"],
                condition=Q(state__in=["OPEN", "ON_HOLD"]),
                name="opportunities_to_close",
            ),
            models.Index(
                fields=["stage", "expected_close", "id"],
                include=[
                    *("deleted_at", "state", "owner", "unit", "pipeline", "stage_since"),
                    *("source", "type", "amount", "weighted"),
                ],
                condition=Q(state__in=["OPEN", "ON_HOLD"]),
                name="opportunities_under_way",
            ),
            models.Index(fields=["party_id", "expected_close"], name="opportunities_of_a_party"),
            models.Index(
                fields=["deleted_at", "id"],
                condition=Q(deleted_at__isnull=False),
                name="opportunities_in_the_bin",
            ),
            GinIndex(OpClass(F("search"), "gin_trgm_ops"), name="opportunities_by_any_part"),
            GinIndex(
                fields=[
                    *("state", "type", "source", "stage", "pipeline", "campaign"),
                    *("competitor_ids", "lost_to"),
                ],
                name="opportunities_by_any_class",
            ),
        ]


class _OfDeal(models.Model):
    """A row that belongs to one deal; `party_id` is the customer's, copied."""

    id = models.BigAutoField(primary_key=True)
    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="+", db_index=False)
    party_id = models.BigIntegerField()

    class Meta:
        abstract = True


class Answer(_OfDeal):
    """One item of a stage's checklist that was settled for a deal, by whom and when."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", db_index=False)
    item = models.CharField(max_length=300)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "stage", "item"], name="an_item_is_settled_once"),
        ]


class Line(_OfDeal):
    """A product on a deal. Prices are for one unit, sums for the whole line, all in đồng without VAT.

    `list_price` is what the price list said on the day `priced_on`; `period` is the number of months between
    two bills, none for what is paid once.
    """

    position = models.SmallIntegerField(default=1)
    product_id = models.BigIntegerField()
    plan_id = models.BigIntegerField(null=True)
    quantity = models.IntegerField()
    list_price = models.BigIntegerField()
    unit_price = models.BigIntegerField()
    fee = models.BigIntegerField(default=0)
    period = models.SmallIntegerField(null=True)
    term_months = models.SmallIntegerField(default=0)
    prepaid_months = models.SmallIntegerField(default=0)
    free_months = models.SmallIntegerField(default=0)
    one_off = models.BigIntegerField()
    monthly = models.BigIntegerField()
    total = models.BigIntegerField()
    site = models.CharField(max_length=250, default="")
    feasibility = models.CharField(max_length=12, default="")
    priced_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_line_holds_at_least_one"),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, fee__gte=0, list_price__gte=0),
                name="a_line_costs_nothing_or_more",
            ),
        ]
        indexes = [
            models.Index(fields=["opportunity", "position", "id"], name="lines_of_an_opportunity"),
            models.Index(fields=["product_id", "opportunity"], name="lines_with_a_product"),
        ]


class Contact(_OfDeal):
    """Somebody on the customer's side of a deal, who is `contact_id`.

    `influence` and `strength` go from 1 to 5, `attitude` from -2 (against us) to 2 (fights for us).
    """

    contact_id = models.BigIntegerField()
    role = models.CharField(max_length=20, default="")
    is_primary = models.BooleanField(default=False)
    influence = models.SmallIntegerField(default=3)
    attitude = models.SmallIntegerField(default=0)
    strength = models.SmallIntegerField(default=1)
    note = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "contact_id"], name="a_deal_names_a_contact_once"),
            models.UniqueConstraint(
                fields=["opportunity"], condition=Q(is_primary=True), name="a_deal_has_one_primary_contact"
            ),
            models.CheckConstraint(
                condition=Q(
                    influence__gte=1,
                    influence__lte=5,
                    strength__gte=1,
                    strength__lte=5,
                    attitude__gte=-2,
                    attitude__lte=2,
                ),
                name="influence_attitude_and_strength_are_on_their_scales",
            ),
        ]
        indexes = [models.Index(fields=["contact_id"], name="deals_of_a_contact")]


class Competitor(Binned):
    """A firm that sells the same as we do, as we know it."""

    name = models.CharField(max_length=160)
    name_key = sort_key_of("name")
    search = searched_text(F("name"))
    website = models.CharField(max_length=200, default="")
    strengths = models.TextField(default="")
    weaknesses = models.TextField(default="")
    counter = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["name_key", "id"], name="competitors_by_name")]


class Encounter(_OfDeal):
    """A competitor met on a deal. `price` is what it offers; `threat` goes from 1 to 5."""

    competitor = models.ForeignKey(Competitor, models.PROTECT, related_name="+", db_index=False)
    product = models.CharField(max_length=160, default="")
    price = models.BigIntegerField(null=True)
    strengths = models.CharField(max_length=500, default="")
    weaknesses = models.CharField(max_length=500, default="")
    counter = models.CharField(max_length=500, default="")
    threat = models.SmallIntegerField(default=3)
    is_incumbent = models.BooleanField(default=False)
    is_winner = models.BooleanField(default=False)
    info_source = models.CharField(max_length=160, default="")
    captured_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "competitor"], name="a_deal_meets_a_competitor_once"
            ),
            models.UniqueConstraint(
                fields=["opportunity"], condition=Q(is_winner=True), name="one_competitor_wins_a_deal"
            ),
            models.CheckConstraint(
                condition=Q(threat__gte=1, threat__lte=5) & (Q(price=None) | Q(price__gte=0)),
                name="a_threat_is_on_its_scale",
            ),
        ]
        indexes = [models.Index(fields=["competitor", "opportunity"], name="deals_of_a_competitor")]


class Partner(_OfDeal):
    """A party that works with us on a deal: `partner_id`, and whom we speak to there, `contact_id`.

    `share` is what of the deal is its part, in per cent; all partners of one deal have 100 together at most.
    `paper_id` is the file of the deal by which it commits itself.
    """

    partner_id = models.BigIntegerField()
    contact_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=40, default="")
    share = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    responsibility = models.CharField(max_length=500, default="")
    commitment = models.CharField(max_length=10, default=Commitment.NONE.value)
    paper_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "partner_id"], name="a_deal_names_a_partner_once"),
            models.CheckConstraint(
                condition=Q(share=None) | Q(share__gte=0, share__lte=100), name="the_share_is_in_per_cent"
            ),
            models.CheckConstraint(
                condition=Q(commitment__in=[each.value for each in Commitment]),
                name="a_commitment_is_a_known_one",
            ),
        ]
        indexes = [
            models.Index(fields=["partner_id"], name="deals_of_a_partner"),
            models.Index(
                fields=["contact_id"],
                condition=Q(contact_id__isnull=False),
                name="deals_of_a_partners_contact",
            ),
        ]


class Stay(_OfDeal):
    """One time that a deal stood in a stage, until `left_at`; while that is none it stands there.

    It follows from the deal, whose trail tells the same. `rested` are the days of it on which the deal was
    put aside: they do not count. A deal that comes in closed, nobody knows since when, has none.

    `is_first` marks one stay of each deal and `is_first_there` one in each stage in which it stood, so that
    deals are counted by their stays without being told apart.
    """

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", db_index=False)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    left_at = models.DateTimeField(null=True)
    left = models.CharField(max_length=10, default=Left.STANDS.value)
    rested = models.IntegerField(default=0)
    is_first = models.BooleanField(default=False, db_default=False)
    is_first_there = models.BooleanField(default=True, db_default=True)
    days = models.GeneratedField(
        expression=Func(
            template="greatest((left_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
            " - (entered_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date - rested,"
            " CASE WHEN left_at IS NOT NULL THEN 0 END)",
            output_field=models.IntegerField(null=True),
        ),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity"], condition=Q(left_at=None), name="a_deal_stands_in_one_stage"
            ),
            models.CheckConstraint(
                condition=Q(left=Left.STANDS.value, left_at=None)
                | ~Q(left=Left.STANDS.value) & Q(left_at__gte=F("entered_at")),
                name="a_stay_that_ended_says_how",
            ),
        ]
        indexes = [
            # It holds what reports ask of all stays of many deals: the rows are twice as wide.
            models.Index(
                fields=["opportunity", "stage"],
                include=["days", "left", "is_first", "is_first_there"],
                name="stays_of_a_deal_by_stage",
            ),
            models.Index(fields=["stage", "opportunity"], name="stays_in_a_stage"),
            models.Index(
                fields=["opportunity", "stage"],
                condition=Q(is_first_there=False),
                name="stays_again_in_a_stage",
            ),
        ]
