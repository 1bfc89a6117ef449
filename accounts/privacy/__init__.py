"""A person's own data: where it is, a copy to take along, and the end of it.

What becomes of each table stands in `portal/personal_data.py`; the rooms above say in words what their rows
mean (`settings.PRIVACY_SOURCES`).
"""
