"""Which path fits: the fit check, what one already does, and the plans of thirty days."""
