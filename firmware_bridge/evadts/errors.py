"""The errors of the EVA-DTS parser.

BridgeError
└── EvaDtsError     the bytes cannot be an audit at all (also ValueError)

What can be parsed but deviates from the standard is no error: it is a named `Deviation` in
`Audit.warnings`.
"""

from firmware_bridge.errors import BridgeError


class EvaDtsError(BridgeError, ValueError):
    """The bytes were read but cannot be parsed as an audit; says what was wrong and where."""
