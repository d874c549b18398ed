"""The device's side of the wire, on real pseudo-terminals, written apart from the drivers.

Nothing here shares code with `firmware_bridge`: both sides were written from the standards, so that
a mistake of one is not agreed to by the other.
"""
