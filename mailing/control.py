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


BEGIN_EPOCH = """INSERT INTO public.mailing_mailcontrol (singleton, epoch, paused) VALUES (true, 2, false)
ON CONFLICT (singleton) DO UPDATE SET epoch = public.mailing_mailcontrol.epoch + 1;"""
"""What a restore ends with, in its own transaction: mails put before it never leave."""
