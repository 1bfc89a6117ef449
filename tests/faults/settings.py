"""The product's settings with one kind of mail more: the probe, which can kill its worker."""

from tests.settings import *  # noqa: F403 - settings are inherited by star

MAIL_KINDS = {
    "account": "accounts.mails.AccountMail",
    "reminder": "learning.reminders.kinds.ReminderMail",
    "probe": "tests.mailing.probe.Probe",
}
