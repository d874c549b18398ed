"""The pages: what staff, technicians and coordinators see and do. Reads and acts through `hub`.

`create_app` loads when it is first asked for: the table's pages, on a small computer, live in this
package too and need none of it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboard.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> object:
    """Load the face when it is first asked for (PEP 562)."""
    if name != "create_app":
        raise AttributeError(f"module 'dashboard' has no attribute {name!r}")
    from dashboard.app import create_app  # noqa: PLC0415 - see above

    return create_app
