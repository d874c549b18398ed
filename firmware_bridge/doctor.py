"""What can be wrong with a bridge, looked at from outside, and what to do about it."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from firmware_bridge import amounts
from firmware_bridge.config import BridgeConfig, load
from firmware_bridge.contract.clock import Clock, is_sane
from firmware_bridge.contract.health import Check
from firmware_bridge.control import ask
from firmware_bridge.errors import BridgeError, ConfigError, ControlError
from firmware_bridge.host import disk_free_mb

LEAST_DISK_MB = 200
DEEP_SPOOL = 1_000


def examine(config_file: Path, clock: Clock) -> Iterator[Check]:
    """Look at everything a bridge needs, one check after the other."""
    try:
        config = load(config_file)
    except ConfigError as error:
        yield Check("bridge configuration", "fail", str(error), "mend the file, then run it again")
        return
    yield Check("bridge configuration", "ok", f"{config_file}: {config.site}/{config.bridge}")
    yield from map(_port, (device.port for device in config.device if device.port))
    yield from map(_folder, (device.folder for device in config.device if device.folder))
    yield _broker(config)
    yield _clock(clock)
    yield _disk(config)
    yield from _running(config)
    yield from _library(config)


def _port(port: str) -> Check:
    name = f"port {port}"
    if "://" in port:
        return Check(name, "ok", "a URL: it is tried when the bridge runs")
    if not Path(port).exists():
        advice = "look at the cable and `ls -l /dev/serial/by-id`"
        return Check(name, "fail", "not there", advice)
    if not os.access(port, os.R_OK | os.W_OK):
        advice = "add the user to the group that owns it: usermod -aG dialout USER"
        return Check(name, "fail", "may not be read and written", advice)
    return Check(name, "ok", "there, and may be used")


def _folder(folder: Path) -> Check:
    if folder.is_dir() and os.access(folder, os.R_OK | os.W_OK):
        return Check(f"folder {folder}", "ok", "there, and may be used")
    advice = "make it, or mount it, and let the bridge's user write there"
    return Check(f"folder {folder}", "fail", "not there, or not ours to write", advice)


def _broker(config: BridgeConfig) -> Check:
    parts = urlsplit(config.broker.url)
    port = parts.port or (8883 if parts.scheme == "mqtts" else 1883)
    try:
        with socket.create_connection((str(parts.hostname), port), timeout=3):
            return Check("broker", "ok", f"{config.broker.url} answers")
    except OSError as error:
        advice = "look at the network and at the hub; messages are kept until it answers"
        return Check("broker", "fail", f"{config.broker.url}: {error}", advice)


def _clock(clock: Clock) -> Check:
    if is_sane(clock.now_ms()):
        return Check("clock", "ok", "can be right")
    advice = "set it: timedatectl set-ntp true; until then the hub dates what it receives"
    return Check("clock", "warn", "can't be right", advice)


def _disk(config: BridgeConfig) -> Check:
    folder = next(each for each in (config.state_dir, *config.state_dir.parents) if each.exists())
    free_mb = disk_free_mb(folder)
    if free_mb >= LEAST_DISK_MB:
        return Check("disk", "ok", f"{free_mb} MiB free at {folder}")
    return Check(
        "disk", "fail", f"{free_mb} MiB free at {folder}", "make room: journalctl --vacuum-size=50M"
    )


def _running(config: BridgeConfig) -> Iterator[Check]:
    try:
        status = ask(config.control_socket, {"do": "status"}, timeout_s=3)
    except ControlError as error:
        yield Check("running bridge", "warn", str(error), "start it: harborlight bridge run")
        return
    connected = bool(status.get("connected"))
    yield Check(
        "running bridge",
        "ok" if connected else "warn",
        "connected to the broker" if connected else "not connected to the broker",
        "" if connected else "messages are kept; look at broker, credential and network",
    )
    depth = int(str(status.get("spool_depth", 0)))
    deep = depth > DEEP_SPOOL
    advice = "the hub is not acknowledging: run `harborlight doctor --hub` there" if deep else ""
    yield Check("spool", "warn" if deep else "ok", f"{depth} messages wait for the hub", advice)


def _library(config: BridgeConfig) -> Iterator[Check]:
    """Only where a device needs one: looking loads numpy."""
    from hardware import profile  # noqa: PLC0415 - start-up time

    folders = [config.profile_dir] if config.profile_dir else []
    try:
        found = [each for each in config.device if profile.load(each.profile, folders).spectrum]
        if not found:
            return
        for device in found:
            yield from map(_calibration, amounts.load(device.amounts))
        yield _opened_library(config.library.file)
    except (BridgeError, ValueError) as error:
        yield Check("library", "fail", str(error), "harborlight library check FILE says more")


def _calibration(held: amounts.Held) -> Check:
    """One calibration of amounts: without it a card has none, and all else goes on."""
    name = f"amounts {held.file.name}"
    if held.trouble:
        return Check(name, "warn", held.line, held.advice)
    return Check(name, "ok", held.line)


def _opened_library(file: Path | None) -> Check:
    from analysis import Library  # noqa: PLC0415 - numpy only where it is needed

    library = Library.open(file) if file else Library.demonstration()
    detail = f"{file or 'demonstration'}: {len(library)} references, grade {library.grade}"
    if library.grade == "reference":
        return Check("library", "ok", detail)
    advice = "import measured spectra: harborlight library import; results can't be released"
    return Check("library", "warn", detail, advice)
