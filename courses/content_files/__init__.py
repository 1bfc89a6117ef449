"""The curriculum as files: their form, reading, writing, import and export."""
