"""What an audit says: values, and that nothing is claimed which it does not say."""

import json
import random
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.evadts.audit import Audit, Identity, Selection, Totals
from firmware_bridge.evadts.deviations import MAX_OF_A_NAME
from firmware_bridge.evadts.errors import EvaDtsError
from firmware_bridge.evadts.parser import parse_audit
from firmware_bridge.evadts.segments import MAX_AUDIT_BYTES
from firmware_bridge.evadts.selections import MAX_SELECTIONS
from tests.firmware_bridge.evadts.building import audit

WHOLE = audit(
    "ID1*S123*M-4*17*LOC*USER*ASSET9",
    "CB1*B77*BM*2.1",
    "ID4*2*1840*USD",
    "ID5*20261123*1405",
    "VA1*0*65*0*5",
    "VA2*0*2*0*0",
    "VA3*0*3*0*0",
    "PA1*501*0*NALOXONE*12*10*1*0*7*3",
    "PA2*41*0*4*0",
    "PA3*2*0*1",
    "PA4*3*0*2",
    "PA5*20261122*2213*47",
    "PA1*COL1*250*STRIPS****1",
    "PA2*24*0*1*0",
    "EA3*5*261123*1400*T1*261122*1400*T1**9*2",
    "EA7*1*12",
)


def names(parsed: Audit) -> set[str]:
    return {warning.name for warning in parsed.warnings}


def test_a_right_audit_has_no_deviation() -> None:
    parsed = parse_audit(WHOLE)
    assert parsed.warnings == ()
    assert parsed.checksum_ok is True


def test_the_machine_is_identified() -> None:
    parsed = parse_audit(WHOLE)
    assert parsed.identity == Identity(
        "HBL0000001", "V0/6", "S123", "M-4", "17", "ASSET9", "B77", "BM", "2.1"
    )
    assert (parsed.decimal_places, parsed.currency) == (2, "USD")
    assert (parsed.clock_date, parsed.clock_time) == ("20261123", "1405")


def test_every_figure_of_a_selection_is_read() -> None:
    first, second = parse_audit(WHOLE).selections
    assert first == Selection(
        selection_id="501",
        product="NALOXONE",
        price_minor=0,
        capacity=12,
        par=10,
        minimum=3,
        level=7,
        motor_absent=False,
        paid_vends=41,
        free_vends=3,
        test_vends=2,
        paid_vends_since_reset=4,
        free_vends_since_reset=2,
        test_vends_since_reset=1,
        sold_out_presses=47,
        last_sold_out="20261122 2213",
    )
    assert first.dispensed == 46
    assert (second.selection_id, second.motor_absent, second.level) == ("COL1", True, None)


def test_the_counters_of_the_machine_are_read() -> None:
    parsed = parse_audit(WHOLE)
    assert parsed.totals == Totals(paid_vends=65, test_vends=2, free_vends=3)
    assert (parsed.reads, parsed.reads_with_reset, parsed.resets) == (9, 5, 2)
    assert (parsed.power_outages, parsed.power_outages_since_reset) == (12, 1)
    assert parsed.segments["PA1"] == 2


def test_an_empty_field_is_not_a_zero() -> None:
    (selection,) = parse_audit(audit("PA1*1", "PA2**0*0", "PA4*0")).selections
    assert selection.paid_vends is None
    assert selection.free_vends == 0
    assert selection.dispensed is None
    assert selection.price_minor is None


def test_paid_vends_are_added_over_devices_and_price_lists() -> None:
    lines = ["PA1*1*250", "PA7*1*CA*0*250*4*1000*1*0", "PA7*1*CA*1*200*3*600*0*0"]
    (selection,) = parse_audit(audit(*lines, "PA7*1*DA*0*250*2*500*2*0")).selections
    assert selection.paid_vends == 9
    assert selection.paid_vends_since_reset == 3


def test_pa2_is_used_where_pa7_says_otherwise_and_it_is_named() -> None:
    parsed = parse_audit(audit("PA1*1", "PA2*10", "PA7*1*CA*0*0*9*0*0*0"))
    assert parsed.selections[0].paid_vends == 10
    assert "paid-disagrees" in names(parsed)


def test_pa7_belongs_to_the_selection_that_it_names() -> None:
    parsed = parse_audit(audit("PA1*1", "PA1*2", "PA7*1*CA*0*0*9*0*0*0"))
    assert [selection.paid_vends for selection in parsed.selections] == [9, None]


def test_no_checksum_is_neither_right_nor_wrong() -> None:
    parsed = parse_audit(audit("PA1*1", tail=False))
    assert parsed.checksum_ok is None
    assert {"no-g85", "no-se", "no-dxe"} <= names(parsed)


def test_a_wrong_checksum_is_said_and_the_figures_are_kept() -> None:
    parsed = parse_audit(audit("PA1*1", "PA2*10", g85="0000"))
    assert parsed.checksum_ok is False
    assert names(parsed) == {"checksum-wrong"}
    assert parsed.selections[0].paid_vends == 10


def test_a_configuration_has_selections_without_counters() -> None:
    (selection,) = parse_audit(audit("PC1*05*270*0", "PC7*05*CA*0*270")).selections
    assert (selection.selection_id, selection.price_minor) == ("05", 270)
    assert selection.dispensed is None


def test_machine_totals_that_disagree_are_named() -> None:
    parsed = parse_audit(audit("VA1*0*11", "PA1*1", "PA2*10"))
    assert "totals-disagree" in names(parsed)


@pytest.mark.parametrize("raw", [b"", b"\r\n\x00 \r\n", b"hello\r\nworld", bytes(range(256)) * 9])
def test_what_is_no_audit_raises(raw: bytes) -> None:
    with pytest.raises(EvaDtsError):
        parse_audit(raw)


def test_too_large_an_audit_raises() -> None:
    with pytest.raises(EvaDtsError, match="more than"):
        parse_audit(b"PA1*1\r\n" * (MAX_AUDIT_BYTES // 7 + 1))


def test_selections_segments_events_and_deviations_are_bounded() -> None:
    lines = [f"PA1*{number}**^" for number in range(MAX_SELECTIONS + 500)]
    parsed = parse_audit(audit(*lines, *["EA1*X"] * 3000, *["?"] * 3000))
    assert len(parsed.selections) == MAX_SELECTIONS
    assert len(parsed.events) == 2000
    assert len(parsed.warnings) <= MAX_OF_A_NAME * 4 + 1
    assert "2975 more of not-a-segment" in parsed.warnings[-1].detail
    assert {"too-many-selections", "too-many-events"} <= names(parsed)


def test_segments_are_bounded() -> None:
    parsed = parse_audit(b"AA1*1\r\nMA5*1\r\n" * 15_000)
    assert sum(parsed.segments.values()) == 20_000
    assert "too-many-segments" in names(parsed)


@given(data=st.binary(max_size=2000))
def test_rubbish_is_parsed_or_refused(data: bytes) -> None:
    with suppress(EvaDtsError):
        assert parse_audit(data).segments


@given(place=st.integers(0, len(WHOLE) - 1), rubbish=st.binary(max_size=30))
def test_rubbish_within_an_audit_is_always_noticed(place: int, rubbish: bytes) -> None:
    spoilt = WHOLE[:place] + rubbish + WHOLE[place + len(rubbish) :]
    try:
        parsed = parse_audit(spoilt)
    except EvaDtsError:
        return
    if parsed.checksum_ok is not True:
        assert parsed.warnings


@given(place=st.integers(0, len(WHOLE) - 1))
def test_a_cut_audit_claims_no_figure_that_the_whole_does_not(place: int) -> None:
    try:
        cut = parse_audit(WHOLE[:place])
    except EvaDtsError:
        return
    whole = {s.selection_id: s for s in parse_audit(WHOLE).selections}
    for selection in cut.selections:
        right = whole[selection.selection_id]
        assert selection.paid_vends in {None, right.paid_vends}
        assert selection.level in {None, right.level}
    if place < WHOLE.index(b"DXE*"):
        assert cut.warnings


@pytest.mark.shared_data
def test_every_real_audit_parses_and_its_checksum_is_as_was_found(shared_data: Path) -> None:
    folder = shared_data / "dex"
    for entry in json.loads((folder / "manifest.json").read_text()):
        path = folder / "eva-dts" / entry["file"].replace("php/", "php-evadts-parser/")
        parsed = parse_audit(path.read_bytes())
        products = {s.selection_id for s in parsed.selections}
        if entry["g85"] is None:
            assert parsed.checksum_ok is None, entry["file"]
        elif "checksum-swapped" not in names(parsed):
            assert parsed.checksum_ok is entry["g85_ok"], entry["file"]
        assert len(products) >= entry["products"], entry["file"]
        if entry["se01"] != entry["segments_counted"]:
            assert "segment-count" in names(parsed), entry["file"]


@pytest.mark.shared_data
def test_every_file_there_is_stands_in_the_list(shared_data: Path) -> None:
    folder = shared_data / "dex"
    listed = {
        entry["file"].replace("php/", "php-evadts-parser/")
        for entry in json.loads((folder / "manifest.json").read_text())
    }
    there = {str(file.relative_to(folder / "eva-dts")) for file in folder.glob("eva-dts/*/*.*")}
    assert there == listed


@pytest.mark.shared_data
def test_every_real_audit_may_be_cut_or_spoilt_anywhere(shared_data: Path) -> None:
    chance = random.Random(11)
    for file in sorted((shared_data / "dex").glob("eva-dts/*/*.*")):
        raw = file.read_bytes()
        for _ in range(20):
            place = chance.randrange(len(raw))
            spoilt = raw[:place] + chance.randbytes(3) + raw[place + 2 :]
            with suppress(EvaDtsError):
                assert parse_audit(raw[:place]).checksum_ok is not True or b"G85" in raw[:place]
            assert parse_audit(spoilt).segments


@pytest.mark.shared_data
def test_figures_of_a_real_coffee_machine_are_read(shared_data: Path) -> None:
    path = shared_data / "dex" / "eva-dts" / "php-evadts-parser" / "rhevendors.eva_dts"
    parsed = parse_audit(path.read_bytes())
    choco = next(s for s in parsed.selections if s.selection_id == "13")
    assert (choco.product, choco.paid_vends, choco.dispensed) == ("CHOCO", 463, 463)
    assert (parsed.identity.board_software, parsed.currency) == ("TP012100", "")
    assert (parsed.power_outages, parsed.reads_with_reset) == (11, 2)


@pytest.mark.shared_data
def test_product_texts_are_read_in_the_alphabet_that_is_set(shared_data: Path) -> None:
    path = shared_data / "dex" / "eva-dts" / "zzzzipper" / "31_EvadtsCrcTest.dex"
    parsed = parse_audit(path.read_bytes(), text_encoding="cp1251")
    assert [s.product for s in parsed.selections] == [
        "\u042d\u0441\u043f\u0440\u0435\u0441\u0441\u043e",
        "\u041a\u0430\u043f\u0443\u0447\u0438\u043d\u043e",
    ]
