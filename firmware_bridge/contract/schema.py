"""JSON Schema of every message, made from the classes themselves (draft 2020-12).

`python -m firmware_bridge.contract.schema FOLDER` writes the files that docs/contract holds; a test
fails when they are out of date.
"""

import json
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from firmware_bridge.contract.access import AccessTable
from firmware_bridge.contract.codec import MAX_ITEMS, MAX_TEXT
from firmware_bridge.contract.messages import (
    BODIES,
    SCHEMA_VERSION,
    Acknowledgement,
    BridgeStatus,
    Envelope,
)

Schema = dict[str, Any]

_SIMPLE: dict[Any, Schema] = {
    str: {"type": "string", "maxLength": MAX_TEXT},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
}


def schemas() -> dict[str, Schema]:
    """Every schema by file name."""
    made = {f"{kind}.schema.json": _message(kind) for kind in BODIES}
    made["status.schema.json"] = _versioned(_record(BridgeStatus))
    made["ack.schema.json"] = _versioned(_record(Acknowledgement))
    made["access.schema.json"] = _versioned(_record(AccessTable))
    return made


def write(folder: Path) -> None:
    """Write every schema into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (folder / name).write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")


def _message(kind: str) -> Schema:
    envelope = _record(Envelope, instead={"body": _record(BODIES[kind])})
    envelope["properties"]["kind"] = {"const": kind}
    envelope["required"].append("kind")
    return _versioned(envelope)


def _versioned(schema: Schema) -> Schema:
    schema["properties"]["v"] = {"const": SCHEMA_VERSION}
    schema["required"].append("v")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _record(record: type, instead: dict[str, Schema] | None = None) -> Schema:
    hints = get_type_hints(record)
    replaced = instead or {}
    return {
        "type": "object",
        "title": record.__name__,
        "description": (record.__doc__ or "").split("\n\n")[0].replace("\n    ", " "),
        "properties": {
            field.name: replaced.get(field.name) or _schema(hints[field.name])
            for field in fields(record)
        },
        "required": [field.name for field in fields(record) if "since" not in field.metadata],
    }


def _schema(annotation: Any) -> Schema:  # noqa: ANN401 - any annotation of messages.py
    if annotation in _SIMPLE:
        return dict(_SIMPLE[annotation])
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "maxItems": MAX_ITEMS, "items": _schema(arguments[0])}
    if origin is UnionType:
        inner = [_schema(argument) for argument in arguments if argument is not NoneType]
        return {"anyOf": [*inner, {"type": "null"}]}
    if is_dataclass(annotation) and isinstance(annotation, type):
        return _record(annotation)
    raise TypeError(f"no schema for {annotation!r}: messages are made of simpler things")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
