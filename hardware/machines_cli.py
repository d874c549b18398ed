"""The commands that play machines other than those on DEX: boards, DDCMP, FA FB, MDB."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hardware.simulate_parts import AUDIT, PER_HOUR, PLANOGRAM, STATE, example, on_a_line

if TYPE_CHECKING:
    from hardware.simulators.device import Device


@click.command(
    epilog=example(
        "harborlight simulate board --link /tmp/board0 --control /tmp/board0.ctl",
        "--state /tmp/board0.json --per-hour 60",
    )
)
@on_a_line
@STATE
@PLANOGRAM
@PER_HOUR
@click.option("--cobs", is_flag=True, help="Binary frames instead of lines.")
@click.option("--asks", is_flag=True, help="A press asks the bridge first.")
@click.option("--sensors-only", is_flag=True, help="No motors: a board that only watches.")
def board(
    *,
    seed: int,
    state: Path | None,
    planogram_file: Path | None,
    per_hour: float,
    cobs: bool,
    asks: bool,
    sensors_only: bool,
) -> "Device":
    """Our own controller board, with motors or with sensors alone."""
    from hardware.simulators import planogram  # noqa: PLC0415 - help must come quickly
    from hardware.simulators.board import Board  # noqa: PLC0415 - as above
    from hardware.simulators.board_world import BoardSetup  # noqa: PLC0415 - as above

    chosen = planogram.chosen(planogram_file)
    setup = BoardSetup(
        selections=() if sensors_only else chosen,
        state=state,
        binary=cobs,
        asks=asks,
        per_hour=0.0 if sensors_only else per_hour,
        seed=seed,
    )
    return Board(setup)


@click.command(
    epilog=example(
        "harborlight simulate ddcmp --link /tmp/audit0 --control /tmp/audit0.ctl --per-hour 60"
    )
)
@on_a_line
@STATE
@AUDIT
@PER_HOUR
def ddcmp(
    *,
    seed: int,
    state: Path | None,
    audit_file: Path | None,
    per_hour: float,
) -> "Device":
    """A vending machine that gives its audit over DDCMP, and sells."""
    from hardware.simulators.ddcmp import DdcmpMachine  # noqa: PLC0415 - help must come quickly
    from hardware.simulators.vending_world import Setup  # noqa: PLC0415 - as above

    setup = Setup(state=state, audit_file=audit_file, per_hour=per_hour, seed=seed)
    return DdcmpMachine(setup)


@click.command(
    epilog=example(
        "harborlight simulate fafb --link /tmp/board0 --control /tmp/board0.ctl --per-hour 60"
    )
)
@on_a_line
@PLANOGRAM
@PER_HOUR
@click.option("--ask", "asks", is_flag=True, help="Their choices wait for the upper computer.")
def fafb(
    *,
    seed: int,
    planogram_file: Path | None,
    per_hour: float,
    asks: bool,
) -> "Device":
    """The board of a touch-screen vending machine (FA FB protocol)."""
    from hardware.simulators import planogram  # noqa: PLC0415 - help must come quickly
    from hardware.simulators.fafb import FafbDevice  # noqa: PLC0415 - as above
    from hardware.simulators.fafb_board import PLANOGRAM  # noqa: PLC0415 - as above

    rows = planogram.chosen(planogram_file, PLANOGRAM)
    return FafbDevice(rows, per_hour=per_hour, asks=asks, seed=seed)


@click.command(
    epilog=example(
        "harborlight simulate mdb --link /tmp/mdb0 --control /tmp/mdb0.ctl --per-hour 30",
    )
)
@on_a_line
@PLANOGRAM
@click.option("--per-hour", default=0.0, show_default=True, help="How many people pay in cash.")
@click.option("--multi-vend", is_flag=True, help="The machine keeps a session open after a vend.")
@click.option("--code-first", is_flag=True, help="It never asks the reader without a session.")
@click.option("--two-byte-items", is_flag=True, help="A1 is item 0101h; else items count from 1.")
@click.option("--unknown-items", is_flag=True, help="Every item number is FFFF.")
@click.option("--vend-s", default=0.3, show_default=True, help="How long a motor turns, seconds.")
@click.option(
    "--other-reader",
    type=click.Choice(["none", "10", "60"]),
    default="60",
    show_default=True,
    help="Address of another card reader on the bus.",
)
def mdb(
    *,
    seed: int,
    planogram_file: Path | None,
    per_hour: float,
    multi_vend: bool,
    code_first: bool,
    two_byte_items: bool,
    unknown_items: bool,
    vend_s: float,
    other_reader: str,
) -> "Device":
    """A vending machine on MDB, behind a 9-bit adapter with a text protocol."""
    from hardware.simulators import planogram  # noqa: PLC0415 - help must come quickly
    from hardware.simulators.mdb import MdbMachine  # noqa: PLC0415 - as above
    from hardware.simulators.mdb_vmc import Manners  # noqa: PLC0415 - as above

    manners = Manners(
        multi_vend=multi_vend,
        always_idle=not code_first,
        vend_s=vend_s,
        two_byte_items=two_byte_items,
        knows_items=not unknown_items,
        other_reader=0 if other_reader == "none" else int(other_reader, 16),
    )
    rows = planogram.chosen(planogram_file)
    return MdbMachine(manners, rows, per_hour=per_hour, seed=seed)
