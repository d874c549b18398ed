"""The protocol's page and the firmware's README hold what they say."""

import re

from firmware_bridge.drivers import _board_words as words
from firmware_bridge.framing.board_lines import BoardReader, Damaged, Framing, Heard
from firmware_bridge.framing.crc import crc16_modbus
from tests.conftest import ROOT
from tests.docs_text import code_words, fences
from tests.hardware.firmware.parts import part
from tests.hardware.firmware.rig import FIRMWARE

PAGE = ROOT / "docs" / "drivers" / "board.md"


def examples() -> list[Heard | Damaged]:
    reader, found = BoardReader(), list[Heard | Damaged]()
    for fence in fences(PAGE):
        for line in fence.body.splitlines():
            if line.startswith("{"):
                found += reader.feed(line.encode() + b"\n")
            elif re.fullmatch(r"(?:[0-9A-F]{2} )+00", line):
                found += reader.feed(bytes.fromhex(line))
    return found


def test_every_example_of_the_protocol_is_a_message() -> None:
    found = [each for each in examples() if isinstance(each, Heard)]
    assert found == examples()
    assert [each.framing for each in found].count(Framing.COBS) == 1
    kinds = [each.message["t"] for each in found]
    assert kinds == ["ack", "ack", "hello", "counters", "vend", "dispense"]
    assert found[0].message == found[1].message


def test_the_check_value_of_the_page_is_true() -> None:
    assert f"**{crc16_modbus(b'123456789'):04X}**" in PAGE.read_text(encoding="utf-8")


def test_every_word_of_the_protocol_is_on_its_page() -> None:
    code = code_words(PAGE)
    spoken = {*words.EVENTS, *words.OUTCOMES, *words.REFUSALS}
    assert [
        word for word in sorted(spoken) if not re.search(rf"(?<![\w-]){word}(?![\w-])", code)
    ] == []


def test_the_bounds_of_the_page_are_those_of_the_code() -> None:
    text = PAGE.read_text(encoding="utf-8")
    protocol = part("protocol")
    assert f"JSON of a message: {protocol.MAX_PAYLOAD} bytes" in text
    assert f"framed: {protocol.MAX_COMMAND} bytes" in text
    assert f"Waiting messages in the board: {protocol.OUTBOX_SIZE}" in text
    assert f"Slots: {words.MAX_SLOTS}." in text


def test_the_readme_names_every_file_to_copy() -> None:
    text = (FIRMWARE / "README.md").read_text(encoding="utf-8")
    copied = text[text.index("mpremote cp") : text.index("mpremote reset")]
    files = {file.name for file in FIRMWARE.glob("*.py")} - {"on_unix.py"}
    assert set(re.findall(r"\w+\.py", copied)) == files
    assert [name for name in sorted(files) if f"`{name}`" not in text] == []
