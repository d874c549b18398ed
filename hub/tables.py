"""What the stock room holds and how long ways take: tables that people keep as CSV. Pure.

Nothing of these is stored.
"""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from hub.errors import TableError
from hub.packing import Lot, LotCount
from hub.route import TravelHours, given_minutes, straight_lines

MOST_ROWS = 100_000
_YES, _NO = frozenset({"yes", "true", "1", "x"}), frozenset({"", "no", "false", "0"})


@dataclass(frozen=True, slots=True)
class Room:
    """The stock room.

    Attributes:
        lots: product, and how many of which lot.
        recalled: numbers of lots that the maker has called back, in the room or not.
    """

    lots: tuple[tuple[str, LotCount], ...]
    recalled: frozenset[str]


@dataclass(frozen=True, slots=True)
class Travel:
    """How long ways take, and between which places."""

    places: frozenset[str]
    hours: TravelHours


def read_room(text: str, name: str) -> Room:
    """The lots of a stock room.

    Args:
        text: CSV with the columns lot, product, expires, count, recalled; the last may be left out.
        name: of the file, for errors.

    Raises:
        TableError: a column is missing, or a cell can't be read; the message says which.
    """
    lots = []
    for where, row in _rows(text, name, ("lot", "product", "expires", "count")):
        recalled = row.get("recalled", "").casefold()
        if recalled not in _YES | _NO:
            raise TableError(f"{where}: recalled is {recalled[:40]!r}; yes or no is wanted")
        lot = Lot(row["lot"], _date(row["expires"], where), recalled in _YES)
        lots.append((row["product"], LotCount(lot, _count(row["count"], where))))
    return Room(tuple(lots), frozenset(each.lot.number for _, each in lots if each.lot.recalled))


def usable(
    room: Room, products: Iterable[str], is_recalled: Callable[[str], bool]
) -> dict[str, list[LotCount]]:
    """The lots by the names that machines have for products; capitals do not matter."""
    found: dict[str, list[LotCount]] = {}
    for product in products:
        found[product] = [
            LotCount(Lot(of.lot.number, of.lot.expires_on, is_recalled(of.lot.number)), of.count)
            for name, of in room.lots
            if name.casefold() == product.casefold()
        ]
    return found


def read_travel(text: str, name: str) -> Travel:
    """Ways between places.

    Args:
        text: CSV, either with the columns from, to, minutes, or site, lat, lon (degrees).
        name: of the file, for errors.

    Raises:
        TableError: a column is missing, or a cell can't be read; the message says which.
    """
    if "minutes" in _header(text, name):
        minutes = {
            (row["from"], row["to"]): _number(row["minutes"], where, 0, 10_000)
            for where, row in _rows(text, name, ("from", "to", "minutes"))
        }
        return Travel(frozenset(place for way in minutes for place in way), given_minutes(minutes))
    sites = {
        row["site"]: (_number(row["lat"], where, -90, 90), _number(row["lon"], where, -180, 180))
        for where, row in _rows(text, name, ("site", "lat", "lon"))
    }
    return Travel(frozenset(sites), straight_lines(sites))


def _cells(text: str, name: str) -> Iterator[list[str]]:
    """Each line's cells, without the mark that some programs put in front."""
    try:
        yield from csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=None))
    except csv.Error as error:
        raise TableError(f"{name} is no CSV: {error}") from error


def _header(text: str, name: str) -> list[str]:
    return [cell.strip().casefold() for cell in next(_cells(text, name), [])]


def _rows(
    text: str, name: str, columns: Collection[str]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    header = _header(text, name)
    if missing := [column for column in columns if column not in header]:
        raise TableError(f"{name}: no column {', '.join(missing)}; the first line names columns")
    for number, cells in enumerate(_cells(text, name), 1):
        if number > MOST_ROWS:
            raise TableError(f"{name}: more than {MOST_ROWS} lines")
        if number == 1 or not any(cell.strip() for cell in cells):
            continue
        padded = [*cells, *[""] * (len(header) - len(cells))]
        yield f"{name}, line {number}", dict(zip(header, map(str.strip, padded), strict=False))


def _date(text: str, where: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise TableError(
            f"{where}: expires is {text[:40]!r}; a date as 2027-05-31 is wanted"
        ) from error


def _count(text: str, where: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise TableError(f"{where}: count is {text[:40]!r}; a whole number is wanted")
    return int(text)


def _number(text: str, where: str, least: float, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = most + 1
    if not least <= value <= most:
        raise TableError(f"{where}: {text[:40]!r}; a number from {least} to {most} is wanted")
    return value
