"""The files of pictures, as browsers and caches ask for them."""

from csp.decorators import csp
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from accounts import picture_files

YEAR = 365 * 24 * 3600


@require_safe
@login_not_required
@csp(settings.FILE_POLICY)  # type: ignore[arg-type]  # its types know no view with arguments
def picture(request: HttpRequest, digest: str, name: str) -> FileResponse:
    """One file of a picture: for everybody, for ever the same, and never run as a page."""
    try:
        file, media_type = picture_files.read(digest, name)
    except FileNotFoundError as missing:
        raise Http404 from missing
    request.META.pop("HTTP_ACCEPT_ENCODING", None)  # it is packed already; gzip would only cost time
    response = FileResponse(file, content_type=media_type)
    patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    return response
