"""One device and all that belongs to it: its line or folder, its pipeline, its way out."""
