"""What showing something to learners does to them. The rooms above count it: settings.PUBLISH_IMPACTS."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.module_loading import import_string

from courses.models import Version, Versioned
from courses.versions import Snapshot


@dataclass(frozen=True, slots=True)
class Step:
    """One row on its way from what learners see of it (None: nothing yet) to something else."""

    row: Versioned
    before: Version | None
    after: Snapshot


@dataclass(slots=True)
class Impact:
    """What some steps together do to learners."""

    learners: int = 0
    """People who are enrolled in the courses concerned, guests included."""

    open_attempts: int = 0
    """Attempts not handed in yet that began with another version. They keep it."""

    regrades: int = 0
    """Handed-in answers that would get another credit if their attempts were graded again."""

    certificates: int = 0
    """Certificates of the courses concerned that are valid. They stay."""

    sections: Counter[int] = field(default_factory=Counter)
    """Completed lessons by how many of their sections would be new to the learner, if the change is major."""

    @property
    def completions(self) -> int:
        """How many completed lessons would have something new."""
        return self.sections.total()

    @property
    def news(self) -> list[tuple[int, int]]:
        """Numbers of sections with the completed lessons that would have so many, the fewest first."""
        return sorted(self.sections.items())


def of(steps: Sequence[Step]) -> Impact:
    """Ask the rooms above what the steps would do; nothing is changed. Their answers are added up."""
    found = Impact()
    for path in settings.PUBLISH_IMPACTS:
        part: Impact = import_string(path)(steps)
        found.learners = max(found.learners, part.learners)  # the same people
        found.open_attempts += part.open_attempts
        found.regrades += part.regrades
        found.certificates += part.certificates
        found.sections += part.sections
    return found
