"""The mail room as HTTP sees it: the way in for mail providers."""
