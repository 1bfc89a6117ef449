"""The front hall's pages: landing, progress, help and legal pages, errors."""
