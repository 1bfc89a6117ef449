"""The careers room's part of the content files: fit-check.yaml, already.yaml, plans.yaml."""
