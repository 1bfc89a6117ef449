"""Tables of what is taught.

Editors edit the draft rows (`Course` … `Choice`, `Fact`, `GlossaryTerm`); learners see immutable `Version`s
through the `live_version` pointer of each row. Identity is (course, key): keys never change and are never
reused, rows are archived, not deleted.
"""

from courses.models.changes import ContentChange
from courses.models.drill import Advert, AdvertDuty, DrillSentence, DrillTrap, Label
from courses.models.exchange import ShippedContent, Upload
from courses.models.knowledge import Fact, GlossaryTerm, Misconception, Source
from courses.models.media import MediaAsset
from courses.models.outline import Course, Lesson, Module, Objective
from courses.models.questions import Choice, Question, Quiz, QuizPool
from courses.models.releases import PublishJob, ReviewRequest
from courses.models.search import SearchEntry, SearchWord
from courses.models.versions import Version, Versioned

__all__ = [
    "Advert",
    "AdvertDuty",
    "Choice",
    "ContentChange",
    "Course",
    "DrillSentence",
    "DrillTrap",
    "Fact",
    "GlossaryTerm",
    "Label",
    "Lesson",
    "MediaAsset",
    "Misconception",
    "Module",
    "Objective",
    "PublishJob",
    "Question",
    "Quiz",
    "QuizPool",
    "ReviewRequest",
    "SearchEntry",
    "SearchWord",
    "ShippedContent",
    "Source",
    "Upload",
    "Version",
    "Versioned",
]
