"""What becomes of each table that reaches a person. One entry a table, one plain sentence each.

A table with a foreign key that leads to a person, or a field for an address, must stand here; until its fate
is decided a test fails (tests/accounts/test_privacy_registry.py). The three fates:

    own(path, …)         the rows are in the person's download, and are deleted with the account
    deleted(path, …)     deleted with the account; not in the download, for the reason given
    anonymised(path, …)  the rows stay and lose the person; what is theirs in them is in the download
    kept(…)              the rows stay as they are, for the reason given: they name nobody
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of one table's rows when their person goes."""

    table: str
    """The model's label, or the name of a table without a model."""

    path: str
    """The lookup that leads from a row to its person; empty where no foreign key does."""

    fate: Literal["deleted", "anonymised", "kept"]
    why: "StrPromise | str"
    """What the rows are, in words for the person; or the reason for what happens to them."""

    in_download: bool = False
    only: tuple[str, ...] = ()
    """The fields that the download has; empty: all but those of `without`."""

    without: tuple[str, ...] = ()
    """Fields that the download leaves out: they would let its reader into the account."""


def own(table: str, path: str, why: "StrPromise | str", *, without: tuple[str, ...] = ()) -> Rule:
    """Return the rule for what is a person's alone."""
    return Rule(table, path, "deleted", why, in_download=True, without=without)


def deleted(table: str, path: str, why: "StrPromise | str") -> Rule:
    """Return the rule for what goes with the person and tells them nothing."""
    return Rule(table, path, "deleted", why)


def anonymised(table: str, path: str, why: "StrPromise | str", *, only: tuple[str, ...] = ()) -> Rule:
    """Return the rule for what stays without the person. `only`: what the download has of it."""
    return Rule(table, path, "anonymised", why, in_download=bool(only), only=only)


def kept(table: str, why: "StrPromise | str") -> Rule:
    """Return the rule for what stays as it is."""
    return Rule(table, "", "kept", why)


RULES: tuple[Rule, ...] = (
    # --- Who: accounts, and the tables of django-allauth and Django
    own("accounts.User", "pk", _("your account: name, address, time zone, choices"), without=("password",)),
    own("account.EmailAddress", "user", _("your e-mail addresses")),
    deleted("account.EmailConfirmation", "email_address__user", "links that prove an address; we send codes"),
    own("mfa.Authenticator", "user", _("your second steps at log-in"), without=("data",)),
    own("socialaccount.SocialAccount", "user", _("the log-in of your organisation, and what it said of you")),
    deleted("socialaccount.SocialToken", "account__user", "keys of that log-in; none is kept"),
    own("accounts.LookIn", "user", _("when somebody of the staff looked at what you see")),
    anonymised("accounts.LookIn", "staff", "who looked: the person they looked at keeps that it happened"),
    deleted("accounts.DataExport", "user", "the file of this download itself"),
    own("accounts.Invitation", "user", _("the invitation that you came with")),
    deleted("accounts.Invitation", "", "invitations of an address of yours: deleted by the address"),
    anonymised("accounts.InvitationWave", "created_by", "who of the staff invited; the invited stay"),
    own("accounts.Leaver", "user", _("that your organisation's list closed your account")),
    anonymised("accounts.LeaverList", "created_by", "who of the staff uploaded a list of leavers"),
    deleted("accounts.User_groups", "user", "roles of staff; the portal's own bookkeeping"),
    deleted("accounts.User_user_permissions", "user", "rights of staff; the portal's own bookkeeping"),
    deleted("admin.LogEntry", "user", "Django's notes on what staff did; the audit log has them for good"),
    anonymised(
        "accounts.AuditLog",
        "actor",
        _("what you did as staff; the log stays true, with nobody's name"),
        only=("at", "action", "object_type", "object_id"),
    ),
    deleted("sessions.Session", "", "log-ins and unfinished log-ins: deleted by what they hold"),
    kept("cache_entries", "counters of rate limits, under hashes of addresses; over within an hour"),
    # --- Mail
    anonymised(
        "mailing.OutboxMail",
        "user",
        _("mails to you; that one was sent is counted, to whom is forgotten"),
        only=("kind", "state", "reason", "created_at", "sent_at"),
    ),
    kept(
        "mailing.Suppression",
        "that an address gets no mail, as a keyed hash: a bounce must outlive the account",
    ),
    kept("mailing.MailEvent", "bounces and complaints of 30 days, under keyed hashes"),
    kept("accounts.Organisation", "the support address of those who run the portal: no person's"),
    # --- What was written for everyone
    anonymised(
        "courses.Version",
        "author",
        _("what you published as an editor; it stays for everyone, without your name"),
        only=("kind", "key", "number", "note", "created_at"),
    ),
    deleted("courses.Upload", "user", "a file of questions that you looked at before importing it"),
    anonymised("courses.PublishJob", "author", "which editor scheduled it: it goes live all the same"),
    anonymised("courses.ReviewRequest", "asked_by", "which editor asked for a review of content"),
    anonymised("courses.ReviewRequest", "decided_by", "which editor reviewed content"),
    # --- What was learned
    own("learning.Enrollment", "user", _("courses you began")),
    own("learning.LessonProgress", "user", _("lessons you completed")),
    own("learning.Attempt", "user", _("quizzes you took")),
    own("learning.AttemptQuestion", "attempt__user", _("the questions of those quizzes, in their order")),
    own("learning.Answer", "user", _("your answers")),
    own("learning.RegradeRecord", "attempt__user", _("answers of yours that were graded again")),
    anonymised("learning.RegradeRecord", "actor", "which editor graded again: the learner keeps that it was"),
    own("learning.DrillAnswer", "user", _("your answers in the drill")),
    own("learning.ReviewCard", "user", _("what comes back to you for review")),
    own("learning.ReviewLog", "card__user", _("your reviews")),
    own("learning.ReviewPlan", "user", _("how often you want to review")),
    own("learning.LearningEvent", "user", _("the record of what you did, and when")),
    own("learning.DailyActivity", "user", _("the days you studied")),
    own("learning.WeekGoal", "user", _("your week goals")),
    own("learning.Note", "user", _("your notes")),
    own("learning.Bookmark", "user", _("your bookmarks")),
    own("learning.Accommodation", "user", _("extra time that you were given")),
    anonymised("learning.Accommodation", "given_by", "who of the staff gave extra time: it stays given"),
    own("learning.CohortMember", "user", _("cohorts you belong to")),
    own("learning.Cohort_owners", "user", _("cohorts you look after")),
    own("learning.Certificate", "user", _("certificates you earned")),
    kept(
        "learning.IssuedAddress", "addresses of certificates: a number each, so that one gone says withdrawn"
    ),
    anonymised(
        "learning.ContentReport",
        "user",
        _("what you told us is wrong: it stays, without your name, so that it can be put right"),
        only=("kind", "text", "state", "reply", "created_at", "decided_at"),
    ),
    anonymised("learning.ContentReport", "decided_by", "which editor dealt with a report"),
    own("learning.ReminderContract", "user", _("when you want to be reminded")),
    own(
        "learning.DigestTrial",
        "user",
        _("digests of yours that were left out, or not, to learn what they do"),
    ),
    own("learning.ReminderKind", "user", _("which reminders you want")),
    # --- Which path fits
    own("careers.ResponseSet", "user", _("your fit checks")),
    own("careers.Response", "response_set__user", _("your answers in them")),
    own("careers.Result", "response_set__user", _("what came out")),
    own("careers.PreviewReaction", "response_set__user", _("how you took each role's preview")),
    own("careers.AskedAgainSkipped", "user", _("after which modules you did not want to be asked again")),
    own("careers.TaskChoice", "user", _("everyday tasks that you do already")),
    own("careers.PlanFollowed", "user", _("plans you began")),
    own("careers.PlanTick", "followed__user", _("what you ticked in them")),
)
