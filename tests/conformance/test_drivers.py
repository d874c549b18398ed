"""What every driver must do, over all that are found; nothing here names one."""

import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.drivers import registry
from firmware_bridge.drivers.base import Driver, Step
from firmware_bridge.drivers.errors import DriverSettingsError, UnknownRequestError
from hardware import profile

LONGEST_SILENCE_S = 3600.0
NAMES = registry.names()
rubbish = st.lists(
    st.tuples(st.sampled_from(["feed", "wake", "opened"]), st.binary(max_size=40), st.floats(0, 5)),
    max_size=30,
)


def made(name: str) -> Driver:
    """The driver with the settings of the first profile that uses it."""
    for each in profile.names():
        found = profile.load(each)
        if found.driver == name:
            return registry.find(name).make(found.driver_settings)
    return registry.find(name).make({})


def requests_of(driver: Driver) -> list[str]:
    """What a driver says that it can be asked for."""
    with pytest.raises(UnknownRequestError) as refusal:
        driver.request("no such request", 0.0)
    return [word for word in ("read", "sample", "background", "dark") if word in str(refusal.value)]


@pytest.mark.parametrize("name", NAMES)
def test_a_driver_is_one_and_says_what_it_can_be_asked_for(name: str) -> None:
    driver = made(name)
    assert isinstance(driver, Driver)
    assert requests_of(driver)


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_described_and_a_misspelt_one_is_named(name: str) -> None:
    plugin = registry.find(name)
    assert all(field.description for field in plugin.settings_model.model_fields.values())
    with pytest.raises(DriverSettingsError, match="no_such_setting"):
        plugin.make({"no_such_setting": 1})


@pytest.mark.parametrize("name", NAMES)
@given(acts=rubbish)
def test_rubbish_at_any_time_is_survived_and_the_driver_goes_on(
    name: str, acts: list[tuple[str, bytes, float]]
) -> None:
    driver, now_s = made(name), 0.0
    driver.opened(now_s)
    for act, data, pause_s in acts:
        now_s += pause_s
        if act == "feed":
            step = driver.feed(data, now_s)
        else:
            step = driver.wake(now_s) if act == "wake" else driver.opened(now_s)
        assert isinstance(step, Step)
    step = driver.opened(now_s)
    assert step.send or step.wake_at_s is not None, "after the port comes back it does something"


@pytest.mark.parametrize("name", NAMES)
def test_a_silent_device_is_a_fault_in_the_end_and_never_a_busy_loop(name: str) -> None:
    driver, now_s, turns, readings = made(name), 0.0, 0, 0
    step = driver.opened(now_s)
    for what in requests_of(driver):
        step = driver.request(what, now_s)
    while now_s < LONGEST_SILENCE_S and not readings:
        assert step.wake_at_s is None or step.wake_at_s >= now_s
        now_s = max(now_s + 0.001, step.wake_at_s if step.wake_at_s is not None else now_s + 1.0)
        step = driver.wake(now_s)
        turns += 1
        readings += len(step.readings)
    assert readings, "an hour of silence and not a word about it"
    assert turns < 20_000


@pytest.mark.parametrize("name", NAMES)
def test_a_flood_of_rubbish_does_not_grow_memory(name: str) -> None:
    driver, chance = made(name), random.Random(1)
    driver.opened(0.0)
    driver.feed(chance.randbytes(200_000), 0.1)
    tracemalloc.start()
    for turn in range(20):
        driver.feed(chance.randbytes(50_000), 0.2 + turn / 100)
    grown, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 1_500_000


@pytest.mark.parametrize("name", profile.names())
def test_every_profile_fits_its_driver(name: str) -> None:
    found = profile.load(name)
    if found.kind == "files":
        return
    registry.find(found.driver).make(found.driver_settings)
