# The application for production: web, worker and beat run from this one image.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
COPY requirements.txt requirements-node.txt package.json package-lock.json .npmrc ./
RUN python -m venv .venv \
    && .venv/bin/pip install --quiet --require-hashes -r requirements.txt \
    && python -m venv /node \
    && /node/bin/pip install --quiet --require-hashes -r requirements-node.txt \
    && PATH=/node/bin:$PATH npm ci --ignore-scripts --silent
COPY . .
# collectstatic reads the settings, which ask for what only a running site needs.
RUN SECRET_KEY=collecting-static-files-needs-no-secret-at-all-but-a-value \
    LEDGER_KEY=collecting-static-files-needs-no-secret-at-all-but-a-value \
    SITE_URL=https://static.invalid CONTACT_EMAIL=static@static.invalid CONTACT_PHONE=- \
    DEFAULT_FROM_EMAIL=static@static.invalid EMAIL_URL=consolemail:// STATIC_ROOT=/app/static-files \
    sh -c '.venv/bin/python manage.py compile_catalogues \
        && .venv/bin/python manage.py collectstatic --noinput' \
    && rm -rf var

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app app \
    && install -d -o app -g app /srv/media
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/static-files \
    MEDIA_ROOT=/srv/media
USER app
EXPOSE 8000
VOLUME /srv/media
CMD ["gunicorn", "buendnisse.config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", \
     "--threads", "4", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"]
