"""What a device is, as data: one TOML file per device, found by its name.

A profile says how the line is set, which driver speaks on it, what that driver is to be told, and
what limits hold for the readings. Adding a device of a known family is adding one file to
`hardware/profiles/` (or to a folder of your own); no list is edited.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hardware.errors import ProfileError

SUFFIX = ".toml"
SHOWN_VALUE_MAX = 80

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Positive = Annotated[float, Field(gt=0)]


class _Data(BaseModel):
    """Frozen, and without room for a misspelt key."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class LineSettings(_Data):
    """How a serial line is set.

    Attributes:
        baud: bits per second.
        data_bits: 7 or 8.
        parity: "none", "even" or "odd".
        stop_bits: 1 or 2.
        tx_release: which output of the port switches the transmitter off between sessions: "rts",
            "dtr", or "none" where it is always driven (EVA-DTS 6.1.1 chapter 7 wants it released).
    """

    baud: Annotated[int, Field(ge=50, le=4_000_000)]
    data_bits: Literal[7, 8] = 8
    parity: Literal["none", "even", "odd"] = "none"
    stop_bits: Literal[1, 2] = 1
    tx_release: Literal["rts", "dtr", "none"] = "none"


class SpectrumSettings(_Data):
    """What the spectra of an instrument are, and which of them can be used.

    Attributes:
        technique: "ir", "raman", "nir" or "uv-vis".
        laser_wavelength_nm: excitation wavelength, nanometres; needed for Raman, else None.
        response: "absorbance" where A = -log10((sample - dark) / (background - dark)) is derived,
            "counts" where the counts less the dark are the spectrum.
        contact_absorbance_min: a strongest band below this means too little sample touched the
            crystal for a result to be released (0.3: domain.md section 8 item 7).
        background_age_max_s: an older background is stale, seconds.
    """

    technique: Literal["ir", "raman", "nir", "uv-vis"]
    laser_wavelength_nm: Positive | None = None
    response: Literal["absorbance", "counts"]
    contact_absorbance_min: Annotated[float, Field(ge=0, le=5)] = 0.3
    background_age_max_s: Positive = 3600.0

    @model_validator(mode="after")
    def _raman_has_a_laser(self) -> Self:
        if self.technique == "raman" and self.laser_wavelength_nm is None:
            raise ValueError('technique "raman" needs laser_wavelength_nm, for example 785.0')
        return self


class VendingSettings(_Data):
    """What holds for a vending machine.

    Attributes:
        temperature_min_c: below this the cabinet is too cold, Celsius (naloxone label: 5 to 40).
        temperature_max_c: above this it is too warm, Celsius.
        reports_level: the audit states stock levels itself (PA108); most do not.
        reports_temperature: the audit states the cabinet temperature (MA5*TEMP).
        sold_out_time: what PA501/PA502 say on this make.
        interval_mode: what a read does to interval counters (SD105), as the maker ships it.
    """

    temperature_min_c: float = 5.0
    temperature_max_c: float = 40.0
    reports_level: bool = False
    reports_temperature: bool = False
    sold_out_time: Literal["sold-out", "last-sale", "unknown"] = "unknown"
    interval_mode: Literal["AUTO", "SAVE", "unknown"] = "unknown"

    @model_validator(mode="after")
    def _limits_in_order(self) -> Self:
        if self.temperature_min_c >= self.temperature_max_c:
            raise ValueError("temperature_min_c must lie below temperature_max_c")
        return self


class VendingSimulation(_Data):
    """How the simulator plays a machine of this make (EVA-DTS 6.1.1; quirks seen in real files).

    Attributes:
        comm_id: the machine's communication id, 10 characters.
        revision: revision and level it answers with.
        audit_version: DXS03, "V0/6" for 6.x, "V1/1" for older.
        long_dates: dates as CCYYMMDD and times as HHMMSS instead of YYMMDD and HHMM.
        sends_levels: PA104 to PA109 are filled.
        sends_temperature: MA5*TEMP is sent, and door events carry the cabinet temperature.
        sends_low_change: a word that is no event code of the standard is sent too (Crane).
        reply_crlf: CR LF is appended to the second handshake (some CoinCo units).
        interval_only: PA201 stays empty, only interval counts are sent (Necta).
    """

    comm_id: Annotated[str, Field(pattern=r"^[A-Z0-9]{10}$")] = "HLS0000001"
    revision: Annotated[str, Field(pattern=r"^R\d\dL\d\d$")] = "R01L01"
    audit_version: Literal["V0/6", "V1/1"] = "V0/6"
    long_dates: bool = True
    sends_levels: bool = False
    sends_temperature: bool = True
    sends_low_change: bool = False
    reply_crlf: bool = False
    interval_only: bool = False


class SpectrometerSimulation(_Data):
    """How the simulator plays an instrument.

    Attributes:
        serial: its serial number.
        firmware_version: what `v` answers (1000 is 1.00.0).
        coefficients_nm: c0, c1, ... of wavelength(pixel) in nanometres; the axis strictly rises.
        reference_integration_ms: at this integration time the brightest pixel shows `peak_counts`.
        dark_counts: counts with no light.
        peak_counts: counts of the brightest pixel of a background scan above the dark.
        read_noise_counts: noise of the electronics, one scan, standard deviation.
        relative_noise: noise of the light, as a part of the counts, one scan.
        shift_cm1: how far its wavenumber axis is off, per centimetre.
        nonlinearity: c0, c1, ... of its true linearity polynomial, which it also tells.
        stray_light: the part of the mean light that falls on every pixel; told where it is above 0.
    """

    serial: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,15}$")]
    firmware_version: Annotated[int, Field(ge=0, le=65535)] = 3000
    coefficients_nm: Annotated[tuple[float, ...], Field(min_length=2, max_length=8)]
    reference_integration_ms: Positive = 100.0
    dark_counts: Annotated[float, Field(ge=0)] = 1200.0
    peak_counts: Positive = 48_000.0
    read_noise_counts: Annotated[float, Field(ge=0)] = 4.0
    relative_noise: Annotated[float, Field(ge=0, le=0.5)] = 0.0004
    shift_cm1: float = 0.0
    nonlinearity: Annotated[tuple[float, ...], Field(min_length=1, max_length=8)] = (1.0,)
    stray_light: Annotated[float, Field(ge=0, le=0.1)] = 0.0


class Profile(_Data):
    """One device.

    Attributes:
        name: what configurations call it; equal to the file's name without ".toml".
        title: what people call it.
        kind: "vending", "spectrometer" (on a line) or "files" (an instrument that drops files).
        driver: the driver's name, as found in `firmware_bridge/drivers/`.
        simulated: True where no such device exists outside the simulators.
        line: how its serial line is set; None for kind "files".
        driver_settings: what the driver is told; the driver checks it.
        spectrum: what its spectra are; None for kind "vending".
        vending: limits and habits of a machine; for kind "vending" alone.
        simulated_machine: how the simulator plays this machine; None where it does not.
        simulated_instrument: how the simulator plays this instrument; None where it does not.
        notes: quirks that a technician or contributor must know.
        sources: where the facts come from.
    """

    name: Name
    title: Annotated[str, Field(min_length=1, max_length=120)]
    kind: Literal["vending", "spectrometer", "files"]
    driver: Name
    simulated: bool = False
    line: LineSettings | None = None
    driver_settings: Mapping[str, object] = Field(default_factory=dict)
    spectrum: SpectrumSettings | None = None
    vending: VendingSettings | None = None
    simulated_machine: VendingSimulation | None = None
    simulated_instrument: SpectrometerSimulation | None = None
    notes: tuple[str, ...] = ()
    sources: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _parts_fit_the_kind(self) -> Self:
        wanted = {"line": self.kind != "files", "vending": self.kind == "vending"}
        wanted["spectrum"] = self.kind != "vending"
        for part, needed in wanted.items():
            if (getattr(self, part) is not None) != needed:
                rule = "needs" if needed else "has no"
                raise ValueError(f'kind "{self.kind}" {rule} [{part}]')
        return self


def names(extra_folders: Sequence[Path] = ()) -> list[str]:
    """The names of all profiles, sorted: those shipped and those in `extra_folders`."""
    return sorted(_files(extra_folders))


def load(name: str, extra_folders: Sequence[Path] = ()) -> Profile:
    """The profile of that name; a file in `extra_folders` wins over a shipped one.

    Raises:
        ProfileError: there is none of that name, or its file does not fit; the message names file,
            key, value and what is accepted.
    """
    files = _files(extra_folders)
    if name not in files:
        known = ", ".join(sorted(files)) or "none at all"
        raise ProfileError(f'no device profile "{name}"; known are: {known}')
    return _parsed(files[name], name)


def text(name: str, extra_folders: Sequence[Path] = ()) -> str:
    """The file of that profile as it is written, after it has been checked.

    Raises:
        ProfileError: as `load`.
    """
    load(name, extra_folders)
    return _read(_files(extra_folders)[name])


def _files(extra_folders: Sequence[Path]) -> dict[str, Traversable]:
    """Every profile file by name; later folders win."""
    found = dict(_in_folder(resources.files("hardware").joinpath("profiles")))
    for folder in extra_folders:
        if not folder.is_dir():
            raise ProfileError(f"{folder}: no such folder of device profiles")
        found.update(_in_folder(folder))
    return found


def _in_folder(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.name.endswith(SUFFIX) and entry.is_file():
            yield entry.name.removesuffix(SUFFIX), entry


def _read(file: Traversable) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"{file}: can't be read as UTF-8 text: {error}") from error


def _parsed(file: Traversable, name: str) -> Profile:
    try:
        data = tomllib.loads(_read(file))
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{file}: is no TOML: {error}") from error
    data.setdefault("name", name)
    try:
        profile = Profile.model_validate(data)
    except ValidationError as error:
        raise ProfileError(_complaint(file, error)) from error
    if profile.name != name:
        said = f'key "name", value "{profile.name}"'
        raise ProfileError(f'{file}: {said}: accepted is "{name}", as the file is named')
    return profile


def _complaint(file: Traversable, error: ValidationError) -> str:
    """All that is wrong with one file, a line each: key, value, what is accepted."""
    lines = []
    for fault in error.errors(include_url=False):
        key = ".".join(str(step) for step in fault["loc"])
        accepted = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            accepted = f"no such key; accepted are {', '.join(_accepted_keys(fault['loc']))}"
        shown = repr(fault["input"])[:SHOWN_VALUE_MAX]
        lines.append(f'{file}: key "{key or "(whole file)"}", value {shown}: {accepted}')
    return "\n".join(lines)


_TABLES: Mapping[str, type[BaseModel]] = {
    "line": LineSettings,
    "spectrum": SpectrumSettings,
    "vending": VendingSettings,
    "simulated_machine": VendingSimulation,
    "simulated_instrument": SpectrometerSimulation,
}


def _accepted_keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys of the table in which an unknown key stands."""
    model = _TABLES.get(str(location[0]), Profile) if len(location) > 1 else Profile
    return sorted(model.model_fields)
