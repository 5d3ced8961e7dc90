# The service with a Postgres of its own in /data; OKRGRAPH_DATABASE_URL makes it use another one instead.

FROM python:3.13-slim AS builder
# Only wheels: what needs a compiler must not get in unnoticed.
COPY requirements.lock /build/
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-cache-dir --require-hashes --only-binary :all: \
        -r /build/requirements.lock
# Worker processes import this file, too, and must not run the command.
RUN printf '#!/venv/bin/python\nfrom service.__main__ import main\nif __name__ == "__main__":\n    main()\n' > /venv/bin/okrgraph \
    && chmod 755 /venv/bin/okrgraph
COPY LICENSE /app/LICENSE
COPY pyproject.toml /app/pyproject.toml
COPY demo /app/demo
COPY migrations /app/migrations
COPY schema /app/schema
# With GraphiQL where `make explorer` has fetched it; without it, browsers get the small page of our own.
COPY service /app/service
# Compiled here, since the user of the final stage may not write beside the sources. Then it has to start.
RUN /venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /app \
    && cd /app && /venv/bin/python -m service schema | cmp - schema/schema.graphql

FROM python:3.13-slim
# Postgres wants its user to have a name; a home keeps tools from writing elsewhere.
RUN useradd --uid 10001 --user-group --create-home --shell /usr/sbin/nologin okrgraph \
    && install --directory --owner okrgraph --group okrgraph --mode 700 /data
COPY --from=builder /venv /venv
COPY --from=builder /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    OKRGRAPH_DATA_FOLDER=/data \
    HOST=0.0.0.0 \
    PORT=8000
WORKDIR /app
USER okrgraph
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
# The first start makes a database, a later one may have migrations to run.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client as h, os, sys; c = h.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=2); c.request('GET', '/ready'); sys.exit(c.getresponse().status != 200)"]
CMD ["okrgraph", "serve"]
