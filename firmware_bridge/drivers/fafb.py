"""FA FB: the board of a touch-screen machine ("VMC - upper computer" protocol, version 3).

Either the bridge is the upper computer, which the board asks five times a second, or it listens
passively where a tablet is the upper computer already. Source: the maker's manual, from a copy.
"""

from typing import Literal

from pydantic import BaseModel, Field

from firmware_bridge.drivers._fafb_board import Board
from firmware_bridge.drivers._fafb_host import Host
from firmware_bridge.drivers._fafb_listener import Listener
from firmware_bridge.drivers._fafb_wishes import Wishes
from firmware_bridge.drivers.base import Driver


class Settings(BaseModel, extra="forbid", frozen=True):
    """What can be set for an FA FB board."""

    mode: Literal["host", "listen"] = Field(
        default="host",
        description="host: the bridge is the upper computer; listen: it hears one that is.",
    )
    sync_interval_s: float = Field(
        default=3600.0, ge=10.0, le=86_400.0, description="Seconds from one full sync to the next."
    )
    status_interval_s: float = Field(
        default=60.0, ge=1.0, le=86_400.0, description="Seconds between two requests for status."
    )
    silence_s: float = Field(
        default=10.0, ge=1.0, le=3600.0, description="No frame for so long is a fault."
    )
    levels: bool = Field(
        default=True,
        description="The board's inventory is the stock; false where a tablet keeps the stock.",
    )
    authorise: bool = Field(
        default=False, description="Ask before a selection that was chosen is let through (host)."
    )
    answer_s: float = Field(
        default=20.0, ge=1.0, le=300.0, description="How long a chosen selection may wait for it."
    )
    session_s: float = Field(
        default=120.0, ge=5.0, le=3600.0, description="How long what was begun stays open."
    )
    door_open_value: Literal[0, 1] = Field(
        default=1, description="What the board's door byte says when the door is open."
    )
    cooling_fault_value: int = Field(
        default=1, ge=1, le=255, description="What its temperature controller says when at fault."
    )


def make(settings: Settings) -> Driver:
    """A driver for one board."""
    board = Board(
        levels=settings.levels,
        door_open_value=settings.door_open_value,
        cooling_fault_value=settings.cooling_fault_value,
    )
    if settings.mode == "listen":
        return Listener(board, settings.silence_s)
    return Host(
        board,
        silence_s=settings.silence_s,
        sync_interval_s=settings.sync_interval_s,
        status_interval_s=settings.status_interval_s,
        wishes=Wishes(settings.answer_s, settings.session_s) if settings.authorise else None,
    )
