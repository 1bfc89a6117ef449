"""What a browser asks of accounts: settings, one's own data, and a page of django-allauth with our limit."""
