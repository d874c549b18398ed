"""Hears every bridge; keeps what they say, judges it, and tells the right people."""
