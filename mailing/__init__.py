"""Every mail once: outbox, suppression, sending. The lowest room, so it also keeps the clock."""
