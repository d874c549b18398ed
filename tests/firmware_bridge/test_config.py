"""The configuration: what does not fit is named by file, key, value and what is accepted."""

import tomllib
from pathlib import Path

import pytest

from firmware_bridge.config import DeviceTable, load, read_access_key, read_credential
from firmware_bridge.errors import ConfigError
from firmware_bridge.stations.making import make_driver
from hardware import profile
from tests.docs_text import Fence, fences, user_pages

GOOD = """
site = "harbour-street"
bridge = "pi-1"
state_dir = "state"

[broker]
url = "mqtt://127.0.0.1:1883"
password_file = "password"

[[device]]
name = "machine-1"
profile = "dex-generic"
port = "/dev/ttyUSB0"

[[device]]
name = "ftir"
profile = "file-drop-ftir"
folder = "drop"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "bridge.toml"
    file.write_text(text)
    return file


def test_a_good_file_is_read_and_paths_are_relative_to_it(tmp_path: Path) -> None:
    config = load(written(tmp_path, GOOD))
    assert config.spool_file == tmp_path / "state" / "spool.sqlite3"
    assert config.broker.password_file == tmp_path / "password"
    assert config.device[1].folder == tmp_path / "drop"


DEVICES = [
    fence
    for page in user_pages()
    for fence in fences(page)
    if fence.language == "toml" and "[[device]]" in fence.body
]


@pytest.mark.parametrize("example", DEVICES, ids=str)
def test_every_device_in_the_docs_is_taken_with_its_settings(example: Fence) -> None:
    for table in tomllib.loads(example.body)["device"]:
        device = DeviceTable.model_validate(table)
        known = profile.load(device.profile)
        assert (device.port is None) == (known.kind == "files")
        if known.kind != "files":
            make_driver(device, known)


def test_the_docs_show_settings_that_are_tables() -> None:
    assert any("[device.settings." in example.body for example in DEVICES)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('bridge = "pi-1"', 'bridge = "Pi 1"', ["key bridge", "'Pi 1'", "a-z, 0-9"]),
        ("mqtt://127.0.0.1:1883", "http://x", ["key broker.url", "'http://x'"]),
        ("password_file", "pasword_file", ["broker.pasword_file", "mean password_file"]),
        ('port = "/dev/ttyUSB0"', "", ["key device.0", "port", "folder"]),
        ('name = "ftir"', 'name = "machine-1"', ["two devices have the same name: machine-1"]),
        ('name = "ftir"', 'name = "bridge"', ["key device.1.name", "the bridge itself"]),
        ('site = "harbour-street"', "", ["key site: missing"]),
        ("[broker]", "[broker", ["is no TOML"]),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, old: str, new: str, said: list[str]) -> None:
    with pytest.raises(ConfigError) as complaint:
        load(written(tmp_path, GOOD.replace(old, new)))
    for words in (str(tmp_path / "bridge.toml"), *said):
        assert words in str(complaint.value)


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: can't be read"):
        load(tmp_path / "nowhere.toml")


def test_a_bridge_signs_in_with_its_address_and_the_first_line_of_its_file(tmp_path: Path) -> None:
    config = load(written(tmp_path, GOOD))
    with pytest.raises(ConfigError, match=r"password_file .*password: can't be read"):
        read_credential(config)
    (tmp_path / "password").write_text("pass:word\nrest\n")
    assert read_credential(config) == ("harbour-street/pi-1", "pass:word")
    (tmp_path / "password").write_text("\n")
    with pytest.raises(ConfigError, match="is empty"):
        read_credential(config)
    assert read_credential(load(written(tmp_path, GOOD.replace("password_file", "#")))) == ("", "")


def test_the_access_key_is_read_only_from_a_file_that_is_not_for_everybody(tmp_path: Path) -> None:
    config = load(written(tmp_path, GOOD.replace("[broker]", 'access_key_file = "key"\n[broker]')))
    with pytest.raises(ConfigError, match=r"access_key_file .*can't be read"):
        read_access_key(config)
    file = tmp_path / "key"
    file.write_text("00" * 32 + "\n")
    file.chmod(0o604)
    with pytest.raises(ConfigError, match="chmod 600"):
        read_access_key(config)
    file.chmod(0o600)
    assert read_access_key(config) == bytes(32)
    file.write_text("no key")
    with pytest.raises(ConfigError, match="no key in it") as complaint:
        read_access_key(config)
    assert "no key\n" not in str(complaint.value)
    assert read_access_key(load(written(tmp_path, GOOD))) is None
