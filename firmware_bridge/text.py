"""Words that came from a device, made fit for a message: one line, printable, bounded."""

UNPRINTABLE = "?"


def told(text: str, limit: int) -> str:
    """The text as a message may carry it.

    Args:
        text: what a device, a file or a person said.
        limit: characters kept at most.
    """
    if text.isprintable():
        return text[:limit]
    return "".join(letter if letter.isprintable() else UNPRINTABLE for letter in text[:limit])
