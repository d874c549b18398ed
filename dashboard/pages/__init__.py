"""One blueprint for each subject."""
