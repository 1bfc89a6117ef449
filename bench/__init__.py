"""What pages cost beside a bare Django page, measured in one run (docs/performance.md)."""
