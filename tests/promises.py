"""What the docs must speak of, asked of the program itself: commands, settings, words, devices."""

import importlib
import re
from collections.abc import Iterator
from types import UnionType
from typing import Any, get_args, get_origin

import click
from pydantic import BaseModel

from firmware_bridge.contract import messages, topics
from firmware_bridge.drivers import registry
from hardware import profile
from hub.rules.find import find_rules
from tests.conftest import ROOT
from tests.source import PACKAGES, files_below


def cli_commands() -> dict[str, click.Command]:
    """Every command by the words that start it, the front door itself first."""
    root = importlib.import_module("harborlight").main
    return dict(_walk("harborlight", root))


def _walk(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None, f"{path} lists {name}, but has no such command"
            if not child.hidden:
                yield from _walk(f"{path} {name}", child)


def settings() -> dict[str, set[str]]:
    """Every setting by the place where it is set: each configuration file, and profiles."""
    found = {f"{place}.toml": set[str]() for place, _ in _configurations()}
    for place, model in _configurations():
        found[f"{place}.toml"] |= set(_names(model))
    return found | {"profile": set(_names(profile.Profile))}


def driver_settings() -> dict[str, set[str]]:
    """Every driver by name, with what it can be told."""
    return {name: set(_names(registry.find(name).settings_model)) for name in registry.names()}


def _configurations() -> Iterator[tuple[str, type[BaseModel]]]:
    for file in sorted(ROOT.glob("*/config.py")):
        module = importlib.import_module(f"{file.parent.name}.config")
        for model in vars(module).values():
            if isinstance(model, type) and issubclass(model, BaseModel):
                yield file.parent.name, model


def _names(model: type[BaseModel], seen: frozenset[type] = frozenset()) -> Iterator[str]:
    if model in seen:
        return
    for name, field in model.model_fields.items():
        yield field.alias or name
        for inner in _models(field.annotation):
            yield from _names(inner, seen | {model})


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and not get_args(annotation):
        if issubclass(annotation, BaseModel):
            yield annotation
    elif get_origin(annotation) is UnionType or get_args(annotation):
        for inner in get_args(annotation):
            yield from _models(inner)


def topic_shapes() -> set[str]:
    """The topics, in the capital letters of the contract's own docstring."""
    lines = (topics.__doc__ or "").splitlines()
    return {line.split()[0] for line in lines if line.startswith(topics.ROOT)}


def message_kinds() -> set[str]:
    """Every kind of message that a bridge sends."""
    return set(messages.BODIES)


def rules() -> set[str]:
    """Every rule by its name."""
    return set(find_rules())


def environment_variables() -> set[str]:
    """Every variable of ours that the program, the scripts or the tests look at."""
    files = files_below(*PACKAGES, "harborlight.py", "scripts", "tests")
    texts = (file.read_bytes().decode(errors="replace") for file in files)
    return {
        name for text in texts for name in re.findall(r"\bHARBORLIGHT_[A-Z][A-Z_]*[A-Z]\b", text)
    }
