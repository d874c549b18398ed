"""The rules that there are: every module of hub/rules/ with a `RULE`. No list is kept anywhere."""

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import hub.rules
from hub.rules.base import Judge, Rule
from hub.rules.errors import RuleShapeError, UnknownRuleError


@dataclass(frozen=True, slots=True)
class FoundRule:
    """A rule's name card and its judgement."""

    rule: Rule
    judge: Judge


@cache
def find_rules() -> dict[str, FoundRule]:
    """Every rule by name, in order of name.

    Raises:
        RuleShapeError: a module has a `RULE` that is none, lacks `judge`, or doubles a name.
    """
    found: dict[str, FoundRule] = {}
    for info in pkgutil.iter_modules(hub.rules.__path__, f"{hub.rules.__name__}."):
        module = importlib.import_module(info.name)
        if not hasattr(module, "RULE"):
            continue
        card = _require_rule(module)
        if card.rule.name in found:
            raise RuleShapeError(f"{info.name}: another rule is named {card.rule.name!r} already")
        found[card.rule.name] = card
    return dict(sorted(found.items()))


def _require_rule(module: ModuleType) -> FoundRule:
    rule, judge = module.RULE, getattr(module, "judge", None)
    if not isinstance(rule, Rule):
        raise RuleShapeError(f"{module.__name__}: RULE must be a hub.rules.base.Rule")
    if not callable(judge):
        raise RuleShapeError(f"{module.__name__}: a rule needs judge(facts, settings, now_ms)")
    return FoundRule(rule, judge)


def require_known(names: Iterable[str], where: str, known: Iterable[str]) -> None:
    """Refuse settings for rules that do not exist.

    Args:
        names: what settings call rules.
        where: which setting, for the message.
        known: the rules that there are.

    Raises:
        UnknownRuleError: one of the names is no rule.
    """
    there = list(known)
    for name in names:
        if name not in there:
            raise UnknownRuleError(f"{where}: no rule {name!r}; there are {', '.join(there)}")
