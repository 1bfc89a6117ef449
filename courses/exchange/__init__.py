"""Questions and courses from and to other programs: GIFT, QTI 3.0, CSV, and packages of content files."""
