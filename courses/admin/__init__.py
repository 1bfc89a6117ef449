"""Where editors write: every content table in the Django admin."""

from courses.admin import knowledge, outline, questions, versions

__all__ = ["knowledge", "outline", "questions", "versions"]
