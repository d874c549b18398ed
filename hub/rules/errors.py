"""The errors of rules and alerts.

HubError
├── RuleShapeError              a rule module is not what a rule must be (also TypeError)
└── ConfigError
    └── UnknownRuleError        settings name a rule that does not exist
"""

from hub.errors import ConfigError, HubError


class RuleShapeError(HubError, TypeError):
    """A module in hub/rules/ is not what a rule must be; says which and what is missing."""


class UnknownRuleError(ConfigError):
    """Settings name a rule that does not exist; says which, and which there are."""
