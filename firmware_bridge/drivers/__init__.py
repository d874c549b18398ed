"""One file per device family, pure: feed bytes, get readings."""
