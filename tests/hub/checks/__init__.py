"""Checks as records at the hub."""
