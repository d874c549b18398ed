"""Counters that survive a power cut at any moment: two files, written in turn.

Each file is a whole record with a generation and a CRC-32; the newest that is whole counts. So a
cut in the middle of a write leaves the one before. It is written twice per vend: before the motor
starts ("about to"), and when it is known what came of it; and when a slot is tared. Nothing else
writes, which is what limits wear.

A cut between the two: whether the item fell is not known. At the next start it is counted as gone
("assumed"), once: stock is shown too low by one at the worst, never too high.
"""

import os
import struct
from binascii import crc32, hexlify, unhexlify

MAGIC = b"HLB1"
_HEAD = "<4sI4sBBB"  # magic, generation, lineage, slots, pending slot + 1, pending kind
_SLOT = "<6sIIIi"  # name, dispensed, failed, test, tare
FREE, TEST = 0, 1


class Slot:
    """What is counted of one slot. `dispensed` is all that left it, tests too."""

    def __init__(self, name):
        self.name = name
        self.dispensed = self.failed = self.test = self.tare = 0


class Store:
    """The counters of one board.

    `names` are the slots as configured; what was stored of a slot of that name is kept. `fresh` is
    four random bytes, the name of a new row of counting. Raises ValueError for names that can't be.
    """

    def __init__(self, folder, names, fresh):
        if len(set(names)) != len(names) or any(not 0 < len(n.encode()) <= 6 for n in names):
            raise ValueError("SLOTS: each name once, 1 to 6 letters")
        self._files = (folder + "/counts0.bin", folder + "/counts1.bin")
        self.slots = [Slot(name) for name in names]
        self.lineage = hexlify(fresh).decode()
        self.generation = 0
        self.was_damaged = False
        self._pending = None
        self.assumed = None  # (slot, kind) of a vend that a power cut broke off
        self._load()

    def total(self):
        """All that was ever counted: it rises by one with each vend."""
        return sum(slot.dispensed + slot.failed for slot in self.slots)

    def begin(self, index, kind):
        """A motor is about to start. Raises OSError where that can't be written: then it must not."""
        self._pending = (index, kind)
        try:
            self._write()
        except OSError:
            self._pending = None
            raise

    def finish(self, gone):
        """It is known what came of it: it is counted, and written. Raises OSError."""
        index, kind = self._pending
        self._pending = None
        self._count(index, kind, gone)
        self._write()

    def tare(self, index, counts):
        """The load cell of this slot shows nothing at so many counts. Raises OSError."""
        self.slots[index].tare = counts
        self._write()

    def _count(self, index, kind, gone):
        slot = self.slots[index]
        if not gone:
            slot.failed += 1
            return
        slot.dispensed += 1
        if kind == TEST:
            slot.test += 1

    def _load(self):
        records = []
        for path in self._files:
            data = _read(path)
            record = None if data is None else _parsed(data)
            if record is not None:
                records.append(record)
            elif data is not None:
                self.was_damaged = True
        if records:
            self._take(max(records, key=lambda record: record[0]))
        else:
            self._write()

    def _take(self, record):
        self.generation, lineage, pending, stored = record
        self.lineage = hexlify(lineage).decode()
        self._keep(stored)
        if pending is None:
            return
        name, kind = pending
        for index, slot in enumerate(self.slots):
            if slot.name == name:
                self._count(index, kind, True)
                self.assumed = (index, kind)
        self._write()

    def _keep(self, stored):
        """Stored slots in the order of the configuration; one that is gone from it is kept last."""
        self.slots = [stored.pop(slot.name, slot) for slot in self.slots]
        self._unused = list(stored.values())

    _unused = ()

    def _write(self):
        """The next generation into the older file."""
        generation = self.generation + 1
        every = self.slots + list(self._unused)[: 96 - len(self.slots)]
        where, kind = (0, 0) if self._pending is None else (self._pending[0] + 1, self._pending[1])
        head = struct.pack(
            _HEAD, MAGIC, generation, unhexlify(self.lineage), len(every), where, kind
        )
        body = head + b"".join(
            struct.pack(_SLOT, s.name.encode(), s.dispensed, s.failed, s.test, s.tare)
            for s in every
        )
        with open(self._files[generation & 1], "wb") as file:
            file.write(body + struct.pack("<I", crc32(body)))
        _sync()
        self.generation = generation


def _sync():
    if hasattr(os, "sync"):
        os.sync()


def _read(path):
    try:
        with open(path, "rb") as file:
            return file.read(4096)
    except OSError:
        return None


def _parsed(data):
    """Generation, lineage, pending and slots by name; None where the record is not whole."""
    size, each = struct.calcsize(_HEAD), struct.calcsize(_SLOT)
    if len(data) < size + 4 or crc32(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
        return None
    magic, generation, lineage, count, where, kind = struct.unpack(_HEAD, data[:size])
    if magic != MAGIC or len(data) != size + count * each + 4:
        return None
    slots, names = {}, []
    for place in range(size, size + count * each, each):
        name, dispensed, failed, test, tare = struct.unpack(_SLOT, data[place : place + each])
        slot = Slot(name.rstrip(b"\0").decode())
        slot.dispensed, slot.failed, slot.test, slot.tare = dispensed, failed, test, tare
        slots[slot.name] = slot
        names.append(slot.name)
    pending = (names[where - 1], kind) if 0 < where <= len(names) else None
    return generation, lineage, pending, slots
