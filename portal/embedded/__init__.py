"""The database, the broker and the mail sink that run under DATA_DIR when nobody names other ones."""
