"""What becomes of each table that reaches a person. One entry a table, one plain sentence each.

A table with a foreign key that leads to a person, or a field for an address, must stand here; until its fate
is decided a test fails (tests/accounts/test_privacy_registry.py). The three fates:

    own(path, …)         the rows are in the person's download, and are deleted with the account
    deleted(path, …)     deleted with the account; not in the download, for the reason given
    anonymised(path, …)  the rows stay and lose the person; what is theirs in them is in the download
    kept(…)              the rows stay as they are, for the reason given: they name nobody
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of one table's rows when their person goes."""

    table: str
    """The model's label, or the name of a table without a model."""

    path: str
    """The lookup that leads from a row to its person; empty where no foreign key does."""

    fate: Literal["deleted", "anonymised", "kept"]
    why: str
    """What the rows are, in words for the person; or the reason for what happens to them."""

    in_download: bool = False
    only: tuple[str, ...] = ()
    """The fields that the download has; empty: all but those of `without`."""

    without: tuple[str, ...] = ()
    """Fields that the download leaves out: they would let its reader into the account."""


def own(table: str, path: str, why: str, *, without: tuple[str, ...] = ()) -> Rule:
    """Return the rule for what is a person's alone."""
    return Rule(table, path, "deleted", why, in_download=True, without=without)


def deleted(table: str, path: str, why: str) -> Rule:
    """Return the rule for what goes with the person and tells them nothing."""
    return Rule(table, path, "deleted", why)


def anonymised(table: str, path: str, why: str, *, only: tuple[str, ...] = ()) -> Rule:
    """Return the rule for what stays without the person. `only`: what the download has of it."""
    return Rule(table, path, "anonymised", why, in_download=bool(only), only=only)


def kept(table: str, why: str) -> Rule:
    """Return the rule for what stays as it is."""
    return Rule(table, "", "kept", why)


RULES: tuple[Rule, ...] = (
    # --- Who: accounts, and the tables of django-allauth and Django
    own("accounts.User", "pk", "your account: name, address, time zone, choices", without=("password",)),
    own("account.EmailAddress", "user", "your e-mail addresses"),
    deleted("account.EmailConfirmation", "email_address__user", "links that prove an address; we send codes"),
    own("mfa.Authenticator", "user", "your second steps at log-in", without=("data",)),
    own("socialaccount.SocialAccount", "user", "the log-in of your organisation, and what it said of you"),
    deleted("socialaccount.SocialToken", "account__user", "keys of that log-in; none is kept"),
    own("accounts.LookIn", "user", "when somebody of the staff looked at what you see"),
    anonymised("accounts.LookIn", "staff", "who looked: the person they looked at keeps that it happened"),
    deleted("accounts.DataExport", "user", "the file of this download itself"),
    own("accounts.Invitation", "user", "the invitation that you came with"),
    deleted("accounts.Invitation", "", "invitations of an address of yours: deleted by the address"),
    anonymised("accounts.InvitationWave", "created_by", "who of the staff invited; the invited stay"),
    own("accounts.Leaver", "user", "that your organisation's list closed your account"),
    anonymised("accounts.LeaverList", "created_by", "who of the staff uploaded a list of leavers"),
    deleted("accounts.User_groups", "user", "roles of staff; the portal's own bookkeeping"),
    deleted("accounts.User_user_permissions", "user", "rights of staff; the portal's own bookkeeping"),
    deleted("admin.LogEntry", "user", "Django's notes on what staff did; the audit log has them for good"),
    anonymised(
        "accounts.AuditLog",
        "actor",
        "what you did as staff; the log stays true, with nobody's name",
        only=("at", "action", "object_type", "object_id"),
    ),
    deleted("sessions.Session", "", "log-ins and unfinished log-ins: deleted by what they hold"),
    kept("cache_entries", "counters of rate limits, under hashes of addresses; over within an hour"),
    # --- Mail
    anonymised(
        "mailing.OutboxMail",
        "user",
        "mails to you; that one was sent is counted, to whom is forgotten",
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
        "what you published as an editor; it stays for everyone, without your name",
        only=("kind", "key", "number", "note", "created_at"),
    ),
    deleted("courses.Upload", "user", "a file of questions that you looked at before importing it"),
    anonymised("courses.PublishJob", "author", "which editor scheduled it: it goes live all the same"),
    anonymised("courses.ReviewRequest", "asked_by", "which editor asked for a review of content"),
    anonymised("courses.ReviewRequest", "decided_by", "which editor reviewed content"),
    # --- What was learned
    own("learning.Enrollment", "user", "courses you began"),
    own("learning.LessonProgress", "user", "lessons you completed"),
    own("learning.Attempt", "user", "quizzes you took"),
    own("learning.AttemptQuestion", "attempt__user", "the questions of those quizzes, in their order"),
    own("learning.Answer", "user", "your answers"),
    own("learning.RegradeRecord", "attempt__user", "answers of yours that were graded again"),
    anonymised("learning.RegradeRecord", "actor", "which editor graded again: the learner keeps that it was"),
    own("learning.DrillAnswer", "user", "your answers in the drill"),
    own("learning.ReviewCard", "user", "what comes back to you for review"),
    own("learning.ReviewLog", "card__user", "your reviews"),
    own("learning.ReviewPlan", "user", "how often you want to review"),
    own("learning.LearningEvent", "user", "the record of what you did, and when"),
    own("learning.DailyActivity", "user", "the days you studied"),
    own("learning.WeekGoal", "user", "your week goals"),
    own("learning.Note", "user", "your notes"),
    own("learning.Bookmark", "user", "your bookmarks"),
    own("learning.Accommodation", "user", "extra time that you were given"),
    anonymised("learning.Accommodation", "given_by", "who of the staff gave extra time: it stays given"),
    own("learning.CohortMember", "user", "cohorts you belong to"),
    own("learning.Cohort_owners", "user", "cohorts you look after"),
    own("learning.Certificate", "user", "certificates you earned"),
    kept(
        "learning.IssuedAddress", "addresses of certificates: a number each, so that one gone says withdrawn"
    ),
    anonymised(
        "learning.ContentReport",
        "user",
        "what you told us is wrong: it stays, without your name, so that it can be put right",
        only=("kind", "text", "state", "reply", "created_at", "decided_at"),
    ),
    anonymised("learning.ContentReport", "decided_by", "which editor dealt with a report"),
    own("learning.ReminderContract", "user", "when you want to be reminded"),
    own("learning.DigestTrial", "user", "digests of yours that were left out, or not, to learn what they do"),
    own("learning.ReminderKind", "user", "which reminders you want"),
    # --- Which path fits
    own("careers.ResponseSet", "user", "your fit checks"),
    own("careers.Response", "response_set__user", "your answers in them"),
    own("careers.Result", "response_set__user", "what came out"),
    own("careers.PreviewReaction", "response_set__user", "how you took each role's preview"),
    own("careers.AskedAgainSkipped", "user", "after which modules you did not want to be asked again"),
    own("careers.TaskChoice", "user", "everyday tasks that you do already"),
    own("careers.PlanFollowed", "user", "plans you began"),
    own("careers.PlanTick", "followed__user", "what you ticked in them"),
)
