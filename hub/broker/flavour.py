"""What differs between the brokers that the hub can run: program, files, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hub.broker.base import Account, Listener

QUEUED_MESSAGES = 10_000
"""So many messages at most wait in the broker for a hub that is away. What does not fit is not
lost: bridges keep a message until the hub itself has acknowledged it."""

IN_FLIGHT = 200
"""So many messages may be with the hub and not yet stored."""

MAX_MESSAGE_BYTES = 2 * 1024 * 1024 + 4096
"""The largest payload of the contract, with room for its topic."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a broker's files are made from.

    Attributes:
        folder: where its files and its own data lie.
        listener: where it listens.
        hub_password: of the hub itself, new at every start, never written in plain.
        accounts: the bridges that may sign in.
        run_as: the user that a program started by root keeps, "" otherwise.
    """

    folder: Path
    listener: Listener
    hub_password: str
    accounts: Sequence[Account]
    run_as: str = ""


class Flavour(Protocol):
    """One kind of broker, as text."""

    name: str

    def find(self) -> Path | None:
        """The program, if this machine has it."""

    def files(self, wanted: Wanted) -> dict[str, str]:
        """The files to write into the folder, by name."""

    def command(self, program: Path, folder: Path) -> list[str]:
        """What to start."""
