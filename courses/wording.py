"""The words of the pure cores in the language of the portal: all that they know of Django.

Sentences are marked here as everywhere: `_("unknown term %(key)s") % {"key": key}`. What they say depends on
the language alone, and nothing else does.
"""

from django.utils.translation import gettext, gettext_lazy, ngettext

__all__ = ["gettext", "gettext_lazy", "ngettext"]
