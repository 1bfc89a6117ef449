"""Where editors write: every content table in the Django admin."""

from courses.admin import drill, knowledge, media, outline, questions, shipped, versions, waiting

__all__ = ["drill", "knowledge", "media", "outline", "questions", "shipped", "versions", "waiting"]
