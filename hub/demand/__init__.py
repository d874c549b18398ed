"""What people take from each slot, when it will be empty, and what they missed. Pure.

`learn` takes the counters of a whole fleet, `forecast` and `unmet_demand` say what follows for one
slot, `words` says it in sentences. How it is done, and how far it can be believed: docs/demand.md.
"""

from hub.demand.forecast import forecast
from hub.demand.model import Demand, learn
from hub.demand.unmet import unmet_demand
from hub.demand.values import (
    CounterPoint,
    DemandSettings,
    Forecast,
    LevelNow,
    SlotHistory,
    UnmetDemand,
)

__all__ = [
    "CounterPoint",
    "Demand",
    "DemandSettings",
    "Forecast",
    "LevelNow",
    "SlotHistory",
    "UnmetDemand",
    "forecast",
    "learn",
    "unmet_demand",
]
