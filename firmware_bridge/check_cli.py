"""`harborlight check`: one sample from the table to the card, over a running bridge."""

import click

from firmware_bridge import check_card_cli, check_entry_cli
from firmware_bridge.instrument_cli import blank, instrument, moved, performance


@click.group()
def check() -> None:
    """One sample: what it was sold as, its spectra, strips, reading, release and card.

    All of it works on the bridge alone, without any network.

    Example: harborlight check new --expected heroin --config bridge.toml
    """


for each in (
    check_entry_cli.new,
    check_entry_cli.measure,
    check_entry_cli.strip,
    check_entry_cli.read,
    check_entry_cli.lab,
    check_entry_cli.unlink,
    check_entry_cli.withdraw,
    check_entry_cli.settle,
    check_card_cli.release,
    check_card_cli.card,
    check_card_cli.show,
    check_card_cli.list_checks,
    blank,
    instrument,
    moved,
    performance,
):
    check.add_command(each)
