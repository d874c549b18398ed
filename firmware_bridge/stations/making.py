"""Which station a configured device gets, and which stations know of each other."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from firmware_bridge.checks import MatcherSource, SpectrumPipeline
from firmware_bridge.config import AuditsTable, DeviceTable
from firmware_bridge.drivers import registry
from firmware_bridge.errors import ConfigError
from firmware_bridge.identifiers import new_check_id
from firmware_bridge.instrument.book import InstrumentBook
from firmware_bridge.instrument.minder import Minder
from firmware_bridge.raw_audits import RawAudits
from firmware_bridge.state_keeper import StateKeeper
from firmware_bridge.stations.folder import FolderStation
from firmware_bridge.stations.recorder import Recorder
from firmware_bridge.stations.spectrometer import SpectrometerStation
from firmware_bridge.stations.station import Station
from firmware_bridge.stations.vending import VendingStation
from firmware_bridge.transport import LineSettings
from firmware_bridge.watch import WatchedFolder
from hardware.profile import Profile


def make_station(
    device: DeviceTable,
    profile: Profile,
    recorder: Recorder,
    matcher: MatcherSource,
    state_dir: Path,
    audits: AuditsTable,
    instruments: InstrumentBook,
) -> Station:
    """The station of one configured device.

    Raises:
        ConfigError: device and profile do not go together.
        DriverSettingsError: the driver does not take the settings.
        DriverNotFoundError: the profile names a driver that is not there.
    """
    if profile.kind == "files":
        folder = device.folder
        if folder is None:
            raise ConfigError(
                f"device {device.name}: profile {profile.name} needs folder, not port"
            )
        watched = WatchedFolder(folder, state_dir / f"seen-{device.name}.json")
        minder = Minder(device.name, instruments)
        pipeline = _pipeline(device, profile, matcher)
        return FolderStation(device.name, watched, recorder, pipeline, minder)
    if device.port is None or profile.line is None:
        raise ConfigError(f"device {device.name}: profile {profile.name} needs port, not folder")
    plugin = registry.find(profile.driver)
    given = {**profile.driver_settings, **device.settings}
    if "baud" in plugin.settings_model.model_fields:
        given.setdefault("baud", profile.line.baud)
    driver = plugin.make(given)
    line = LineSettings(url=device.port, **profile.line.model_dump())
    if profile.kind == "vending":
        folder = state_dir / "audits" / device.name
        kept = RawAudits(folder, audits.max_files, audits.max_bytes)
        return VendingStation(device.name, line, driver, recorder, kept)
    pipeline = _pipeline(device, profile, matcher)
    minder = Minder(device.name, instruments)
    return SpectrometerStation(
        device.name, line, driver, recorder, pipeline=pipeline, minder=minder
    )


def join_neighbours(devices: Sequence[DeviceTable], stations: Mapping[str, Station]) -> None:
    """Let the lines of one machine know of each other.

    Raises:
        ConfigError: a device names another that is not a vending machine of this bridge.
    """
    for device in devices:
        if device.same_machine_as is None:
            continue
        one, other = stations[device.name], stations.get(device.same_machine_as)
        if not isinstance(one, VendingStation) or not isinstance(other, VendingStation):
            raise ConfigError(
                f"device {device.name}: same_machine_as {device.same_machine_as!r}: both must be "
                "vending machines of this bridge"
            )
        one.neighbour = other.tell


def _pipeline(device: DeviceTable, profile: Profile, matcher: MatcherSource) -> SpectrumPipeline:
    if profile.spectrum is None:
        raise ConfigError(f"profile {profile.name}: an instrument needs [spectrum]")
    return SpectrumPipeline(device.name, profile.spectrum, matcher, new_check_id, StateKeeper())
