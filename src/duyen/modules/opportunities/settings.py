"""What the company decides about opportunities."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.foundation.settings.declaring import Kind, declare_area, declare_setting

PAPER_NEEDED = "opportunities.paper_needed"

declare_area(
    "opportunities",
    label=_("Opportunities"),
    help=_("What is needed to close a deal."),
    icon="target",
    order=40,
    also=_("deals win loss pipeline"),
)
declare_setting(
    PAPER_NEEDED,
    True,
    kind=Kind.FLAG,
    area="opportunities",
    label=_("A deal is won with a paper"),
    help=_("The accepted quote or signed contract is attached to the deal before it is closed as won."),
)
