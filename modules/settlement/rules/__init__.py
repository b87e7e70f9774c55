"""Settlement's rules: allocation, relative index, remuneration, capitation. Pure functions over plain data."""

from modules.settlement.rules.allocation import AllocatedContribution, allocated_part, allocated_premium
from modules.settlement.rules.capitation import Capitation, CapitationTerms, Criterion, capitation, takes_part
from modules.settlement.rules.periods import (
    IndexWindow,
    Period,
    Window,
    distribution_percent,
    index_windows,
    period_window,
)
from modules.settlement.rules.remuneration import (
    UNIT_INDEX,
    EarningLine,
    earning,
    relative_index,
    remunerate,
)
from modules.settlement.rules.shares import round_shares, rounded

__all__ = [
    "UNIT_INDEX",
    "AllocatedContribution",
    "Capitation",
    "CapitationTerms",
    "Criterion",
    "EarningLine",
    "IndexWindow",
    "Period",
    "Window",
    "allocated_part",
    "allocated_premium",
    "capitation",
    "distribution_percent",
    "earning",
    "index_windows",
    "period_window",
    "relative_index",
    "remunerate",
    "round_shares",
    "rounded",
    "takes_part",
]
