"""What a learner has done: enrollment, progress, attempts, reminders."""
