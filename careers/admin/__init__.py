"""Where editors change what is asked. What a person answered has no page here; see careers.models.PRIVATE."""

from careers.admin import instrument, paths

__all__ = ["instrument", "paths"]
