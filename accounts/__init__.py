"""Who: user, guest, sign-up, settings, privacy, audit."""
