"""Checks as records, for staff: to look at, to add to, and to release again.

The forms work without scripts. Everything they do goes through `hub.checks`, which looks at roles
and rules itself; a page only shows beside which field something was refused.
"""

from dashboard.pages.samples import decide, laboratory, laboratory_file, look, paper, release
from dashboard.pages.samples.room import blueprint

__all__ = [
    "blueprint",
    "decide",
    "laboratory",
    "laboratory_file",
    "look",
    "paper",
    "release",
]
