"""Telling people: channels behind a durable outbox."""
