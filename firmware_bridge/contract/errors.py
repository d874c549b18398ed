"""The errors of the contract.

ContractError                   everything this package raises (also ValueError)
├── TopicError                  a topic, or a name for one, is not ours
└── DecodeError                 a payload can't be taken
    ├── MalformedError          not JSON, too large, or not an object
    ├── UnknownVersionError     a schema version this program does not know
    ├── UnknownKindError        a message kind this program does not know
    └── FieldError              a field is missing or does not fit

Each carries `reason`, a short word that stays the same for ever: dead letters are counted by it.
"""


class ContractError(ValueError):
    """Everything that the contract raises on purpose."""

    reason = "contract"


class TopicError(ContractError):
    """A topic, or a name that shall become part of one, is not ours."""

    reason = "topic"


class DecodeError(ContractError):
    """A payload can't be taken."""

    reason = "decode"


class MalformedError(DecodeError):
    """The payload is no JSON object, or larger than a message may be."""

    reason = "malformed"


class UnknownVersionError(DecodeError):
    """The payload has a schema version that this program does not know."""

    reason = "unknown-version"


class UnknownKindError(DecodeError):
    """The payload has a kind that this program does not know."""

    reason = "unknown-kind"


class FieldError(DecodeError):
    """A field is missing or its value does not fit; the message names its path."""

    reason = "field"
