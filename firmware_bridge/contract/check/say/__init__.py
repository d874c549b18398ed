"""Every sentence that leaves the system about a sample: card, screen, message, export.

`statements` turns what is known into keys with figures; `say` turns keys into sentences. One file a
language holds the sentences. A test walks every combination of states, in every language.
"""

from firmware_bridge.contract.check.say.speak import LANGUAGES, LEVELS, Level, say
from firmware_bridge.contract.check.say.statements import (
    Amount,
    CardFacts,
    Named,
    Statement,
    statements,
)

__all__ = [
    "LANGUAGES",
    "LEVELS",
    "Amount",
    "CardFacts",
    "Level",
    "Named",
    "Statement",
    "say",
    "statements",
]
