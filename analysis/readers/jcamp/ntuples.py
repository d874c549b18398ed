"""NTUPLES of JCAMP-DX 5: several pages of numbers in one block, each made a block of its own.

The head of the block has one column per variable (SYMBOL, VAR_TYPE, VAR_DIM, UNITS, FIRST, LAST,
MIN, MAX, FACTOR); each page names two of them in its DATA TABLE, as `(X++(R..R)), XYDATA`. A page
becomes a block with the ordinary labels, so that the same checks hold for it.

Source: Davies and Lampen, Appl. Spectrosc. 47 (1993) 1093 (JCAMP-DX 5.00), section 5.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.readers.errors import ReaderError, UnsupportedError
from analysis.readers.jcamp.blocks import Block, Record

_FORM = re.compile(r"\((\w+)\+\+\((\w+)\.\.(\w+)\)\)?|\((\w+?)(\w)\.\.(\w+)\)")
_COLUMNS = ("VARTYPE", "VARDIM", "UNITS", "FIRST", "LAST", "MIN", "MAX", "FACTOR")
MAX_PAGES = 2000


@dataclass(frozen=True, slots=True)
class _Variable:
    """One column of the head, as text by label; what is not given is ""."""

    columns: dict[str, str]

    def get(self, label: str) -> str:
        return self.columns.get(label, "")


def pages(block: Block) -> Iterator[Block]:
    """Each page as a block.

    Raises:
        ReaderError: the head or a page is damaged, or names a variable that is not there.
        UnsupportedError: a page has a form that is not read.
    """
    variables = _variables(block)
    tables = [record for record in block.paged if record.label == "DATATABLE"]
    if not tables:
        raise ReaderError("NTUPLES without a DATA TABLE", line=block.line)
    if len(tables) > MAX_PAGES:
        raise ReaderError(f"more than {MAX_PAGES} pages", line=block.line)
    symbols = [_symbols(table)[1] for table in tables]
    page, points = "", ""
    number = 0
    for record in block.paged:
        if record.label == "PAGE":
            page, points = record.value, ""
        elif record.label == "NPOINTS":
            points = record.value
        elif record.label == "DATATABLE":
            symbol = symbols[number]
            is_first = symbol not in symbols[:number]
            is_only = symbols.count(symbol) == 1
            made = _page(block, record, variables, points, is_first=is_first, is_only=is_only)
            made.records["PAGE"] = Record("PAGE", page, record.line)
            number += 1
            yield made


def _variables(block: Block) -> dict[str, _Variable]:
    """The columns of the head by their symbols."""
    names = _row(block, "SYMBOL")
    if not names or len(set(names)) != len(names):
        raise ReaderError("##SYMBOL= must name each variable of NTUPLES once", line=block.line)
    rows = {label: _row(block, label) for label in _COLUMNS}
    return {
        name: _Variable({label: row[at] for label, row in rows.items() if at < len(row)})
        for at, name in enumerate(names)
    }


def _row(block: Block, label: str) -> list[str]:
    text = block.value(label)
    return [cell.strip() for cell in text.split(",")] if text else []


def _symbols(table: Record) -> tuple[str, str, bool]:
    """The symbols of X and Y of a page, and whether X is even."""
    form = "".join(table.text.partition("\n")[0].split())
    match = _FORM.match(form)
    if match is None:
        raise UnsupportedError(f"a page of form {form[:40]!r} is not read", line=table.line)
    if match.group(1):
        return match.group(1), match.group(2), True
    return match.group(4), match.group(5), False


def _page(
    block: Block,
    table: Record,
    variables: dict[str, _Variable],
    points: str,
    *,
    is_first: bool,
    is_only: bool,
) -> Block:
    x_symbol, y_symbol, is_even = _symbols(table)
    if x_symbol not in variables or y_symbol not in variables:
        reason = f"the page names {x_symbol} and {y_symbol}; ##SYMBOL= has {', '.join(variables)}"
        raise ReaderError(reason[:300], line=table.line)
    x, y = variables[x_symbol], variables[y_symbol]
    values = {
        "NPOINTS": points or y.get("VARDIM"),
        "XUNITS": x.get("UNITS"),
        "YUNITS": y.get("UNITS"),
        "FIRSTX": x.get("FIRST"),
        "LASTX": x.get("LAST"),
        "XFACTOR": x.get("FACTOR") or "1",
        "YFACTOR": y.get("FACTOR") or "1",
        # FIRST is of the first page of a variable; MIN and MAX are of all its pages together.
        "FIRSTY": y.get("FIRST") if is_first else "",
        "MINY": y.get("MIN") if is_only else "",
        "MAXY": y.get("MAX") if is_only else "",
    }
    made = Block(table.line, dict(block.records))
    for label in ("DATATABLE", "NTUPLES", "FIRST", "LAST", "DELTAX"):
        made.records.pop(label, None)
    for label, value in values.items():
        made.records.pop(label, None)
        if value:
            made.records[label] = Record(label, value, table.line)
    body = table.text.partition("\n")[2]
    form = "(X++(Y..Y))" if is_even else "(XY..XY)"
    made.records["XYDATA"] = Record("XYDATA", f"{form}\n{body}", table.line)
    return made
