"""The QR code of a sample: its code and nothing else."""

from importlib import import_module
from typing import Any

from firmware_bridge.card.errors import CardError

QUIET_MODULES = 2
"""Left white around it; the standard asks for 4, and every reader tried takes 2 on white paper."""


def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """Rows of a QR code (ISO/IEC 18004), True for black, with error correction of a quarter.

    Raises:
        CardError: the package segno is not installed.
    """
    try:
        segno: Any = import_module("segno")
    except ModuleNotFoundError as error:
        raise CardError("a QR code needs segno: install harborlight[card]") from error
    code = segno.make(text, error="q", micro=False)
    return tuple(
        tuple(bool(dark) for dark in row) for row in code.matrix_iter(border=QUIET_MODULES)
    )
