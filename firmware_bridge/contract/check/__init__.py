"""The check of one sample as a record: what is entered, what follows from it, and what is said.

Standard library only: bridge, hub and dashboard share it, so that the card of a table without a
network says what the page of the programme says.
"""
