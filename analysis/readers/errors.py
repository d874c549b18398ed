"""The errors of the file readers.

AnalysisError
└── UnreadableError             a file that can't be read (also ValueError)
    └── ReaderError             the same, with the place and the reason
        └── UnsupportedError    whole as far as one can see, but of a kind that is not read
"""

from analysis.errors import UnreadableError


class ReaderError(UnreadableError):
    """A file is no spectrum that can be trusted; nothing of it is used.

    Args:
        reason: what is wrong, and what to do where that is known.
        line: the line it was found in, counted from 1; None where there are no lines.
        byte: the byte it was found at, counted from 0.
    """

    def __init__(self, reason: str, *, line: int | None = None, byte: int | None = None) -> None:
        where = f"line {line}: " if line is not None else ""
        where = where or (f"byte {byte}: " if byte is not None else "")
        super().__init__(where + reason)
        self.reason = reason
        self.line = line
        self.byte = byte


class UnsupportedError(ReaderError):
    """The file may well be sound, but this kind of data is not read."""
