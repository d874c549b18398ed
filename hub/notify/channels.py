"""The channels that there are: the log, and whatever apprise can reach."""

import urllib.parse
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from hub.notify.errors import DeliveryError
from hub.notify.message import LOG_CHANNEL
from hub.notify.settings import NotifyChannel

_log = structlog.get_logger("harborlight.alerts")


class Channel(Protocol):
    """Something that takes a message for people."""

    @property
    def max_tries(self) -> int:
        """After so many attempts a message is given up."""

    def send(self, subject: str, body: str) -> None:
        """Hand over one message.

        Raises:
            DeliveryError: it was not taken.
        """


@dataclass(frozen=True, slots=True)
class LogChannel:
    """Writes messages to the hub's log."""

    max_tries: int = 1

    def send(self, subject: str, body: str) -> None:
        """One line of the log; the body's lines are a field of it."""
        _log.warning(subject, body=body)


@dataclass(frozen=True, slots=True)
class AppriseChannel:
    """Any service that apprise reaches: https://github.com/caronc/apprise/wiki.

    The URL is read for every message, so that a corrected file needs no restart.
    """

    settings: NotifyChannel

    @property
    def max_tries(self) -> int:
        """After so many attempts a message is given up."""
        return self.settings.max_tries

    def send(self, subject: str, body: str) -> None:
        """Hand over one message.

        Raises:
            DeliveryError: the URL can't be used, or the service did not take it.
        """
        library = _load_apprise()
        service = self._service(library)
        with library.LogCapture(level=library.logging.WARNING) as said:
            try:
                taken = service.notify(body=body, title=subject)
            except Exception as error:  # 170 plugins of others: any may raise anything
                raise DeliveryError(f"apprise failed: {type(error).__name__}") from error
            words = said.getvalue()
        if not taken:
            raise DeliveryError(self._without_secrets(words) or "the service did not take it")

    def _service(self, library: Any) -> Any:  # noqa: ANN401 - apprise has no types
        service = library.Apprise.instantiate(self._url(), suppress_exceptions=True)
        if service is None:
            raise DeliveryError(
                f"{self.settings.url_file}: its first line is no URL that apprise knows"
            )
        service.socket_connect_timeout = self.settings.timeout_s
        service.socket_read_timeout = self.settings.timeout_s
        return service

    def _url(self) -> str:
        path = self.settings.url_file
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError) as error:
            raise DeliveryError(f"{path} can't be read: {error}") from error
        if not lines or not lines[0].strip():
            raise DeliveryError(f"{path}: its first line must be an apprise URL; it is empty")
        return lines[0].strip()

    def _without_secrets(self, words: str) -> str:
        """What the service said, without any part of the URL that could be a secret."""
        split = urllib.parse.urlsplit(self._url())
        parts = [split.username, split.password, *split.path.split("/"), split.query]
        for part in sorted({part for part in parts if part and len(part) >= 6}, key=len)[::-1]:
            words = words.replace(part, "***")
        return " ".join(words.split())[:500]


def _load_apprise() -> Any:  # noqa: ANN401 - apprise has no types
    """Half a second and 14 MB, and an extra: only who uses it pays."""
    try:
        import apprise
    except ImportError as error:
        raise DeliveryError(
            "a notify channel needs apprise, which is not installed: install harborlight[notify]"
        ) from error
    return apprise


def make_channels(settings: Iterable[NotifyChannel]) -> dict[str, Channel]:
    """Every channel by name; the log is always among them."""
    channels: dict[str, Channel] = {each.name: AppriseChannel(each) for each in settings}
    channels[LOG_CHANNEL] = LogChannel()
    return channels
