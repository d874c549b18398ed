"""Device profiles: every shipped one loads, and a wrong one is refused by file, key and value."""

import json
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.drivers import registry
from firmware_bridge.drivers.base import Driver
from hardware import profile
from hardware.errors import ProfileError

RIGHT = """
title = "A machine of mine"
kind = "vending"
driver = "dex"
sources = ["its manual"]
[line]
baud = 9600
tx_release = "rts"
[driver_settings]
poll_interval_s = 60
[vending]
"""


def written(folder: Path, text: str, name: str = "mine") -> list[Path]:
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return [folder]


@pytest.mark.parametrize("name", profile.names())
def test_every_shipped_profile_loads_and_names_its_sources(name: str) -> None:
    shipped = profile.load(name)
    assert shipped.name == name
    assert all(len(source) > 10 for source in shipped.sources)
    assert shipped.notes
    assert json.dumps(dict(shipped.driver_settings))


def test_the_profiles_that_were_promised_are_there() -> None:
    promised = {
        *("dex-generic", "dex-ams", "dex-crane", "ocean-usb2000plus", "ocean-flame"),
        *("sim-mid-ir-array", "sim-raman-785", "file-drop-ftir", "file-drop-raman"),
    }
    assert promised <= set(profile.names())


@pytest.mark.parametrize("name", profile.names())
def test_what_is_simulated_only_says_so(name: str) -> None:
    shipped = profile.load(name)
    assert shipped.simulated == name.startswith("sim-")
    if shipped.simulated:
        assert "Simulated" in shipped.title
        assert shipped.notes[0].startswith("SIMULATED")


def test_dex_releases_its_transmitter_and_runs_at_9600_8n1() -> None:
    for name in profile.names():
        shipped = profile.load(name)
        if shipped.driver == "dex":
            assert shipped.line == profile.LineSettings(baud=9600, tx_release="rts")


def test_the_simulated_infrared_axis_ends_at_15300_nm() -> None:
    nature = profile.load("sim-mid-ir-array").simulated_instrument
    assert nature is not None
    ends = [sum(c * n**i for i, c in enumerate(nature.coefficients_nm)) for n in (0, 1023)]
    assert ends == [5270.0, pytest.approx(15300.0, abs=1e-3)]


def test_a_folder_of_ones_own_adds_and_overrides(tmp_path: Path) -> None:
    folders = written(tmp_path, RIGHT)
    written(tmp_path, RIGHT, "dex-ams")
    assert "mine" in profile.names(folders)
    assert "mine" not in profile.names()
    assert profile.load("dex-ams", folders).title == "A machine of mine"
    assert profile.load("dex-ams").title != "A machine of mine"


def test_a_profile_is_frozen(tmp_path: Path) -> None:
    mine = profile.load("mine", written(tmp_path, RIGHT))
    with pytest.raises(ValueError, match="frozen"):
        mine.title = "other"


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(ProfileError, match=r'"dex-foo".*dex-ams'):
        profile.load("dex-foo")


@pytest.mark.parametrize(
    ("old", "new", "key", "value", "accepted"),
    [
        ('kind = "vending"', 'kind = "fridge"', "kind", "'fridge'", "'vending'"),
        ("baud = 9600", 'baud = "fast"', "line.baud", "'fast'", "integer"),
        ("baud = 9600", "baud = 1", "line.baud", "1", "50"),
        ("baud = 9600", "boud = 9600", "line.boud", "9600", "baud"),
        ('tx_release = "rts"', 'tx_release = "cts"', "line.tx_release", "'cts'", "'dtr'"),
        ('title = "A machine of mine"', 'titel = "x"', "titel", "'x'", "title"),
        ("[vending]", "[vending]\ntemperature_min_c = 50", "vending", "50", "below"),
        ("[vending]", '[spectrum]\ntechnique = "ir"', "spectrum.response", "", "required"),
        ('driver = "dex"', 'driver = "no spaces"', "driver", "'no spaces'", "pattern"),
        ('sources = ["its manual"]', "sources = []", "sources", "[]", "at least 1"),
        ('title = "A', 'name = "other"\ntitle = "A', "name", "other", '"mine"'),
        ("[vending]", "", "(whole file)", "", "needs [vending]"),
    ],
)
def test_a_wrong_profile_is_refused_by_file_key_value_and_what_is_accepted(
    tmp_path: Path, old: str, new: str, key: str, value: str, accepted: str
) -> None:
    assert old in RIGHT
    folders = written(tmp_path, RIGHT.replace(old, new))
    with pytest.raises(ProfileError) as refusal:
        profile.load("mine", folders)
    said = str(refusal.value)
    assert str(tmp_path / "mine.toml") in said
    assert f'key "{key}"' in said
    assert value in said
    assert accepted in said


def test_raman_without_a_laser_is_refused(tmp_path: Path) -> None:
    text = RIGHT.replace('"vending"', '"files"').replace("[line]", "[gone]")
    text = text[: text.index("[gone]")] + '[spectrum]\ntechnique = "raman"\nresponse = "counts"\n'
    with pytest.raises(ProfileError, match="needs laser_wavelength_nm"):
        profile.load("mine", written(tmp_path, text))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="nowhere"):
        profile.names([tmp_path / "nowhere"])


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=200))
def test_any_text_is_refused_clearly(text: str) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "mine.toml").write_text(text, encoding="utf-8", errors="replace")
        with pytest.raises(ProfileError, match=r"mine\.toml"):
            profile.load("mine", [Path(folder)])


@settings(deadline=None, max_examples=50)
@given(
    st.dictionaries(
        st.sampled_from(sorted(profile.Profile.model_fields)),
        st.booleans() | st.integers() | st.floats(allow_nan=False) | st.lists(st.integers()),
    )
)
def test_any_values_are_refused_clearly(values: dict[str, object]) -> None:
    text = "\n".join(f"{key} = {json.dumps(value)}" for key, value in values.items())
    with TemporaryDirectory() as folder:
        folders = written(Path(folder), text.replace("Infinity", "inf"))
        with pytest.raises(ProfileError, match=r"mine\.toml.*key"):
            profile.load("mine", folders)


def test_the_text_of_a_profile_is_shown_as_written() -> None:
    assert tomllib.loads(profile.text("dex-ams"))["driver"] == "dex"


@pytest.mark.parametrize("name", profile.names())
def test_the_settings_of_every_profile_are_taken_by_its_driver(name: str) -> None:
    shipped = profile.load(name)
    if shipped.kind != "files":
        driver = registry.find(shipped.driver).make(shipped.driver_settings)
        assert isinstance(driver, Driver)
