"""Tables of what learners have done. Every row belongs to one person.

`Answer`, `LessonProgress` and `Attempt` are the record; `LearningEvent` is the append-only ledger that points
to them; `DailyActivity` and the counts on `Enrollment` are caches that `check_progress` can recompute.
"""

from learning.models.attempts import Answer, Attempt, AttemptQuestion
from learning.models.progress import DailyActivity, Enrollment, LearningEvent, LessonProgress, WeekGoal
from learning.models.reminders import ReminderContract, ReminderKind

__all__ = [
    "Answer",
    "Attempt",
    "AttemptQuestion",
    "DailyActivity",
    "Enrollment",
    "LearningEvent",
    "LessonProgress",
    "ReminderContract",
    "ReminderKind",
    "WeekGoal",
]
