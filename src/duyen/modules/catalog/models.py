"""The catalogue: products, their plans, bundles, price lists with their lines, and VAT by date."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from duyen.foundation.records import Binned
from duyen.foundation.sqlfields import searched_text, sort_key_of


class _Kept(Binned):
    """What belongs to the whole company, takes the company's own fields, and is kept when it is deleted."""

    source_channel = models.CharField(max_length=20, default="")
    custom = models.JSONField(default=dict)
    derived = models.JSONField(default=dict)

    class Meta:
        abstract = True


class Product(_Kept):
    """Something that is sold: goods or a service, paid once or again and again.

    `cost_ratio` is what it costs us, in per cent of its price. With `bundle_pricing` it is a bundle of its
    components. On sale from `active_from` to `active_until`, both included; none leaves an end open.
    """

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    name_key = sort_key_of("name")
    search = searched_text(F("name"), F("code"))
    nature = models.CharField(max_length=12)
    kind = models.CharField(max_length=12)
    billing_period = models.CharField(max_length=12, default="")
    measure = models.CharField(max_length=40, default="")
    category = models.CharField(max_length=40, default="")
    vat_class = models.CharField(max_length=40)
    bundle_pricing = models.CharField(max_length=8, default="")
    cost_ratio = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    active_from = models.DateField(null=True)
    active_until = models.DateField(null=True)
    description = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="a_product_code_is_used_once"),
            models.CheckConstraint(
                condition=Q(active_until=None) | Q(active_from=None) | Q(active_until__gte=F("active_from")),
                name="a_product_is_on_sale_from_before_until",
            ),
            models.CheckConstraint(
                condition=Q(cost_ratio=None) | Q(cost_ratio__gte=0, cost_ratio__lte=1000),
                name="a_cost_ratio_is_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["name_key", "id"], name="products_by_name")]


class Plan(_Kept):
    """One way in which a product can be taken: for how long, and how much of it is paid ahead.

    All lengths are months; `free_months` come on top of those that were paid ahead.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="plans")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=160)
    name_key = sort_key_of("name")
    search = searched_text(F("name"), F("code"))
    term_months = models.SmallIntegerField(null=True)
    prepaid_months = models.SmallIntegerField(default=0)
    free_months = models.SmallIntegerField(default=0)
    minimum_months = models.SmallIntegerField(null=True)
    active_from = models.DateField(null=True)
    active_until = models.DateField(null=True)
    note = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="a_plan_code_is_used_once"),
            models.CheckConstraint(
                condition=Q(free_months=0) | Q(prepaid_months__gt=0),
                name="free_months_come_with_prepaid_ones",
            ),
            models.CheckConstraint(
                condition=Q(prepaid_months__gte=0, free_months__gte=0), name="months_are_not_negative"
            ),
        ]


class Component(models.Model):
    """What a bundle holds, and how much of it."""

    id = models.BigAutoField(primary_key=True)
    bundle = models.ForeignKey(Product, models.PROTECT, related_name="components")
    product = models.ForeignKey(Product, models.PROTECT, related_name="in_bundles")
    quantity = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bundle", "product"], name="a_bundle_names_a_product_once"),
            models.CheckConstraint(condition=~Q(bundle=F("product")), name="a_bundle_does_not_hold_itself"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_bundle_holds_at_least_one"),
        ]


class PriceList(_Kept):
    """Prices that hold from one day to another, both included, for some places and kinds of customer.

    `areas` are ids of units, each with all below it, and `customer_kinds` codes of kinds of party; none of
    them means all. Once issued, its lines do not change, so that the past can be told.
    """

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=160)
    name_key = sort_key_of("name")
    search = searched_text(F("name"), F("code"))
    state = models.CharField(max_length=12)
    state_since = models.DateTimeField(null=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    areas = ArrayField(models.BigIntegerField(), default=list)
    customer_kinds = ArrayField(models.TextField(), default=list)
    currency = models.CharField(max_length=3, default="VND")
    basis = models.CharField(max_length=300, default="")
    note = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="a_price_list_code_is_used_once"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="a_price_list_ends_after_it_starts",
            ),
        ]


class PriceLine(_Kept):
    """What a product costs by one price list: in general, or by one of its plans.

    `price`, `one_off_fee` and `floor` are minor units of `currency`, without VAT. `price` is for one unit of
    measure; the fee is paid once at the start; below the floor nobody sells without approval.
    """

    price_list = models.ForeignKey(PriceList, models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, related_name="prices")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="prices")
    name = models.CharField(max_length=160, default="")
    search = searched_text(F("name"))
    currency = models.CharField(max_length=3, default="VND")
    price = models.BigIntegerField()
    one_off_fee = models.BigIntegerField(null=True)
    floor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "product", "plan"],
                condition=Q(deleted_at=None),
                nulls_distinct=False,
                name="a_list_names_a_price_once",
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0)
                & (Q(one_off_fee=None) | Q(one_off_fee__gte=0))
                & (Q(floor=None) | Q(floor__gte=0, floor__lte=F("price"))),
                name="a_floor_lies_between_nothing_and_the_price",
            ),
        ]
        indexes = [models.Index(fields=["name", "id"], name="prices_by_name")]


class VatRate(_Kept):
    """What the company knows of a VAT class from a day on; it stands above the law's table of that day.

    No `percent` means that the class is not subject to VAT.
    """

    vat_class = models.CharField(max_length=40)
    since = models.DateField()
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    basis = models.CharField(max_length=300)
    search = searched_text(F("basis"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__gte=0, percent__lte=100),
                name="a_vat_rate_is_a_percentage",
            ),
        ]
        indexes = [models.Index(fields=["since", "id"], name="vat_rates_by_day")]
