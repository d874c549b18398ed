"""Reading control requests: one function per kind of value, each with a clear refusal."""

from hardware.errors import RequestError
from hardware.simulators.device import Request


def text(request: Request, key: str, default: str | None = None) -> str:
    """The text under `key`.

    Raises:
        RequestError: it is missing (and there is no default) or no text.
    """
    value = request.get(key, default)
    if not isinstance(value, str):
        raise RequestError(f'"{key}" must be a text, got {value!r}')
    return value


def number(
    request: Request,
    key: str,
    default: float | None = None,
    *,
    least: float = float("-inf"),
    most: float = float("inf"),
) -> float:
    """The number under `key`, from `least` to `most`.

    Raises:
        RequestError: it is missing (and there is no default), no number, or out of range.
    """
    value = request.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RequestError(f'"{key}" must be a number, got {value!r}')
    if not least <= value <= most:
        raise RequestError(f'"{key}" must be from {least:g} to {most:g}, got {value!r}')
    return float(value)


def whole(request: Request, key: str, default: int | None = None, *, least: int, most: int) -> int:
    """The whole number under `key`, from `least` to `most`.

    Raises:
        RequestError: as `number`, or it has a fraction.
    """
    value = number(request, key, default, least=least, most=most)
    if not value.is_integer():
        raise RequestError(f'"{key}" must be a whole number, got {value!r}')
    return int(value)


def choice(
    request: Request, key: str, accepted: tuple[str, ...], default: str | None = None
) -> str:
    """The word under `key`, one of `accepted`.

    Raises:
        RequestError: it is missing (and there is no default) or none of them.
    """
    value = request.get(key, default)
    if value not in accepted or not isinstance(value, str):
        raise RequestError(f'"{key}" must be one of {", ".join(accepted)}; got {value!r}')
    return value


def fractions(request: Request, key: str) -> dict[str, float]:
    """The parts of a mixture under `key`: name to mass fraction, at most 1 in all.

    Raises:
        RequestError: it is missing, or is none.
    """
    value = request.get(key)
    if not isinstance(value, dict):
        raise RequestError(f'"{key}" must be an object of name and mass fraction, got {value!r}')
    parts = {str(name): number(value, str(name), least=0, most=1) for name in value}
    if sum(parts.values()) > 1 + 1e-9:
        raise RequestError(f'"{key}" adds up to {sum(parts.values()):g}; at most 1 is accepted')
    return parts
