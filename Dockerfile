# Crossroads for containers: what is needed to build stays in the first stage.
FROM python:3.13-slim-trixie AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements/s3.txt /tmp/requirements.txt
RUN /venv/bin/pip install --require-hashes --no-deps --requirement /tmp/requirements.txt

WORKDIR /app
COPY manage.py pyproject.toml ./
COPY portal portal
COPY mailing mailing
COPY accounts accounts
COPY courses courses
COPY careers careers
COPY learning learning
COPY templates templates
COPY locale locale
COPY static static
COPY content content

# The key and the database named here are only for reading the settings; neither is used or kept.
ENV DATA_DIR=/var/lib/crossroads
RUN SECRET_KEY=build DATABASE_URL=postgres://build@build/build \
    /venv/bin/python manage.py collectstatic --no-input --verbosity 0


FROM python:3.13-slim-trixie

ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/var/lib/crossroads
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin crossroads \
    && install --directory --owner=crossroads /var/lib/crossroads /var/lib/crossroads/beat \
        /var/lib/crossroads/exports /var/lib/crossroads/media
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY --from=build --chown=crossroads /var/lib/crossroads/static /var/lib/crossroads/static

WORKDIR /app
USER 10001
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--workers", "2", "--blocking-threads", "2", "--respawn-failed-workers", "--workers-kill-timeout", "5", "--log-level", "warning", "portal.wsgi:application"]
