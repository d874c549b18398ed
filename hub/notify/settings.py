"""What a programme can set about notifications."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from hub.paths import FilePath

Severity = Literal["info", "warning", "critical"]


class NotifyChannel(BaseModel):
    """One `[[notify]]` entry of the hub's configuration: who is told, by what, about what.

    The channel `log` is always there and needs no entry.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,39}$",
        description="Your own short name for the channel, such as 'coordinators'.",
    )
    kind: Literal["apprise"] = Field(
        default="apprise", description="The means: apprise reaches e-mail, SMS, Matrix, ntfy ..."
    )
    url_file: FilePath = Field(
        description="File whose first line is the apprise URL: it holds a secret, and is therefore "
        "not written into the configuration. Let only the hub's user read it."
    )
    at_least: Severity = Field(default="warning", description="Less severe alerts are not sent.")
    sites: tuple[str, ...] = Field(default=(), description="Only these sites; empty: all.")
    rules: tuple[str, ...] = Field(default=(), description="Only these rules; empty: all.")
    timeout_s: float = Field(
        default=20.0, gt=0, le=120, description="How long one attempt may take, seconds."
    )
    max_tries: int = Field(
        default=8,
        ge=1,
        le=50,
        description="Attempts, ever further apart (5 s, 10 s, 20 s, ... 1 h), until it is given up "
        "and shown as undelivered.",
    )
