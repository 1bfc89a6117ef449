"""What is taught. No row here belongs to a learner."""
