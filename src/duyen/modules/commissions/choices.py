"""The lists of choices of commissions, with the words and tones on the screen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import ChoiceList, Option
from duyen.modules.commissions.words import Basis, BeneficiaryKind, CommissionState, Condition, TaxedAs

STATES = ChoiceList(
    "commission_states",
    _("States of commissions"),
    (
        Option(CommissionState.PLANNED, pgettext_lazy("commission", "Planned"), "gray"),
        Option(CommissionState.ACCRUED, pgettext_lazy("commission", "Accrued"), "blue"),
        Option(CommissionState.APPROVED, pgettext_lazy("commission", "Approved"), "violet"),
        Option(CommissionState.PAID, pgettext_lazy("commission", "Paid"), "green"),
        Option(CommissionState.CLAWED_BACK, pgettext_lazy("commission", "Clawed back"), "red"),
    ),
    is_fixed=True,
)

KINDS = ChoiceList(
    "beneficiary_kinds",
    _("Kinds of beneficiary"),
    (
        Option(BeneficiaryKind.EMPLOYEE, _("Employee"), "blue", ("nhân viên", "nvkd")),
        Option(BeneficiaryKind.COLLABORATOR, pgettext_lazy("commission", "Collaborator"), "teal", ("ctv",)),
        Option(BeneficiaryKind.AGENT, pgettext_lazy("commission", "Agent"), "violet", ("đại lý",)),
        Option(BeneficiaryKind.POINT_OF_SALE, _("Point of sale"), "amber", ("điểm bán",)),
        Option(BeneficiaryKind.PARTNER, pgettext_lazy("commission", "Partner"), "green", ("đối tác",)),
    ),
    is_fixed=True,
)

BASES = ChoiceList(
    "commission_bases",
    _("Bases of commission"),
    (
        Option(Basis.LIST, _("Revenue at list prices"), "gray"),
        Option(Basis.NET, _("Revenue at agreed prices"), "gray"),
        Option(Basis.COLLECTED, _("Collected revenue"), "gray"),
    ),
    is_fixed=True,
)

TAXED_AS = ChoiceList(
    "commission_taxation",
    _("How commissions are taxed"),
    (
        Option(TaxedAs.PAYROLL, _("Through payroll"), "blue"),
        Option(TaxedAs.INDIVIDUAL, _("Person without a labour contract"), "amber", ("cá nhân",)),
        Option(TaxedAs.ORGANISATION, pgettext_lazy("commission", "Organisation"), "gray", ("tổ chức",)),
    ),
    is_fixed=True,
)

CONDITIONS = ChoiceList(
    "commission_conditions",
    _("Conditions of commissions"),
    (
        Option(Condition.ACTIVATION, _("The service is activated"), "gray"),
        Option(Condition.MONTHS_PAID, _("The customer has paid for some months"), "gray"),
        Option(Condition.FULLY_PAID, _("The customer has paid everything"), "gray"),
    ),
    is_fixed=True,
)
