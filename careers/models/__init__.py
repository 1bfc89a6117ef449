"""Tables of the careers room: what is asked, and what one person answered.

What is asked (`Instrument` … `ItemOption`, `Task`, `Plan`, `PlanStep`) comes with the content files and is
edited in the admin. What a person answered (`ResponseSet` … `PlanTick`) has no admin page, no list and no
export but the person's own; tests/careers/test_private.py walks the admin and holds that.
"""

from careers.models.instrument import Instrument, Item, ItemOption, Scale
from careers.models.plans import Plan, PlanFollowed, PlanStep, PlanTick
from careers.models.responses import AskedAgainSkipped, PreviewReaction, Response, ResponseSet, Result
from careers.models.tasks import Task, TaskChoice

PRIVATE = (
    ResponseSet,
    Response,
    Result,
    AskedAgainSkipped,
    PreviewReaction,
    TaskChoice,
    PlanFollowed,
    PlanTick,
)
"""What only the person sees whose rows they are."""

__all__ = [
    "PRIVATE",
    "AskedAgainSkipped",
    "Instrument",
    "Item",
    "ItemOption",
    "Plan",
    "PlanFollowed",
    "PlanStep",
    "PlanTick",
    "PreviewReaction",
    "Response",
    "ResponseSet",
    "Result",
    "Scale",
    "Task",
    "TaskChoice",
]
