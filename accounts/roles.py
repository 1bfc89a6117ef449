"""Roles of staff: who may do what in the admin, as plain data. `manage.py prepare` writes it to the database.

A role is a group with a fixed set of rights. A right is only ever asked for by its own name, never by the
role's. A new table in the admin gets its line in RIGHTS; until then owners alone may open it.
"""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import User

OWNER = "owner"
ROLES = {
    OWNER: _("Owner: may do everything, and hands out the roles"),
    "editor": _("Editor: writes and publishes"),
    "reviewer": _("Reviewer: reads drafts and approves what others want to publish"),
    "analyst": _("Analyst: reads the numbers, changes nothing"),
    "support": _("Support: helps learners with accounts, invitations, mails and extra time"),
}
"""Each role in words, as the person's page shows it."""

MAY_ASSIGN = "accounts.assign_roles"
WRITE = "view add change"
RIGHTS: dict[str, dict[str, str]] = {
    # table: what a role may do with its rows. Owners may do everything and are not listed.
    # view, add, change, delete; any other word is a right of the table's own.
    "courses.course": {"editor": WRITE, "reviewer": "view", "analyst": "view"},
    "courses.module": {"editor": WRITE, "reviewer": "view", "analyst": "view"},
    "courses.lesson": {"editor": f"{WRITE} delete", "reviewer": "view", "analyst": "view"},
    "courses.objective": {"editor": WRITE, "reviewer": "view", "analyst": "view"},
    "courses.question": {"editor": f"{WRITE} delete", "reviewer": "view", "analyst": "view"},
    "courses.choice": {"editor": f"{WRITE} delete", "reviewer": "view", "analyst": "view"},
    "courses.quiz": {"editor": f"{WRITE} delete", "reviewer": "view", "analyst": "view"},
    "courses.quizpool": {"editor": f"{WRITE} delete", "reviewer": "view", "analyst": "view"},
    "courses.misconception": {"editor": f"{WRITE} delete", "reviewer": "view", "analyst": "view"},
    "courses.fact": {"editor": f"{WRITE} delete", "reviewer": "view"},
    "courses.source": {"editor": f"{WRITE} delete", "reviewer": "view"},
    "courses.glossaryterm": {"editor": f"{WRITE} delete", "reviewer": "view"},
    "courses.drillsentence": {"editor": WRITE, "reviewer": "view"},
    "courses.drilltrap": {"editor": f"{WRITE} delete", "reviewer": "view"},
    "courses.advert": {"editor": WRITE, "reviewer": "view"},
    "courses.advertduty": {"editor": f"{WRITE} delete", "reviewer": "view"},
    "courses.mediaasset": {"editor": f"{WRITE} delete", "reviewer": "view"},
    "courses.shippedcontent": {"editor": "view take_shipped", "reviewer": "view"},
    "courses.upload": {"editor": "import_questions import_package export_content"},
    "courses.version": {"editor": "view", "reviewer": "view"},
    "courses.publishjob": {"editor": "view", "reviewer": "view"},
    "courses.reviewrequest": {"editor": "view", "reviewer": "view approve_release"},
    "careers.instrument": {"editor": "view change", "reviewer": "view", "analyst": "view"},
    "careers.scale": {"editor": "view change", "reviewer": "view", "analyst": "view"},
    "careers.item": {"editor": WRITE, "reviewer": "view", "analyst": "view"},
    "careers.itemoption": {"editor": WRITE, "reviewer": "view", "analyst": "view"},
    "careers.task": {"editor": WRITE, "reviewer": "view"},
    "careers.plan": {"editor": "view change", "reviewer": "view"},
    "careers.planstep": {"editor": WRITE, "reviewer": "view"},
    "accounts.organisation": {"editor": "preview_texts"},
    "accounts.user": {"support": "view change look_in assist"},
    "accounts.invitation": {"support": "view change"},
    "accounts.invitationwave": {"support": WRITE},
    "mfa.authenticator": {"support": "view delete"},
    "learning.accommodation": {"support": f"{WRITE} delete"},
    "learning.contentreport": {"editor": "view change", "reviewer": "view"},
    "learning.certificate": {"support": "view"},
    "learning.cohort": {"support": f"{WRITE} delete"},
    "learning.cohortmember": {"support": "view delete"},
    "learning.dailytotal": {"editor": "view_analytics", "analyst": "view_analytics"},
    "learning.enrollment": {"support": "view"},
    "learning.remindercontract": {"support": "view"},
    "mailing.outboxmail": {"support": "view change"},
    "mailing.suppression": {"support": "view delete"},
}


class NotAllowed(ValueError):
    """Somebody may not hand out these roles; the message says why."""


def rights_of(role: str) -> set[str]:
    """Return a role's rights, each as `app.codename`; of an owner all that there are."""
    if role == OWNER:
        named = Permission.objects.annotate(app=F("content_type__app_label")).values_list("app", "codename")
        return {f"{app}.{codename}" for app, codename in named}
    return {
        f"{app}.{f'{word}_{table}' if word in ('view', 'add', 'change', 'delete') else word}"
        for app, table, words in (
            (*label.split("."), by_role[role].split()) for label, by_role in RIGHTS.items() if role in by_role
        )
        for word in words
    }


@transaction.atomic
def sync() -> None:
    """Make the groups of the database what this module says: no right more, no right less.

    Raises LookupError if a right is named that no table has. It is a step of `manage.py prepare`, which runs
    before the first request of every release; Django has written the rights themselves by then.
    """
    found = Permission.objects.annotate(app=F("content_type__app_label")).values_list("app", "codename", "pk")
    keys = {f"{app}.{codename}": pk for app, codename, pk in found}
    for role in ROLES:
        rights = rights_of(role)
        if unknown := rights - set(keys):
            raise LookupError(f"no table has these rights: {', '.join(sorted(unknown))}")
        group = Group.objects.get_or_create(name=role)[0]
        group.permissions.set([keys[right] for right in rights])


def of(user: User) -> list[str]:
    """Return a person's roles, in the order of ROLES (1 query)."""
    held = set(user.groups.values_list("name", flat=True))
    return [role for role in ROLES if role in held]


@transaction.atomic
def hand_out(*, user: User, roles: Iterable[str], by: User | None, now: datetime) -> None:
    """Give a person just these roles, and write it to the audit log. Who has one may open the admin.

    `by` None: the portal itself, on the word of a log-in provider. Raises NotAllowed for one's own roles, and
    without the right to hand them out.
    """
    wanted = [role for role in ROLES if role in set(roles)]
    held = of(User.objects.select_for_update().get(pk=user.pk))
    if wanted == held:
        return
    if by is not None and by.pk == user.pk:
        raise NotAllowed(gettext("Nobody hands out roles to themself."))
    if by is not None and not by.has_perm(MAY_ASSIGN):
        raise NotAllowed(gettext("Only an owner hands out roles."))
    user.groups.set(Group.objects.filter(name__in=wanted))
    user.is_staff = bool(wanted) or user.is_superuser
    user.save(update_fields=["is_staff"])
    audit.record(actor=by, action="roles", obj=user, before={"roles": held}, after={"roles": wanted}, now=now)
