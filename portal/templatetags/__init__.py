"""What the templates of every page are made with."""
