"""An answer that came when nobody was logged in any more: it waits in the browser's session.

Nothing of it is counted. After the log-in it stands in its form again, to be looked at and sent.
"""

import json

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.middleware import LearnerRequest
from courses.grading import Form

KEY = "unsent_answer"
MOST_CHARACTERS = 10_000
"""Of a form; those of our pages are far shorter."""
NOT_PART = ("csrfmiddlewaretoken", "sequence", "sureness", "number", "version")
SEND_AGAIN = gettext_lazy("This answer is not saved yet: you had been logged out. Please send it again.")


def keep(request: LearnerRequest, page: str) -> str:
    """Keep the form of a request for the question at the address `page`; return what to tell the person."""
    form = {name: values for name, values in request.POST.lists() if name not in NOT_PART}
    if len(json.dumps(form)) > MOST_CHARACTERS:
        return _("You have been logged out, so this answer is not saved yet. Log in and give it again.")
    request.session[KEY] = {"page": page, "form": form}
    return _(
        "You have been logged out, so this answer is not saved yet. Log in, and it stands here again for you "
        "to send."
    )


def log_in_first(request: LearnerRequest, page: str) -> HttpResponseRedirect:
    """Lead to the log-in and from there to `page`; the form of a POST is kept for it."""
    if request.method == "POST":
        messages.warning(request, keep(request, page))
    return redirect_to_login(page)


def kept(request: LearnerRequest, page: str) -> Form | None:
    """Return the form that waits for the question at this address; None if there is none."""
    found = request.session.get(KEY)
    return found["form"] if found and found["page"] == page else None


def forget(request: LearnerRequest) -> None:
    """Drop what waits: an answer has been taken."""
    if KEY in request.session:
        del request.session[KEY]
