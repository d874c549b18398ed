"""The front door: one command, whose sub-commands are loaded when they are used."""

import importlib
import logging
import os
import sys
from importlib.metadata import version
from pathlib import Path

import click
import structlog

COMMANDS = {
    "bench": ("analysis.bench.cli", "Measure the matcher against known truth and its peers."),
    "bridge": ("firmware_bridge.cli", "Watch the devices of a site, send what they say."),
    "check": ("firmware_bridge.check_cli", "One sample from the table to the card."),
    "dashboard": ("dashboard.cli", "Serve the pages for staff, technicians, coordinators."),
    "demo": ("hardware.demo.cli", "A whole pretend town: hub, pages, bridges, machines."),
    "dex": ("firmware_bridge.dex_cli", "Read a vending machine once; say what an audit says."),
    "hub": ("hub.cli", "Hear every bridge: keep, judge, tell."),
    "library": ("analysis.library_cli", "Make, look at and calibrate spectral libraries."),
    "match": ("analysis.match_cli", "Say what is in a spectrum, and what can't be seen."),
    "profiles": ("hardware.cli", "Show the devices that are known."),
    "simulate": ("hardware.cli", "Play a device on a line, for trying out and tests."),
    "spectrum": ("analysis.spectrum_cli", "Look into files of spectra, and convert them."),
    "table": ("dashboard.table.cli", "Serve the pages of a drug checking table."),
}
"""Where each sub-command lives, and its one line of help."""


class _LazyGroup(click.Group):
    """Knows its commands' names and one-line helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*COMMANDS, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        try:
            module = importlib.import_module(COMMANDS[cmd_name][0])
        except ModuleNotFoundError as error:
            raise click.ClickException(
                f"{cmd_name} needs {error.name}, which is not installed:"
                " install harborlight[all], or the part named in docs/install.md"
            ) from error
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, help_line) for name, (_, help_line) in COMMANDS.items()]
        rows += [(name, each.get_short_help_str()) for name, each in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(sorted(rows))


@click.group(cls=_LazyGroup)
@click.version_option(version("harborlight"), prog_name="harborlight")
@click.option("--log-level", default="info", type=click.Choice(["debug", "info", "warning"]))
def main(log_level: str) -> None:
    """Watch harm reduction supply machines and drug checking spectrometers.

    Example: harborlight demo
    """
    configure_logging(log_level)


@main.command()
@click.option("--bridge", "bridge_file", type=click.Path(path_type=Path), help="bridge.toml")
@click.option("--hub", "hub_file", type=click.Path(path_type=Path), help="hub.toml")
def doctor(bridge_file: Path | None, hub_file: Path | None) -> None:
    """Look at ports, broker, clock, disk, spool, store and library; say what to do.

    Exit status 1 when something has failed.

    Example: harborlight doctor --bridge /etc/harborlight/bridge.toml
    """
    from firmware_bridge.contract.clock import SystemClock  # noqa: PLC0415 - start-up time

    if bridge_file is None and hub_file is None:
        raise click.UsageError("give --bridge FILE, --hub FILE, or both")
    failed = False
    for module, file in (("firmware_bridge.doctor", bridge_file), ("hub.doctor", hub_file)):
        if file is None:
            continue
        for check in importlib.import_module(module).examine(file, SystemClock()):
            failed |= check.state == "fail"
            mark = {"ok": "ok  ", "warn": "look", "fail": "FAIL"}[check.state]
            click.echo(f"{mark}  {check.name}: {check.detail}")
            if check.advice:
                click.echo(f"      -> {check.advice}")
    sys.exit(int(failed))


def configure_logging(level: str) -> None:
    """Logs for a person on a terminal, JSON lines for systemd and files."""
    person = sys.stderr.isatty() or bool(os.environ.get("HARBORLIGHT_PLAIN_LOGS"))
    last: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if person:
        last = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(() if person else (structlog.processors.format_exc_info,)),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)


if __name__ == "__main__":
    main()
