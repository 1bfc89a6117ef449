"""The mail room's switches: the pause, and the epoch that a restore raises."""

from datetime import datetime, timedelta

from mailing.models import MailControl

AFTER_REFUSAL = timedelta(seconds=60)


def current() -> MailControl:
    """Return the switches; as long as nobody has touched one, their defaults."""
    return MailControl.objects.first() or MailControl()


def may_send(control: MailControl, *, now: datetime) -> bool:
    """Whether mails may leave: nobody pressed the switch, and the mail server did not just refuse us."""
    return not control.paused and (control.paused_until is None or control.paused_until <= now)


def rest(*, now: datetime) -> None:
    """Send nothing for a minute, since the mail server does not take connections."""
    MailControl.objects.update_or_create(singleton=True, defaults={"paused_until": now + AFTER_REFUSAL})


def set_paused(*, paused: bool) -> None:
    """Stop all sending, or let it go on. What is pending stays pending."""
    MailControl.objects.update_or_create(singleton=True, defaults={"paused": paused})


def begin_epoch() -> int:
    """Start a new epoch and return its number. Mails put before it never leave: for use after a restore."""
    control = current()
    control.epoch += 1
    control.save()
    return control.epoch
