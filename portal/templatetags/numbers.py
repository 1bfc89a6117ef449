"""How numbers read on pages."""

from django import template

from courses.numbers import minus

register = template.Library()
register.filter(minus)
