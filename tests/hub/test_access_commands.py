"""Access and codes on the command line: what coordinators do, and what is left of it."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from firmware_bridge.contract import access, access_codes
from firmware_bridge.contract.access import OpenHours
from firmware_bridge.contract.clock import HandClock, SystemClock
from firmware_bridge.contract.messages import AccessCounts
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.contract.vending import RefusalCount
from hub import access_acts, code_making
from hub.access import Person
from hub.access_keys import AccessKeys
from hub.access_publisher import AccessPublisher
from hub.access_words import hours_of, quota_of
from hub.cli import hub
from hub.code_sheet import LANGUAGES, Sheet, made
from hub.config import load
from hub.errors import AccessError
from hub.ingest import Ingest
from hub.store import Store, access_policies, access_tables, tables
from hub.store.views import fleet
from tests.hub import builders as b

CODE = re.compile(r'<div class="code">([0-9A-Z-]+)</div>')
MACHINE = "north/machine-1"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a hub that knows one bridge with one machine."""
    folder = tmp_path_factory.mktemp("known")
    path = folder / "hub.toml"
    path.write_text('[hub]\ndata_dir = "data"\n')
    run(path, "enrol", "north", "bridge-1", "--password-file", str(folder / "b.password"))
    store = opened(path)
    Ingest(store).accept([b.delivery(b.envelope(b.audit(), 1))])
    store.close()
    return folder


@pytest.fixture
def config(known: Path, tmp_path: Path) -> Path:
    """Such a hub of its own for each test."""
    shutil.copytree(known, tmp_path / "hub")
    return tmp_path / "hub" / "hub.toml"


def opened(config: Path) -> Store:
    return Store.open(load(config).store_url, SystemClock())


def run(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(hub, [*arguments, "--config", str(config)])


def done(config: Path, *arguments: str) -> str:
    result = run(config, *arguments)
    assert result.exit_code == 0, result.output
    return result.output


def issue(config: Path, *options: str) -> list[str]:
    """Issue a sheet; its codes as somebody types them."""
    sheet = config.parent / "sheet.html"
    done(config, "codes", "issue", MACHINE, "--sheet", str(sheet), *options)
    assert sheet.stat().st_mode & 0o777 == 0o600
    return CODE.findall(sheet.read_text())


def table(config: Path) -> access.AccessTable:
    """What the hub would lay down for the bridge."""
    store, found = opened(config), list[bytes]()
    AccessPublisher(
        store, lambda _bridge, said: found.append(said), lambda: 1, HandClock()
    ).run_once()
    store.close()
    (payload,) = found
    return access.decode(payload)


def key(config: Path) -> bytes:
    return AccessKeys(load(config).hub.data_dir).key_of(BridgeAddress("north", "bridge-1"))


def test_codes_of_a_sheet_are_in_the_table_as_hashes_and_nowhere_in_clear(config: Path) -> None:
    done(config, "access", "set", MACHINE, "--mode", "issued", "--items", "2", "--quota", "3/week")
    codes = issue(config, "--count", "5", "--uses", "1", "--valid-days", "60")
    assert len(set(codes)) == 5
    (policy,) = table(config).devices
    assert (policy.mode, policy.items_per_session) == ("issued", 2)
    assert (policy.quota_items, policy.quota_period_s) == (3, 604_800)
    typed = [access_codes.normalized(code) for code in codes]
    assert all(map(access_codes.is_well_typed, typed))
    (group,) = policy.codes
    assert set(group.digests) == {access_codes.digest_of(key(config), code) for code in typed}
    assert group.uses == 1
    stored = b"".join(file.read_bytes() for file in (config.parent / "data").rglob("*.*"))
    for code in codes:
        for spelling in (code, code.lower(), access_codes.normalized(code)):
            assert spelling.encode() not in stored


def test_a_sheet_says_what_holds_and_has_no_place_for_a_name() -> None:
    facts = Sheet(machine="Harbour <St>", batch=7, items=1, uses=1, until="2027-01-25")
    page = made(facts, ["k7m2p9wxj"], LANGUAGES)
    assert "K7M-2P9-WXJ" in page
    assert "Harbour &lt;St&gt;" in page
    for words in ("It works once.", "Funciona una sola vez.", "Il fonctionne une seule fois."):
        assert words in page
    assert page.count("2027\N{NON-BREAKING HYPHEN}01\N{NON-BREAKING HYPHEN}25") == 3
    assert not {"<input", "<form", "script"} & set(re.findall(r"<?\w+", page))
    many = made(replace(facts, uses=None, items=3, until=""), ["k7m2p9wxj"], ())
    assert "3 items" in many
    assert "again" in many


def test_what_is_not_named_stays_and_hours_are_kept_as_said(config: Path) -> None:
    done(config, "access", "set", MACHINE, "--mode", "open", "--hours", "fri-sat 17:00-09:00",
         "--timezone", "America/Toronto")  # fmt: skip
    done(config, "access", "set", MACHINE, "--items", "3")
    (policy,) = table(config).devices
    assert (policy.mode, policy.items_per_session, policy.timezone) == (
        "open",
        3,
        "America/Toronto",
    )
    assert policy.hours == (
        OpenHours(weekday=5, from_min=1020, to_min=1980),
        OpenHours(weekday=6, from_min=1020, to_min=1980),
    )
    done(config, "access", "set", MACHINE, "--hours", "always")
    assert table(config).devices[0].hours == ()


def test_a_pause_goes_out_with_a_higher_version_and_the_same_table_with_the_same(
    config: Path,
) -> None:
    done(config, "access", "set", MACHINE, "--mode", "open")
    first = table(config)
    assert table(config) == first
    done(config, "access", "pause", MACHINE)
    paused = table(config)
    assert (paused.devices[0].paused, paused.version > first.version) == (True, True)
    done(config, "access", "resume", MACHINE)
    assert not table(config).devices[0].paused


def test_a_revoked_sheet_is_gone_from_the_table_and_listed_as_such(config: Path) -> None:
    done(config, "access", "set", MACHINE, "--mode", "issued")
    codes = issue(config, "--count", "3")
    assert "sheet 1  north/machine-1  3 codes" in done(config, "codes", "list")
    assert "1 uses each, for ever" in done(config, "codes", "list", MACHINE)
    done(config, "codes", "revoke", "1")
    assert table(config).devices[0].codes == ()
    listed = done(config, "codes", "list")
    assert "revoked" in listed
    assert not any(code in listed for code in codes)
    assert run(config, "codes", "revoke", "1").exit_code == 1


def test_a_bridge_that_is_revoked_takes_its_key_and_its_codes_along(config: Path) -> None:
    done(config, "access", "set", MACHINE, "--mode", "issued")
    issue(config, "--count", "3")
    before = key(config)
    done(config, "enrol", "north", "bridge-1", "--password-file", str(config.parent / "again"))
    assert key(config) == before
    assert (config.parent / "again.access.key").read_text().strip() == before.hex()
    assert "1 sheets of codes" in done(config, "revoke", "north", "bridge-1")
    assert table(config).devices[0].codes == ()
    result = run(config, "codes", "issue", MACHINE, "--sheet", str(config.parent / "x"))
    assert "hub enrol" in result.output
    done(config, "enrol", "north", "bridge-1", "--password-file", str(config.parent / "new"))
    assert key(config) != before


def test_the_trail_says_who_did_what_and_no_code(config: Path) -> None:
    done(config, "access", "set", MACHINE, "--mode", "issued")
    codes = issue(config, "--count", "4")
    done(config, "access", "pause", MACHINE)
    done(config, "codes", "revoke", "1")
    store = opened(config)
    with store.read() as transaction:
        rows = transaction.execute(select(tables.trail)).all()
    store.close()
    acts = [(row.act, row.subject) for row in rows]
    assert acts[1:] == [
        ("access", MACHINE),
        ("issue-codes", MACHINE),
        ("access", MACHINE),
        ("revoke-codes", "sheet 1"),
    ]
    assert not any(code in f"{rows}" for code in codes)


@pytest.mark.parametrize("role", ["staff", "technician"])
def test_only_coordinators_may(config: Path, role: str) -> None:
    store, person = opened(config), Person(1, "Sam", role)  # type: ignore[arg-type]  # a role
    order = access_acts.Order(count=1, uses=1, valid_days=None)
    with store.begin() as transaction:
        (device,) = fleet.devices(transaction)
        for act in (
            lambda: access_acts.set_policy(transaction, person, device, {"mode": "open"}, b.T0),
            lambda: access_acts.issue(transaction, person, device, order, bytes(32), b.T0),
            lambda: access_acts.revoke(transaction, person, 1, b.T0),
        ):
            with pytest.raises(AccessError, match="does not include this"):
                act()
        assert access_policies.policy_of(transaction, device.id) is None
    store.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("access", "set", MACHINE, "--items", "2"), "name its --mode"),
        (("access", "set", "north/nothing", "--mode", "open"), "north/bridge-1/machine-1"),
        (("access", "set", MACHINE, "--mode", "open", "--items", "0"), "items_per_session"),
        (("access", "set", MACHINE, "--mode", "open", "--hours", "noon"), "DAYS HH:MM-HH:MM"),
        (("access", "set", MACHINE, "--mode", "open", "--timezone", "Moon/Base"), "no time zone"),
        (("access", "set", MACHINE, "--mode", "open", "--quota", "many"), "ITEMS/PERIOD"),
        (("access", "set", MACHINE, "--mode", "open", "--code-length", "3"), "6 to 16"),
        (("codes", "issue", MACHINE, "--sheet", "x.html"), "asks for no codes"),
        (("access", "report", "south", "--month", "2026-11"), "no vending machine"),
        (("access", "report", "north", "--month", "November"), "YYYY-MM"),
    ],
)
def test_what_can_not_be_is_told_with_what_to_do(
    config: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = run(config, *arguments)
    assert result.exit_code == 1
    assert words in result.output


def test_codes_that_could_be_guessed_are_refused(config: Path) -> None:
    done(config, "access", "set", MACHINE, "--mode", "issued", "--code-kind", "digits",
         "--code-length", "6")  # fmt: skip
    sheet = ("--sheet", str(config.parent / "x.html"))
    result = run(config, "codes", "issue", MACHINE, "--count", "40", *sheet)
    assert "set --code-length 8" in result.output
    assert not (config.parent / "x.html").exists()
    done(config, "access", "set", MACHINE, "--code-length", "8")
    assert all(code.replace("-", "").isdecimal() for code in issue(config, "--count", "10"))


def test_a_shared_code_is_one_and_can_be_used_again(config: Path) -> None:
    done(config, "access", "set", MACHINE, "--mode", "shared")
    sheet = ("--sheet", str(config.parent / "x.html"))
    assert (
        "one shared code" in run(config, "codes", "issue", MACHINE, "--count", "2", *sheet).output
    )
    issue(config)
    assert table(config).devices[0].codes[0].uses is None


def test_counts_of_a_bridge_make_the_report_with_small_cells_hidden(config: Path) -> None:
    body = AccessCounts(
        from_ms=b.T0 - b.T0 % 3_600_000,
        period_s=3600,
        mode="issued",
        granted=12,
        items=20,
        refused=(RefusalCount(reason="quota", count=2),),
    )
    store = opened(config)
    again = b.delivery(b.envelope(body, 2))
    Ingest(store).accept([again, again, b.delivery(b.envelope(body, 3, device="machine-2"))])
    store.close()
    text = done(config, "access", "report", "north", "--month", "2026-11", "--csv")
    assert "machine-1,sessions,month,12\n" in text
    assert "all machines,items,month,40\n" in text
    assert "machine-1,refused,month,\n" in text
    by_day = done(config, "access", "report", "north", "--month", "2026-11", "--by", "weekday")
    assert re.search(r"machine-1 +items +Monday +20", by_day)


def test_counts_of_a_clock_that_is_wrong_are_dated_by_the_hub(config: Path) -> None:
    body = AccessCounts(from_ms=0, period_s=3600, mode="open", granted=9, items=9, refused=())
    store = opened(config)
    Ingest(store).accept([b.delivery(b.envelope(body, 2, sane=False, at_ms=5))])
    with store.read() as transaction:
        (row,) = transaction.execute(select(access_tables.access_count)).all()
    store.close()
    assert row.from_ms == b.T0 - b.T0 % 3_600_000
    assert json.loads(row.refused_json) == {}


def test_the_table_is_laid_down_again_for_a_broker_that_may_have_forgotten(config: Path) -> None:
    done(config, "access", "set", MACHINE, "--mode", "open")
    store, said, connection = opened(config), list[bytes](), [0]
    publisher = AccessPublisher(
        store, lambda _bridge, table: said.append(table), lambda: connection[0], HandClock()
    )
    assert publisher.run_once() == 0
    connection[0] = 1
    assert (publisher.run_once(), publisher.run_once()) == (1, 0)
    connection[0] = 2
    assert publisher.run_once() == 1
    assert said[0] == said[1]
    store.close()


def test_versions_rise_also_when_the_hubs_clock_was_set_back(config: Path) -> None:
    done(config, "access", "set", MACHINE, "--mode", "open")
    store, said = opened(config), list[bytes]()
    for number, wall_ms in enumerate((b.T0, b.T0 - 10**9)):
        with store.begin() as transaction:
            (device,) = fleet.devices(transaction)
            policy = access_policies.Policy(mode="open", items_per_session=number + 1)
            access_policies.put_policy(transaction, device.id, policy, wall_ms)
        clock = HandClock(wall_ms=wall_ms)
        AccessPublisher(store, lambda _b, table: said.append(table), lambda: 1, clock).run_once()
    store.close()
    first, second = map(access.decode, said)
    assert second.version == first.version + 1


def test_words_for_hours_and_quotas() -> None:
    assert quota_of("3/week") == (3, 604_800)
    assert quota_of("none")[0] is None
    assert [span.weekday for span in hours_of(["sat-mon 08:00-20:00"])] == [6, 7, 1]
    assert hours_of(["mon 00:00-24:00"])[0].to_min == 1440
    for wrong in (
        "mon",
        "mon 25:00-26:00",
        "mon 10:00-11:70",
        "day 10:00-11:00",
        "mon-x 1:00-2:00",
    ):
        with pytest.raises(AccessError):
            hours_of([wrong])


def test_length_follows_from_how_many_codes_there_are() -> None:
    assert code_making.length_needed(1, "digits") == 6
    assert code_making.length_needed(2000, "digits") == 9
    assert code_making.length_needed(access.MAX_CODES, "letters") <= 9
    codes = code_making.new_codes(200, "letters", 9)
    assert len(set(codes)) == 200
    assert all(map(access_codes.is_well_typed, codes))
