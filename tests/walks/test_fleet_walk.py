"""A fleet's story through real brokers into a real hub: nothing is lost, nothing comes twice."""

from pathlib import Path

import pytest

from firmware_bridge.fleet_feed import read_lines, told
from hub.store.views import fleet
from tests.walks.road import Road, road

MACHINES = 3


@pytest.mark.slow
@pytest.mark.server("mosquitto")
def test_a_story_is_played_into_a_hub(tmp_path: Path) -> None:
    with road(tmp_path, "mosquitto") as whole:
        story, passwords = tmp_path / "story.jsonl", tmp_path / "passwords"
        size = ("--machines", str(MACHINES), "--months", "0.15")
        whole.run("simulate", "fleet", *size, "--out", str(story))
        with story.open(encoding="utf-8") as file:
            said = list(told(read_lines(file)))
        enrol(whole, {(each.bridge.site, each.bridge.bridge) for each in said}, passwords)
        whole.start_hub()
        url = ("--broker", f"mqtt://127.0.0.1:{whole.broker_port}")
        done = whole.run(
            "bridge",
            "play",
            str(story),
            *url,
            "--password-dir",
            str(passwords),
            "--out",
            str(tmp_path),
        )
        assert f"{len(said)} messages of {MACHINES} bridges" in done
        assert (tmp_path / "vending-play.json").exists()
        with whole.store.read() as transaction:
            names = {device.device for device in fleet.devices(transaction)}
        assert names == {each.device for each in said}
        assert whole.refused() == []


def enrol(whole: Road, bridges: set[tuple[str, str]], passwords: Path) -> None:
    passwords.mkdir()
    for site, name in sorted(bridges):
        file = passwords / f"{site}-{name}.password"
        config = ("--config", str(whole.hub_config))
        whole.run("hub", "enrol", site, name, "--password-file", str(file), *config)
