"""One blueprint for each subject of the table."""
