"""What is worth telling a person: one rule per file, pure, found by itself."""
