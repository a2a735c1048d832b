"""The lists of choices that parties are classified by, with the words and tones on the screen.

Industries follow the first level of Vietnam's economic classification (Decision 36/2025/QĐ-TTg).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import ChoiceList, Option, WordList
from duyen.modules.parties.words import ContactRole, PartyKind, RelationshipState, TieKind

KINDS = ChoiceList(
    "party_kinds",
    _("Kinds of customer"),
    (
        Option(PartyKind.INDIVIDUAL, _("Individual"), "blue", ("person", "khách lẻ", "người", "kh cá nhân")),
        Option(PartyKind.HOUSEHOLD, _("Household"), "teal", ("hộ", "gia đình", "family")),
        Option(
            PartyKind.HOUSEHOLD_BUSINESS,
            _("Household business"),
            "amber",
            ("household business", "hkd", "hộ kd", "hộ kinh doanh cá thể", "household_business"),
        ),
        Option(
            PartyKind.ORGANISATION,
            _("Organisation"),
            "violet",
            (
                "company",
                "công ty",
                "doanh nghiệp",
                "dn",
                "organization",
                "business",
                "kh doanh nghiệp",
                "pháp nhân",
            ),
        ),
        Option(
            PartyKind.PUBLIC_BODY,
            _("Public body"),
            "gray",
            ("public body", "nhà nước", "hcsn", "cơ quan", "public_body"),
        ),
    ),
    is_fixed=True,
)

HONORIFICS = ChoiceList(
    "honorifics",
    _("Forms of address"),
    (tuple(Option(word, word) for word in ("anh", "chị", "em", "cô", "chú", "bác", "ông", "bà"))),
)

SOURCES = ChoiceList(
    "sources",
    _("Sources"),
    (
        Option("POS", _("Point of sale, collaborator")),
        Option("STORE", _("Walk-in at a store")),
        Option("WEB", _("Website")),
        Option("FACEBOOK", "Facebook"),
        Option("ZALO", "Zalo"),
        Option("EMAIL", pgettext_lazy("source", "E-mail")),
        Option("REFERRAL", _("Referral")),
        Option("HOTLINE", _("Call to the hotline")),
        Option("TELESALES", _("Telesales, SMS")),
        Option("EVENT", _("Event, field sale")),
        Option("AGENT", _("Agent")),
        Option("IMPORT", _("Imported list")),
        Option("OTHER", pgettext_lazy("source", "Other")),
    ),
)

INDUSTRIES = ChoiceList(
    "industries",
    _("Industries"),
    (
        Option("AGRICULTURE", _("Agriculture, forestry, fishing")),
        Option("MINING", _("Mining")),
        Option("MANUFACTURING", _("Manufacturing")),
        Option("ENERGY", _("Electricity, gas")),
        Option("WATER", _("Water, waste")),
        Option("CONSTRUCTION", _("Construction")),
        Option("TRADE", _("Wholesale, retail, vehicle repair")),
        Option("TRANSPORT", _("Transport, warehousing")),
        Option("HOSPITALITY", _("Accommodation, catering")),
        Option("INFORMATION", _("Information, communication")),
        Option("FINANCE", _("Finance, insurance")),
        Option("REAL_ESTATE", _("Real estate")),
        Option("PROFESSIONAL", _("Professional, scientific services")),
        Option("SUPPORT", _("Administrative, support services")),
        Option("PUBLIC", _("State administration")),
        Option("EDUCATION", _("Education, training")),
        Option("HEALTH", _("Health, social work")),
        Option("ARTS", _("Arts, entertainment")),
        Option("OTHER", pgettext_lazy("industry", "Other services")),
    ),
)

LEGAL_FORMS = ChoiceList(
    "legal_forms",
    _("Legal forms"),
    (
        Option("LLC", _("Limited company")),
        Option("LLC_SINGLE", _("Single-member limited company")),
        Option("JSC", _("Joint-stock company")),
        Option("PARTNERSHIP", _("Partnership")),
        Option("PRIVATE", _("Private enterprise")),
        Option("COOPERATIVE", _("Cooperative")),
        Option("HOUSEHOLD", _("Household business")),
        Option("STATE", _("State body, public service unit")),
        Option("BRANCH", _("Branch, representative office")),
        Option("FOREIGN", _("Foreign-invested enterprise")),
        Option("OTHER", pgettext_lazy("legal form", "Other form")),
    ),
)

SIZE_BANDS = ChoiceList(
    "size_bands",
    _("Sizes"),
    (
        Option("MICRO", _("Up to 10 people")),
        Option("SMALL", _("11 to 50 people")),
        Option("MEDIUM", _("51 to 200 people")),
        Option("LARGE", _("More than 200 people")),
    ),
)

REVENUE_BANDS = ChoiceList(
    "revenue_bands",
    _("Revenue bands"),
    (
        Option("UP_TO_3", _("Up to 3 billion ₫ a year")),
        Option("UP_TO_50", _("3 to 50 billion ₫ a year")),
        Option("UP_TO_200", _("50 to 200 billion ₫ a year")),
        Option("ABOVE_200", _("More than 200 billion ₫ a year")),
    ),
)

RELATIONSHIP_STATES = ChoiceList(
    "relationship_states",
    _("Phases of the relationship"),
    (
        Option(RelationshipState.ATTRACTING, pgettext_lazy("relationship", "Attracting"), "gray"),
        Option(RelationshipState.ONBOARDING, pgettext_lazy("relationship", "New customer"), "blue"),
        Option(RelationshipState.DEVELOPING, pgettext_lazy("relationship", "Developing"), "green"),
        Option(RelationshipState.RETAINING, pgettext_lazy("relationship", "To be kept"), "amber"),
        Option(RelationshipState.AT_RISK_NOTICE, pgettext_lazy("relationship", "Has given notice"), "red"),
        Option(RelationshipState.LOST, pgettext_lazy("relationship", "Lost"), "gray"),
        Option(RelationshipState.WIN_BACK, pgettext_lazy("relationship", "Winning back"), "violet"),
        Option(RelationshipState.TERMINATED, pgettext_lazy("relationship", "Ended by us"), "gray"),
    ),
    is_fixed=True,
)

CONTACT_ROLES = ChoiceList(
    "contact_roles",
    _("Roles of contacts"),
    (
        Option(ContactRole.DECISION_MAKER, _("Decision maker"), "green"),
        Option(ContactRole.INFLUENCER, _("Influencer"), "blue"),
        Option(ContactRole.END_USER, _("End user"), "gray"),
        Option(ContactRole.GATEKEEPER, _("Gatekeeper"), "amber"),
        Option(ContactRole.OTHER, pgettext_lazy("contact role", "Other role"), "gray"),
    ),
    merges=False,
)

TIE_KINDS = ChoiceList(
    "tie_kinds",
    _("Kinds of tie"),
    (
        Option(TieKind.WORKS_AT, _("Works at")),
        Option(TieKind.LEGAL_REPRESENTATIVE, _("Legal representative of")),
        Option(TieKind.SUBSIDIARY_OF, _("Subsidiary of")),
        Option(TieKind.MEMBER_OF_HOUSEHOLD, _("Member of household")),
    ),
    is_fixed=True,
)

TAGS = WordList("party_tags", _("Tags of customers and contacts"))
