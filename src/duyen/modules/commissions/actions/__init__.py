"""The writes of commissions: the plan of a deal, and the life of each share."""

from duyen.modules.commissions.actions.life import LIFECYCLE, PAY
from duyen.modules.commissions.actions.planning import against_winning, plan_commission, waive_commission

__all__ = ["LIFECYCLE", "PAY", "against_winning", "plan_commission", "waive_commission"]
