"""How dates and times are written where a template says nothing else: Django's own, mended."""
