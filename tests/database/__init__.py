"""The database as tests use it."""
