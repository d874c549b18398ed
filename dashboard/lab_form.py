"""What is typed into the form of a laboratory's answer, and what it says. Pure.

Every row of the form keeps its place, so that what was refused is told beside it and nothing that
was typed is lost. Rows in which nothing stands are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

from werkzeug.datastructures import MultiDict

from hub import lab_csv
from hub.errors import AccessError

FEWEST_ROWS = 4
MORE_ROWS = 4
MOST_ROWS = 200
COLUMNS = ("substance", "found", "percent", "low", "high", "limit")
FIGURES = {"percent": "amount", "low": "at least", "high": "at most", "limit": "limit"}
"""Each field for a figure, and what stands over it."""
FOUND = {"yes": True, "no": False}
NEW_SPLIT = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form.

    Attributes:
        chosen: the split that was chosen among those that are pending; `NEW_SPLIT` for another.
        split: the id of another.
        name: of the laboratory.
        method: of it.
        rows: texts by `COLUMNS`, one for each row of the form.
        change: why a released card is changed.
    """

    chosen: str = NEW_SPLIT
    split: str = ""
    name: str = ""
    method: str = ""
    rows: tuple[Mapping[str, str], ...] = ()
    change: str = ""

    def with_rows(self, count: int) -> "Typed":
        """With empty rows behind, so that there are so many."""
        empty = dict.fromkeys(COLUMNS, "")
        more = (empty,) * (min(count, MOST_ROWS) - len(self.rows))
        return Typed(
            self.chosen, self.split, self.name, self.method, (*self.rows, *more), self.change
        )


@dataclass(frozen=True, slots=True)
class Read:
    """What the form says.

    Attributes:
        fields: of a laboratory's answer, as `hub.checks.made` takes them.
        places: for each of its findings the row of the form.
        errors: what can't be understood, by field.
    """

    fields: Mapping[str, object]
    places: tuple[int, ...]
    errors: dict[str, str] = field(default_factory=dict)

    def placed(self, errors: Mapping[str, str]) -> dict[str, str]:
        """Refusals of the hub under the fields of the form."""
        return {self._place(name): text for name, text in errors.items()}

    def _place(self, name: str) -> str:
        kind, _, number = name.partition(" ")
        if kind == "findings" and number.isdigit() and int(number) < len(self.places):
            return f"row {self.places[int(number)]}"
        return name


def typed(form: "MultiDict[str, str]") -> Typed:
    """What stands in a form that was sent."""
    columns = [[_plain(text) for text in form.getlist(name)][:MOST_ROWS] for name in COLUMNS]
    rows = zip_longest(*columns, fillvalue="")
    return Typed(
        chosen=_plain(form.get("chosen", "")),
        split=_plain(form.get("split", "")),
        name=_plain(form.get("name", "")),
        method=_plain(form.get("method", "")),
        rows=tuple(dict(zip(COLUMNS, row, strict=True)) for row in rows),
        change=_plain(form.get("change", "")),
    )


def read(what: Typed) -> Read:
    """What a form says, and what in it can't be understood."""
    errors: dict[str, str] = {}
    findings, places = [], []
    for place, row in enumerate(what.rows):
        if not any(row.values()):
            continue
        try:
            findings.append(_finding(row))
            places.append(place)
        except AccessError as error:
            errors[f"row {place}"] = f"{error}."
    if not findings and not errors:
        errors["row 0"] = "Write at least one substance that the laboratory looked for."
    if what.chosen and what.split:
        errors["split"] = "Choose a split that was sent, or write the id of another; not both."
    fields = {
        "split": what.chosen or what.split,
        "state": "complete",
        "name": what.name,
        "method": what.method,
        "findings": findings,
    }
    return Read(fields, tuple(places), errors)


def _finding(row: Mapping[str, str]) -> dict[str, object]:
    if not row["substance"]:
        raise AccessError("Write the substance, or empty this row")
    if row["found"] not in FOUND:
        raise AccessError(f"Say whether {row['substance']} was found")
    figures = {f"{name}_percent": _figure(name, row[name]) for name in FIGURES if name != "percent"}
    return {
        "substance": row["substance"],
        "found": FOUND[row["found"]],
        "amount_percent": _figure("percent", row["percent"]),
        **figures,
    }


def _figure(name: str, text: str) -> float | None:
    """A figure; a comma may stand for the point, and a per cent sign behind it."""
    plain = text.removesuffix("%").strip().replace(",", ".")
    try:
        return lab_csv.figure(name, plain)
    except AccessError as error:
        label = FIGURES[name]
        raise AccessError(f"{label}: a number such as 4.2 is wanted, not {text[:20]!r}") from error


def _plain(text: str) -> str:
    return " ".join(text.split())
