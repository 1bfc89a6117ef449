"""Tables of what learners have done. Every row belongs to one person.

`Answer`, `LessonProgress`, `Attempt`, `ReviewLog` and `DrillAnswer` are the record; `LearningEvent` is the
append-only ledger that points to them; `DailyActivity`, `ReviewCard` and the counts on `Enrollment` are
caches that `check_progress` can recompute. `Certificate` is what came of it, with its facts fixed.
"""

from learning.models.attempts import Answer, Attempt, AttemptQuestion
from learning.models.certificates import Certificate, IssuedAddress
from learning.models.cohorts import Cohort, CohortMember
from learning.models.drill import DrillAnswer
from learning.models.items import ItemSummary
from learning.models.notes import Bookmark, Note
from learning.models.progress import DailyActivity, Enrollment, LearningEvent, LessonProgress, WeekGoal
from learning.models.regrades import Accommodation, RegradeRecord
from learning.models.reminders import DigestTrial, ReminderContract, ReminderKind
from learning.models.reports import ContentReport
from learning.models.review import ReviewCard, ReviewLog, ReviewPlan
from learning.models.rollups import CountedDay, DailyTotal

__all__ = [
    "Accommodation",
    "Answer",
    "Attempt",
    "AttemptQuestion",
    "Bookmark",
    "Certificate",
    "Cohort",
    "CohortMember",
    "ContentReport",
    "CountedDay",
    "DailyActivity",
    "DailyTotal",
    "DigestTrial",
    "DrillAnswer",
    "Enrollment",
    "IssuedAddress",
    "ItemSummary",
    "LearningEvent",
    "LessonProgress",
    "Note",
    "RegradeRecord",
    "ReminderContract",
    "ReminderKind",
    "ReviewCard",
    "ReviewLog",
    "ReviewPlan",
    "WeekGoal",
]
