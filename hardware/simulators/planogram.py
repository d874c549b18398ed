"""What stands in which selection of a simulated machine."""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from hardware.errors import SimulatorError


class Selection(BaseModel):
    """One selection, in the words of EVA-DTS 6.1.1.

    Attributes:
        selection: its id, at most six characters (PA101).
        product: product text (PA103).
        capacity: how many it holds (PA104).
        par: to how many it is filled as a rule (PA105).
        minimum: at this level it counts as low (PA109).
        price_cents: its price (PA102).
        vend: "free" counts as free vend (PA4, by card, key or code); "paid" counts as paid vend
            (PA2), which includes a price of zero.
        popularity: how often it is chosen, relative to the others.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    selection: Annotated[str, Field(pattern=r"^[A-Za-z0-9 ]{1,6}$")]
    product: Annotated[str, Field(pattern=r"^[ -)+-~]{0,40}$")]
    capacity: Annotated[int, Field(ge=1, le=999)]
    par: Annotated[int, Field(ge=0, le=999)]
    minimum: Annotated[int, Field(ge=0, le=999)]
    price_cents: Annotated[int, Field(ge=0, le=100_000)] = 0
    vend: Literal["free", "paid"] = "paid"
    popularity: Annotated[float, Field(ge=0)] = 1.0


def load(path: Path) -> tuple[Selection, ...]:
    """A planogram of your own: a JSON list of objects with the fields of `Selection`.

    Raises:
        SimulatorError: it can't be read or does not fit; the message names file, key and value.
    """
    try:
        rows = TypeAdapter(tuple[Selection, ...]).validate_python(
            tuple(json.loads(path.read_text(encoding="utf-8")))
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(step) for step in first["loc"])
        raise SimulatorError(f"{path}: {key}, value {first['input']!r}: {first['msg']}") from error
    except (OSError, ValueError, TypeError) as error:
        raise SimulatorError(f"{path}: is no planogram: {error}") from error
    names = [row.selection for row in rows]
    if not rows or len(set(names)) != len(names):
        raise SimulatorError(f"{path}: a planogram needs selections, each name once; got {names}")
    return rows


def chosen(
    path: Path | None, otherwise: tuple[Selection, ...] | None = None
) -> tuple[Selection, ...]:
    """The planogram of a file, or without one `otherwise`, or else the usual one.

    Raises:
        SimulatorError: as for `load`.
    """
    if path is not None:
        return load(path)
    return DEFAULT if otherwise is None else otherwise


def _supply(
    selection: str, product: str, capacity: int, vend: Literal["free", "paid"], popularity: float
) -> Selection:
    return Selection(
        selection=selection,
        product=product,
        capacity=capacity,
        par=capacity,
        minimum=max(2, capacity // 5),
        vend=vend,
        popularity=popularity,
    )


DEFAULT = (
    _supply("A1", "Naloxone nasal 4 mg", 12, "free", 1.6),
    _supply("A2", "Naloxone IM kit", 10, "free", 0.8),
    _supply("A3", "Fentanyl strips", 20, "free", 1.4),
    _supply("A4", "Xylazine strips", 20, "free", 0.9),
    _supply("B1", "Safer smoking kit", 15, "paid", 1.5),
    _supply("B2", "Sterile syringes 10-pack", 15, "paid", 1.2),
    _supply("B3", "Condoms", 25, "paid", 0.8),
    _supply("C1", "Wound care kit", 10, "paid", 0.6),
    _supply("C2", "Water", 16, "paid", 1.0),
    _supply("C3", "Hygiene kit", 12, "paid", 0.9),
)
"""Supplies as harm reduction programmes stock them; none costs the person anything."""
