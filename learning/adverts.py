"""Reading job adverts: which job the duties really make. Pure; nothing that somebody marks is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import AdvertDuty

SIDES = ("product", "project", "other")
WORDS = {
    "product": gettext_lazy("product"),
    "project": gettext_lazy("project"),
    "other": gettext_lazy("other"),
}
"""The sides as they stand in a sentence."""
LARGEST = {
    "product": gettext_lazy("This “PM” is %(per_cent)s%% product."),
    "project": gettext_lazy("This “PM” is %(per_cent)s%% project."),
    "other": gettext_lazy("This “PM” is %(per_cent)s%% other."),
}


@dataclass(frozen=True, slots=True)
class Marked:
    """A duty, what the reader called it (empty: nothing), and what we call it."""

    duty: AdvertDuty
    given: str

    @property
    def word(self) -> str:
        """What the reader called it, as it stands in a sentence."""
        return str(WORDS.get(self.given, ""))

    @property
    def agrees(self) -> bool:
        """Whether reader and we call it the same."""
        return self.given == self.duty.side


@dataclass(frozen=True, slots=True)
class Reading:
    """An advert with its duties marked."""

    duties: tuple[Marked, ...]

    @property
    def agreed(self) -> int:
        """On how many duties reader and we agree."""
        return sum(marked.agrees for marked in self.duties)

    @property
    def shares(self) -> list[tuple[str, int, int]]:
        """Each side that occurs with its number of duties and per cent of all, the largest first."""
        counts = [(side, sum(marked.duty.side == side for marked in self.duties)) for side in SIDES]
        total = len(self.duties)
        shares = [(side, count, round(100 * count / total)) for side, count in counts if count]
        return sorted(shares, key=lambda share: -share[1])

    @property
    def told(self) -> list[str]:
        """The shares, each as a sentence."""
        return [
            _("%(side)s: %(count)s of %(duties)s duties, %(per_cent)s%%.")
            % {
                "side": capfirst(WORDS[side]),
                "count": count,
                "duties": len(self.duties),
                "per_cent": per_cent,
            }
            for side, count, per_cent in self.shares
        ]

    @property
    def words(self) -> str:
        """The shares as one sentence, such as: This “PM” is 70% project."""
        largest = self.shares[0]
        level = [share for share in self.shares if share[1] == largest[1] and share[0] != "other"]
        if len(level) > 1:
            return _("This “PM” is as much product as project: %(per_cent)s%% each.") % {
                "per_cent": largest[2]
            }
        return str(LARGEST[largest[0]] % {"per_cent": largest[2]})


def read(duties: Sequence[AdvertDuty], given: Mapping[str, str]) -> Reading:
    """Compare what a reader marked, by key of the duty, with ours. Anything unknown counts as not marked."""
    return Reading(
        tuple(Marked(duty, side if (side := given.get(duty.key, "")) in SIDES else "") for duty in duties)
    )
