"""Figures for other systems: rows behind a durable outbox."""
