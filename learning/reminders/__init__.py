"""Reminders: what a learner asked for, when it is due, whether it is still wanted, and how it reads."""
