"""The bridge's configuration: one TOML file, checked whole before anything starts."""

import difflib
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from firmware_bridge.contract import access_codes
from firmware_bridge.contract.errors import TopicError
from firmware_bridge.contract.messages import BRIDGE_DEVICE
from firmware_bridge.contract.topics import BridgeAddress, require_name
from firmware_bridge.errors import ConfigError
from firmware_bridge.instrument_table import InstrumentTable

SHOWN_VALUE_MAX = 80


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BrokerTable(_Table):
    """Where the broker is."""

    url: Annotated[str, Field(pattern=r"^mqtts?://[^/@\s]+(:\d+)?$")] = Field(
        description="mqtt://HOST:PORT, or mqtts://HOST:PORT for TLS"
    )
    username: str = Field(
        default="", description="name to sign in with; SITE/BRIDGE if not given, as the hub enrols"
    )
    password_file: Path | None = Field(
        default=None, description="file whose first line is the password (`harborlight hub enrol`)"
    )
    ca_file: Path | None = Field(
        default=None, description="certificates to trust with mqtts; the system's own if not given"
    )
    keepalive_s: Annotated[int, Field(ge=5, le=600)] = Field(
        default=30, description="silence after which the broker tells the hub that we are gone"
    )


class SpoolTable(_Table):
    """The outbox on disk."""

    max_rows: Annotated[int, Field(ge=100, le=5_000_000)] = Field(
        default=200_000, description="messages held at most; the oldest telemetry goes first"
    )


class AuditsTable(_Table):
    """Raw audits of vending machines, kept on the bridge for reading them again."""

    max_files: Annotated[int, Field(ge=0, le=100_000)] = Field(
        default=2000, description="raw audits kept of each machine, and as many unreadable ones"
    )
    max_bytes: Annotated[int, Field(ge=10_000, le=1_000_000_000)] = Field(
        default=5_000_000, description="room for them, each machine; the oldest go first"
    )


class LibraryTable(_Table):
    """What spectra are compared with."""

    file: Path | None = Field(
        default=None, description="a library file; the shipped demonstration library if not given"
    )


class PagesTable(_Table):
    """The pages of a drug checking table (`harborlight table run`)."""

    host: str = Field(
        default="127.0.0.1",
        description="address to serve at; 0.0.0.0 lets the tablets of the table's own network in",
    )
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=8090, description="port there")
    secure_cookies: bool = Field(
        default=False, description="true behind a proxy with TLS: sessions then travel on TLS only"
    )
    language: Literal["en", "es", "fr"] = Field(
        default="en", description="language that is offered first for a card"
    )
    paper: Literal["a6", "80mm", "58mm"] = Field(
        default="a6", description="paper that cards are printed on"
    )


class DeviceTable(_Table):
    """One device."""

    name: str = Field(description="its name in topics and on pages")
    profile: str = Field(description="what it is: a name of `harborlight profiles list`")
    port: str | None = Field(
        default=None, description="a serial port (/dev/serial/by-id/...) or a pyserial URL"
    )
    folder: Path | None = Field(
        default=None, description="the folder into which a file-drop instrument writes"
    )
    same_machine_as: str | None = Field(
        default=None,
        description="another device of this bridge on the same machine, which is not read while "
        "somebody vends here (an MDB line beside a DEX plug)",
    )
    settings: dict[str, str | int | float | bool] = Field(
        default_factory=dict, description="driver settings that differ from the profile's"
    )

    @field_validator("name")
    @classmethod
    def _fits_a_topic(cls, name: str) -> str:
        if name == BRIDGE_DEVICE:
            raise ValueError(f'"{BRIDGE_DEVICE}" is the bridge itself; choose another name')
        return _topic_name(name)

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if (self.port is None) == (self.folder is None):
            raise ValueError("give either port (a serial device) or folder (a file-drop device)")
        return self


class BridgeConfig(_Table):
    """The whole file."""

    site: str = Field(description="which site this is; part of every topic")
    bridge: str = Field(description="which bridge at the site; part of every topic")
    state_dir: Path = Field(
        default=Path("/var/lib/harborlight"), description="where spool and control socket lie"
    )
    profile_dir: Path | None = Field(default=None, description="a folder with profiles of your own")
    heartbeat_s: Annotated[int, Field(ge=2, le=3600)] = Field(
        default=30, description="how often the bridge says that it and its devices are there"
    )
    access_key_file: Path | None = Field(
        default=None,
        description="file with the key that codes are checked with (`harborlight hub enrol`); "
        "without it only machines that are open let anybody in",
    )
    broker: BrokerTable
    spool: SpoolTable = SpoolTable()
    audits: AuditsTable = AuditsTable()
    library: LibraryTable = LibraryTable()
    instrument: InstrumentTable = InstrumentTable()
    pages: PagesTable = PagesTable()
    device: Annotated[tuple[DeviceTable, ...], Field(min_length=1, max_length=64)]

    @field_validator("site", "bridge")
    @classmethod
    def _fits_a_topic(cls, name: str) -> str:
        return _topic_name(name)

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        for what in ("name", "port", "folder"):
            given = [getattr(device, what) for device in self.device if getattr(device, what)]
            twice = {str(each) for each in given if given.count(each) > 1}
            if twice:
                raise ValueError(f"two devices have the same {what}: {', '.join(sorted(twice))}")
        return self

    @property
    def spool_file(self) -> Path:
        """The outbox's database."""
        return self.state_dir / "spool.sqlite3"

    @property
    def control_socket(self) -> Path:
        """Where a running bridge can be asked."""
        return self.state_dir / "control.sock"


def load(path: Path) -> BridgeConfig:
    """The configuration in a file; relative paths in it are relative to the file.

    Raises:
        ConfigError: the file can't be read or does not fit; names file, key, value and what is
            accepted, a line each.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: can't be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is no TOML: {error}") from error
    try:
        config = BridgeConfig.model_validate(document)
    except ValidationError as error:
        raise ConfigError(_complaint(path, error)) from error
    return _absolute(config, path.resolve().parent)


def read_credential(config: BridgeConfig) -> tuple[str, str]:
    """Username and password; two empty texts where no password file is given.

    Raises:
        ConfigError: the file can't be read, or is empty.
    """
    file = config.broker.password_file
    if file is None:
        return "", ""
    try:
        password = next(iter(file.read_text(encoding="utf-8").splitlines()), "").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"broker.password_file {file}: can't be read: {error}") from error
    if not password:
        raise ConfigError(
            f"broker.password_file {file}: is empty; `harborlight hub enrol` writes it"
        )
    username = config.broker.username or BridgeAddress(config.site, config.bridge).username
    return username, password


def read_access_key(config: BridgeConfig) -> bytes | None:
    """The key that codes are checked with; None where no file is given.

    Raises:
        ConfigError: the file can't be read, everybody may read it, or there is no key in it.
    """
    file = config.access_key_file
    if file is None:
        return None
    try:
        if file.stat().st_mode & 0o007:
            raise ConfigError(
                f"access_key_file {file}: everybody may read it; run: chmod 600 {file}"
            )
        return access_codes.key_from_text(file.read_text(encoding="ascii"))
    except OSError as error:
        raise ConfigError(f"access_key_file {file}: can't be read: {error}") from error
    except ValueError as error:
        if isinstance(error, ConfigError):
            raise
        advice = "`harborlight hub enrol` writes the file"
        raise ConfigError(f"access_key_file {file}: there is no key in it; {advice}") from None


def _topic_name(name: str) -> str:
    try:
        return require_name(name, "the name")
    except TopicError as error:
        raise ValueError(str(error)) from error


def _absolute(config: BridgeConfig, base: Path) -> BridgeConfig:
    def at(path: Path | None) -> Path | None:
        return None if path is None else base / path

    broker = {name: at(getattr(config.broker, name)) for name in ("password_file", "ca_file")}
    devices = tuple(each.model_copy(update={"folder": at(each.folder)}) for each in config.device)
    changes = {
        "state_dir": base / config.state_dir,
        "profile_dir": at(config.profile_dir),
        "access_key_file": at(config.access_key_file),
        "broker": config.broker.model_copy(update=broker),
        "library": config.library.model_copy(update={"file": at(config.library.file)}),
        "device": devices,
    }
    return config.model_copy(update=changes)


def _complaint(path: Path, error: ValidationError) -> str:
    lines = []
    for fault in error.errors(include_url=False):
        key = ".".join(str(step) for step in fault["loc"]) or "(the whole file)"
        accepted = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            accepted = f"no such key{_nearest(str(fault['loc'][-1]))}"
        elif fault["type"] == "missing":
            lines.append(f"{path}: key {key}: missing")
            continue
        shown = repr(fault["input"])[:SHOWN_VALUE_MAX]
        lines.append(f"{path}: key {key}, value {shown}: {accepted}")
    return "\n".join(lines)


def _nearest(key: str) -> str:
    vending = (AuditsTable, DeviceTable)
    tables = (BridgeConfig, BrokerTable, SpoolTable, LibraryTable, InstrumentTable, *vending)
    known = sorted({name for table in tables for name in table.model_fields})
    close = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(known)}"
