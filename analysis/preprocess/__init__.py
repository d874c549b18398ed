"""Preprocessing: one step per file, each from arrays to arrays, gathered in a `Recipe`."""
