"""The errors of notifications.

HubError
└── DeliveryError               a message was not taken; the same may work later (also OSError)
"""

from hub.errors import HubError


class DeliveryError(HubError, OSError):
    """A channel did not take a message; says what it said. Never holds the channel's URL."""
