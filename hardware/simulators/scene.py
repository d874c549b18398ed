"""What stands before a simulated instrument: nothing, a shutter, a sample."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hardware.errors import RequestError
from hardware.simulators import requests
from hardware.simulators.device import Reply, Request

Load = Literal["clean", "dark", "sample", "measured"]


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands before the instrument.

    Attributes:
        load: "clean" is the bare crystal (background), "dark" the shutter, "sample" a mixture,
            "measured" the counts of a file.
        parts: the mixture: name in the band table, mass fraction.
        unknown: mass fraction of a substance that is in no table.
        unknown_seed: which unknown substance.
        contact: how well the sample touches the crystal; 1 is well, 0.1 poorly.
        file: the measured file.
        column: its column of counts; "" finds one.
    """

    load: Load = "clean"
    parts: dict[str, float] = field(default_factory=dict)
    unknown: float = 0.0
    unknown_seed: int = 1
    contact: float = 1.0
    file: Path | None = None
    column: str = ""

    def told(self) -> Reply:
        """As a reply on the control channel."""
        if self.load == "measured":
            return {"load": self.load, "file": str(self.file)}
        if self.load != "sample":
            return {"load": self.load}
        return {
            "load": self.load,
            "mixture": self.parts,
            "unknown": self.unknown,
            "contact": self.contact,
        }


def from_request(request: Request) -> Scene:
    """The scene that a control request describes.

    {"load": "clean"}, {"load": "dark"}, {"file": ..., "column": ...}, or {"mixture": {...},
    "unknown": 0.2, "unknown_seed": 1, "contact": 1.0}, where each of the last is optional.

    Raises:
        RequestError: it describes none.
    """
    if "load" in request:
        load = requests.choice(request, "load", ("clean", "dark"))
        return Scene(load="dark" if load == "dark" else "clean")
    if "file" in request:
        file = Path(requests.text(request, "file"))
        return Scene(load="measured", file=file, column=requests.text(request, "column", ""))
    if "mixture" not in request and "unknown" not in request:
        raise RequestError('a scene needs "load", "mixture", "unknown" or "file"')
    parts = requests.fractions(request, "mixture") if "mixture" in request else {}
    return Scene(
        load="sample",
        parts=parts,
        unknown=requests.number(request, "unknown", 0.0, least=0, most=1),
        unknown_seed=requests.whole(request, "unknown_seed", 1, least=0, most=1_000_000),
        contact=requests.number(request, "contact", 1.0, least=0, most=2),
    )
