"""What real machines do on a DEX line that the standard does not say, or seldom asks for.

Each can be switched on by `simulate vending --quirk NAME` or by the control request
`{"do": "quirk", "name": "wack", "on": true}`. Seen in the code and the notes of others who read
machines; see docs/hardware/simulators.md.
"""

from collections.abc import Mapping

QUIRKS: Mapping[str, str] = {
    "bid": "answers a call with a call of its own, wins, and sends its audit as master",
    "push": "calls by itself when something happens, and sends its events alone (EA1, EA2)",
    "wack": "asks for patience (DLE ;) before it answers a call or a block",
    "syn-fill": "puts time fill (DLE SYN) into its blocks",
    "reply-crlf": "CR LF behind its reply in the second handshake",
    "id-first": "its commID before the response code in the second handshake",
    "lowercase-g85": "the checksum of the audit in small letters",
    "bad-block": "the second data block of each session (or the only one) has a wrong CRC, once",
    "noise-before-call": "two bytes of noise (A7 F3) before each call of its own",
    "slow-start": "three and a half seconds until it begins to send its audit",
}
"""Name, and what it is for the help."""

NOISE = b"\xa7\xf3"
"""Seen in the log of a machine, before the first ENQ."""

SLOW_START_S = 3.5
FILL_EVERY_BYTES = 10
