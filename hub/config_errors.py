"""Saying in one sentence what is wrong with a configuration."""

import difflib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

_MAX_SHOWN = 80


def explain(path: Path, error: ValidationError, root: type[BaseModel]) -> str:
    """One message for all that is wrong: file, key, value, and what is accepted."""
    return "\n".join(_sentence(path, details, root) for details in error.errors())


def _sentence(path: Path, details: ErrorDetails, root: type[BaseModel]) -> str:
    key = ".".join(str(part) for part in details["loc"])
    if details["type"] == "extra_forbidden":
        return f"{path}: there is no setting {key!r}; {_known(details, root)}"
    if details["type"] == "missing":
        return f"{path}: the setting {key!r} is missing"
    said = details["msg"].removeprefix("Value error, ")
    value = repr(details["input"])[:_MAX_SHOWN]
    if isinstance(details["input"], dict | BaseModel):
        return f"{path}: {key or 'the file'}: {said}"
    return f"{path}: {key} = {value} can't be used: {_lower(said)}"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _known(details: ErrorDetails, root: type[BaseModel]) -> str:
    names = _names_at(details["loc"][:-1], root)
    near = difflib.get_close_matches(str(details["loc"][-1]), names, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"accepted here: {', '.join(names)}"


def _names_at(location: tuple[int | str, ...], root: type[BaseModel]) -> list[str]:
    """The settings of the section at this place."""
    model: type[BaseModel] = root
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            model = _section(model.model_fields[part].annotation) or model
    return sorted(model.model_fields)


def _section(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - any annotation
    """The section class in an annotation such as `tuple[X, ...]` or `dict[str, X]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = getattr(annotation, "__args__", ())
    return next((found for part in inner if (found := _section(part))), None)
