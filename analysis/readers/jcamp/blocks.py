"""The skeleton of a JCAMP-DX file: labelled data records, and the blocks that they make.

A record is `##LABEL= value`, and may go on over many lines; `$$` begins a comment. A block begins
with `##TITLE=` and ends with `##END=`; a block of DATA TYPE LINK holds other blocks. Labels are
compared without case, spaces, dashes, slashes and underlines.

Source: McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151, sections 3 and 6 (JCAMP-DX 4.24).
"""

import re
from dataclasses import dataclass, field
from itertools import islice

from analysis.readers.errors import ReaderError

MAX_BLOCKS = 1000
MAX_RECORDS = 50_000
_RECORD = re.compile(r"^[ \t]*##([^=\n]{0,200})=", re.MULTILINE)
_COMMENT = re.compile(r"\$\$[^\n]*")
_IGNORED_IN_LABELS = str.maketrans("", "", " \t-/_")


@dataclass(frozen=True, slots=True)
class Record:
    """One labelled data record.

    Attributes:
        label: in the form in which labels are compared.
        text: the value without comments; lines parted by LF.
        line: the line that it begins in, counted from 1.
    """

    label: str
    text: str
    line: int

    @property
    def value(self) -> str:
        """The value in one line."""
        return " ".join(self.text.split())


@dataclass(slots=True)
class Block:
    """One block and those inside it.

    Attributes:
        line: the line of its TITLE.
        records: by label; the first of each.
        paged: the records of the pages of NTUPLES, in their order.
        children: the blocks inside a LINK block.
    """

    line: int
    records: dict[str, Record] = field(default_factory=dict)
    paged: list[Record] = field(default_factory=list)
    children: list["Block"] = field(default_factory=list)

    def value(self, label: str) -> str:
        """The value of a label in one line, or ""."""
        record = self.records.get(normalize_label(label))
        return record.value if record else ""

    @property
    def is_link(self) -> bool:
        """Whether it only holds other blocks."""
        return self.value("DATA TYPE").upper() == "LINK"

    def add(self, record: Record) -> None:
        """Take a record in.

        Raises:
            ReaderError: the label is there already, with another value.
        """
        if record.label in _PAGED and "NTUPLES" in self.records:
            self.paged.append(record)
            return
        known = self.records.setdefault(record.label, record)
        # Comments and user labels may come again; what describes the data may not contradict it.
        if record.label in _UNIQUE and known.value != record.value:
            raise ReaderError(
                f"##{record.label}= is there twice and differs (line {known.line})",
                line=record.line,
            )


_UNIQUE = frozenset(
    {
        *("DATATYPE", "NPOINTS", "XUNITS", "YUNITS", "XFACTOR", "YFACTOR", "DELTAX"),
        *("FIRSTX", "LASTX", "MINX", "MAXX", "FIRSTY", "MINY", "MAXY"),
        *("XYDATA", "XYPOINTS", "PEAKTABLE"),
    }
)

_PAGED = frozenset({"PAGE", "NPOINTS", "DATATABLE"})


def normalize_label(label: str) -> str:
    """The form in which labels are compared."""
    return label.translate(_IGNORED_IN_LABELS).upper()


def parse_blocks(text: str) -> list[Block]:
    """Part a file into its outermost blocks.

    Args:
        text: the whole file, lines parted by LF.

    Raises:
        ReaderError: something stands outside of a block, or a block does not end.
    """
    outermost: list[Block] = []
    open_blocks: list[Block] = []
    total = 0
    for record in _records(text):
        if record.label == "TITLE":
            total += 1
            _open(record, open_blocks, outermost, total)
        if not open_blocks:
            raise ReaderError(f"##{record.label[:40]}= stands outside of a block", line=record.line)
        if record.label == "END":
            _close(open_blocks.pop(), record)
        else:
            open_blocks[-1].add(record)
    if open_blocks:
        raise ReaderError(
            "the file ends before ##END=; it was cut short", line=text.count("\n") + 1
        )
    return outermost


def _records(text: str) -> list[Record]:
    starts = list(islice(_RECORD.finditer(text), MAX_RECORDS + 1))
    if len(starts) > MAX_RECORDS:
        raise ReaderError(f"more than {MAX_RECORDS:,} records")
    if not starts or text[: starts[0].start()].strip():
        raise ReaderError("the file does not begin with a ##LABEL=", line=1)
    ends = [start.start() for start in starts[1:]] + [len(text)]
    line, counted, records = 1, 0, []
    for start, end in zip(starts, ends, strict=True):
        line += text.count("\n", counted, start.start())
        counted = start.start()
        value = text[start.end() : end]
        value = _COMMENT.sub("", value) if "$$" in value else value
        records.append(Record(normalize_label(start.group(1)), value, line))
    return records


def _open(record: Record, open_blocks: list[Block], outermost: list[Block], total: int) -> None:
    if total > MAX_BLOCKS:
        raise ReaderError(f"more than {MAX_BLOCKS} blocks", line=record.line)
    block = Block(record.line)
    if not open_blocks:
        outermost.append(block)
    elif open_blocks[-1].is_link and len(open_blocks) < 10:
        open_blocks[-1].children.append(block)
    else:
        raise ReaderError("a block begins before the last one has ended", line=record.line)
    open_blocks.append(block)


def _close(block: Block, end: Record) -> None:
    if end.value:
        raise ReaderError("text stands after ##END=", line=end.line)
    said = block.value("BLOCKS")
    if block.is_link and said.isdigit() and int(said) != len(block.children):
        raise ReaderError(
            f"##BLOCKS= says {said}, {len(block.children)} are there", line=block.line
        )
