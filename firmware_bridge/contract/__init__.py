"""The words that bridge, hub and dashboard share; standard library only."""
