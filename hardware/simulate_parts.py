"""What the commands that simulate devices share: options, and running until they are stopped."""

import functools
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from hardware.errors import HardwareError

if TYPE_CHECKING:
    from hardware.simulators.device import Device

_LINK = click.option(
    "--link",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Where programs find the line; a symbolic link is made there.",
)
_CONTROL = click.option(
    "--control",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the control socket goes (see `simulate ask`).",
)
_SEED = click.option("--seed", default=0, show_default=True, help="The same seed, the same chance.")
_BAUD = click.option(
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
STATE = click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep counters and stock in this file, so that a restart goes on from them.",
)
AUDIT = click.option(
    "--audit", "audit_file", type=FILE, help="Serve this audit file instead of its own."
)
PLANOGRAM = click.option(
    "--planogram", "planogram_file", type=FILE, help="What stands where (JSON list)."
)
PER_HOUR = click.option(
    "--per-hour", default=0.0, show_default=True, help="How many people come on average."
)


def example(*lines: str) -> str:
    """The end of a command's help: one example, its lines kept as they are (click's backspace)."""
    return "\b\nExample:\n  " + " \\\n    ".join(lines)


def on_a_line(make: "Callable[..., Device]") -> Callable[..., None]:
    """A command that runs the device which a function makes, on a line of its own.

    The function gets the command's options and `seed`; what it raises of `HardwareError` is told.
    """

    @_LINK
    @_CONTROL
    @_SEED
    @_BAUD
    @functools.wraps(make)
    def command(
        *, link: Path, control: Path | None, seed: int, baud: int | None, **options: object
    ) -> None:
        _serve(lambda: make(seed=seed, **options), link, control, baud, seed)

    return command


def _serve(
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
