"""What a learner does already: tasks from other walks of life, picked from a list and kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import guests
from accounts.models import User
from careers.models import Task, TaskChoice
from careers.models.tasks import Proves


@dataclass(frozen=True, slots=True)
class Offer:
    """All tasks on offer, those the learner picked, and the walks of life they come from."""

    tasks: list[Task]
    chosen: list[Task]
    walks: list[str]

    @property
    def counted(self) -> dict[str, int]:
        """How many of the picked tasks count for each role, and how many of them for both."""
        proofs = [task.proves for task in self.chosen]
        both = proofs.count(Proves.BOTH)
        return {
            "product": proofs.count(Proves.PRODUCT) + both,
            "project": proofs.count(Proves.PROJECT) + both,
            "both": both,
        }


def offer(learner: User | None) -> Offer:
    """Return the tasks and what the learner picked of them (2 queries; 1 for a visitor)."""
    tasks = list(Task.objects.offered())
    picked = set(learner.task_choices.values_list("task_id", flat=True)) if learner else set()
    return Offer(
        tasks, [task for task in tasks if task.pk in picked], list(dict.fromkeys(t.walk for t in tasks))
    )


@transaction.atomic
def choose(*, user: User, shown: Collection[str], chosen: Collection[str], now: datetime) -> None:
    """Keep which of the shown tasks (by key) a learner does; tasks that were not shown stay as they were."""
    offered = Task.objects.offered().values_list("key", "pk")
    ids = {key: pk for key, pk in offered if key in shown}
    wanted = {pk for key, pk in ids.items() if key in chosen}
    user.task_choices.filter(task_id__in=set(ids.values()) - wanted).delete()
    rows = [TaskChoice(user=user, task_id=pk, chosen_at=now) for pk in sorted(wanted)]
    TaskChoice.objects.bulk_create(rows, ignore_conflicts=True)
    guests.seen(user, now=now)


def inherit(*, guest: User, user: User) -> None:
    """Give a guest's picked tasks to an account; those picked by both stay once, as the account has them."""
    own = user.task_choices.values("task_id")
    guest.task_choices.filter(task_id__in=own).delete()
    guest.task_choices.update(user=user)
