"""Bytes to frames: pure, and bounded whatever the bytes are."""
