"""What the commands that simulate devices share: options, and running until they are stopped."""

import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from hardware.errors import HardwareError

if TYPE_CHECKING:
    from hardware.simulators.device import Device

LINK = click.option(
    "--link",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Where programs find the line; a symbolic link is made there.",
)
CONTROL = click.option(
    "--control",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the control socket goes (see `simulate ask`).",
)
SEED = click.option("--seed", default=0, show_default=True, help="The same seed, the same chance.")
BAUD = click.option(
    "--baud",
    type=click.IntRange(min=50),
    help="Send as slowly as a line of this rate; a pty itself knows no rate.",
)
FOLDERS = click.option(
    "--profiles",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of your own profiles; may be given more than once.",
)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def example(*lines: str) -> str:
    """The end of a command's help: one example, its lines kept as they are (click's backspace)."""
    return "\b\nExample:\n  " + " \\\n    ".join(lines)


def serve(
    build: "Callable[[], Device]",
    link: Path,
    control: Path | None,
    baud: int | None,
    seed: int,
) -> None:
    """Run a simulated device until SIGTERM or SIGINT."""
    from hardware.simulators.simulator import Simulator  # noqa: PLC0415 - help must come quickly

    try:
        simulator = Simulator(build(), link=link, control=control, baud=baud, seed=seed)

        def stop(_number: int, _frame: FrameType | None) -> None:
            simulator.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        click.echo(f"ready on {link}")
        simulator.run()
    except HardwareError as error:
        raise click.ClickException(str(error)) from error
