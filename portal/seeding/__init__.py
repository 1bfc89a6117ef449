"""Made-up learners with histories, as many as wanted: for demos and for measuring at scale."""
