"""The lists of choices of opportunities, with the words and tones on the screen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import ChoiceList, Option
from duyen.modules.opportunities.words import Commitment, DealRole, DealState, Feasibility, Left

STATES = ChoiceList(
    "opportunity_states",
    _("States of opportunities"),
    (
        Option(DealState.OPEN, pgettext_lazy("opportunity", "Open"), "blue"),
        Option(DealState.ON_HOLD, pgettext_lazy("opportunity", "On hold"), "amber"),
        Option(DealState.WON, pgettext_lazy("opportunity", "Won"), "green"),
        Option(DealState.LOST, pgettext_lazy("opportunity", "Lost"), "red"),
        Option(DealState.CANCELLED, pgettext_lazy("opportunity", "Cancelled"), "gray"),
    ),
    is_fixed=True,
)

LEAVINGS = ChoiceList(
    "stage_leavings",
    _("How opportunities leave stages"),
    (
        Option(Left.ON, pgettext_lazy("stage", "Went on"), "green"),
        Option(Left.BACK, pgettext_lazy("stage", "Went back"), "amber"),
        Option(Left.MOVED, pgettext_lazy("stage", "Moved, for the stage was retired"), "gray"),
        Option(Left.WON, pgettext_lazy("opportunity", "Won"), "green"),
        Option(Left.LOST, pgettext_lazy("opportunity", "Lost"), "red"),
        Option(Left.CANCELLED, pgettext_lazy("opportunity", "Cancelled"), "gray"),
    ),
    is_fixed=True,
)

TYPES = ChoiceList(
    "opportunity_types",
    _("Types of opportunity"),
    (
        Option("NEW_BUSINESS", _("New business"), "blue", ("mới", "bán mới")),
        Option("CROSS_SELL", _("Cross-sell"), "teal", ("bán chéo",)),
        Option("UP_SELL", _("Up-sell"), "violet", ("bán thêm", "nâng gói")),
        Option("RENEWAL", pgettext_lazy("opportunity", "Renewal"), "green", ("gia hạn",)),
        Option("WIN_BACK", pgettext_lazy("opportunity", "Win-back"), "amber", ("lấy lại",)),
        Option("PROJECT", _("Project, tender"), "violet", ("dự án", "thầu")),
    ),
)

FORECASTS = ChoiceList(
    "forecast_categories",
    _("Forecast categories"),
    (
        Option("COMMIT", _("Commitment"), "green", ("chắc chắn",)),
        Option("BEST_CASE", _("Best case"), "teal", ("khả quan",)),
        Option("PIPELINE", pgettext_lazy("forecast", "In the pipeline"), "blue", ("đang theo",)),
        Option("OMITTED", _("Left out of the forecast"), "gray", ("không tính",)),
    ),
)

WIN_REASONS = ChoiceList(
    "win_reasons",
    _("Reasons why we win"),
    (
        Option("PRICE", pgettext_lazy("win", "Price, promotion"), "green"),
        Option("QUALITY", _("Quality of the line or product"), "teal"),
        Option("SPEED", _("Fast survey and installation"), "blue"),
        Option("RELATIONSHIP", _("Relationship, trust"), "violet"),
        Option("BUNDLE", _("Everything from one house"), "amber"),
        Option("CARE", _("Service after the sale"), "teal"),
        Option("OTHER", pgettext_lazy("win", "Other"), "gray"),
    ),
)

LOSS_REASONS = ChoiceList(
    "loss_reasons",
    _("Reasons why we lose"),
    (
        Option("PRICE", pgettext_lazy("loss", "Price"), "red", ("giá",)),
        Option("LOCKED_IN", _("Under contract with a competitor"), "amber", ("đang hợp đồng đối thủ",)),
        Option("NO_INFRASTRUCTURE", _("No infrastructure, no port"), "violet", ("không có hạ tầng/port",)),
        Option("SLOW", _("We answered too slowly"), "amber", ("chậm phản hồi",)),
        Option("NO_NEED", _("No need yet"), "gray", ("chưa có nhu cầu",)),
        Option("FEATURES", _("The product lacks something"), "blue", ("sản phẩm thiếu tính năng",)),
        Option("OTHER", pgettext_lazy("loss", "Other"), "gray", ("khác",)),
    ),
)

CANCEL_REASONS = ChoiceList(
    "opportunity_cancel_reasons",
    _("Reasons why opportunities are cancelled"),
    (
        Option("DUPLICATE", _("It stands twice"), "gray", ("trùng",)),
        Option("MISTAKE", _("Entered by mistake"), "gray", ("nhập sai",)),
        Option("CUSTOMER_CLOSED", _("The customer closed down"), "amber", ("khách giải thể",)),
    ),
)

ROLES = ChoiceList(
    "opportunity_roles",
    _("Roles of contacts in a deal"),
    (
        Option(DealRole.DECISION_MAKER, pgettext_lazy("deal", "Decides"), "blue", ("quyết định",)),
        Option(DealRole.INFLUENCER, pgettext_lazy("deal", "Influences"), "violet", ("ảnh hưởng",)),
        Option(DealRole.USER, pgettext_lazy("deal", "Uses it"), "teal", ("người dùng",)),
        Option(DealRole.BUYER, pgettext_lazy("deal", "Buys"), "green", ("mua hàng",)),
        Option(DealRole.EVALUATOR, _("Judges the technology"), "teal", ("kỹ thuật",)),
        Option(DealRole.GATEKEEPER, pgettext_lazy("deal", "Keeps the gate"), "amber", ("gác cổng",)),
        Option(DealRole.SPONSOR, pgettext_lazy("deal", "Supports us inside"), "green", ("ủng hộ",)),
        Option(DealRole.SIGNATORY, pgettext_lazy("deal", "Signs"), "blue", ("ký",)),
    ),
    is_fixed=True,
)

ATTITUDES = ChoiceList(
    "deal_attitudes",
    _("Attitudes of contacts"),
    (
        Option("2", _("Fights for us"), "green"),
        Option("1", _("Well disposed"), "teal"),
        Option("0", _("Neutral"), "gray"),
        Option("-1", _("Has doubts"), "amber"),
        Option("-2", _("Against us"), "red"),
    ),
    is_fixed=True,
)

PARTNER_ROLES = ChoiceList(
    "partner_roles",
    _("Roles of partners in a deal"),
    (
        Option("REFERRER", pgettext_lazy("partner", "Refers the customer"), "violet", ("giới thiệu",)),
        Option("SUBCONTRACTOR", _("Subcontractor"), "teal", ("thầu phụ",)),
        Option("INTEGRATOR", _("System integrator"), "blue", ("tích hợp",)),
        Option("RESELLER", _("Reseller"), "amber", ("bán lại", "đại lý")),
        Option("FINANCIER", pgettext_lazy("partner", "Finances the deal"), "green", ("tài trợ vốn",)),
    ),
    merges=False,
)

COMMITMENTS = ChoiceList(
    "partner_commitments",
    _("Commitments of partners"),
    (
        Option(Commitment.NONE, pgettext_lazy("commitment", "Not committed"), "gray"),
        Option(Commitment.AWAITED, pgettext_lazy("commitment", "Awaited"), "amber"),
        Option(Commitment.GIVEN, pgettext_lazy("commitment", "Committed"), "green"),
    ),
    is_fixed=True,
)

FEASIBILITY = ChoiceList(
    "line_feasibility",
    _("What a survey says"),
    (
        Option(Feasibility.POSSIBLE, _("Can be installed"), "green"),
        Option(Feasibility.NEEDS_WORK, _("Needs work first"), "amber"),
        Option(Feasibility.IMPOSSIBLE, _("Cannot be installed"), "red"),
    ),
    is_fixed=True,
)

TONES = ChoiceList(
    "stage_tones",
    _("Colours of stages"),
    (
        Option("gray", pgettext_lazy("colour", "Gray"), "gray"),
        Option("blue", pgettext_lazy("colour", "Blue"), "blue"),
        Option("violet", pgettext_lazy("colour", "Violet"), "violet"),
        Option("amber", pgettext_lazy("colour", "Amber"), "amber"),
        Option("teal", pgettext_lazy("colour", "Teal"), "teal"),
        Option("green", pgettext_lazy("colour", "Green"), "green"),
        Option("red", pgettext_lazy("colour", "Red"), "red"),
    ),
    is_fixed=True,
)
