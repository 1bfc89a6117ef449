"""Bringing along what a guest did in this room when they log in to an account."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from careers import again, already, assessment, plans


@transaction.atomic
def inherit(*, guest: User, user: User, now: datetime) -> None:
    """Move what a guest did to an account. Called through GUEST_HEIRS, with both rows locked.

    - Fit checks: all come, numbered after the account's own, so that the guest's last is the current one;
      those without an answer go. Answers, results and reactions hang on them.
    - Modules after which one does not want to be asked again: those of both.
    - Picked tasks: what either picked is picked.
    - Plans: of a plan that both follow, the steps that either ticked are done, and the earlier day counts.
    """
    assessment.inherit(guest=guest, user=user)
    again.inherit(guest=guest, user=user)
    already.inherit(guest=guest, user=user)
    plans.inherit(guest=guest, user=user)
