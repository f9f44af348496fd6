# VrewCraft in a container: `docker build -t vrewcraft .`; compose.yaml runs a whole site of it.

FROM python:3.11.14-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements.txt /
RUN /venv/bin/pip install -r /requirements.txt

FROM python:3.11.14-slim-bookworm
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin vrewcraft \
    && install -d -o vrewcraft -g vrewcraft /data
COPY --from=build /venv /venv
WORKDIR /app
COPY manage.py ./
COPY vrewcraft/ vrewcraft/
COPY videos/ videos/
COPY progress/ progress/
COPY templates/ templates/
COPY static/ static/
COPY locale/ locale/
COPY deploy/healthy.py deploy/healthy.py
COPY LICENSE THIRD_PARTY.md ./
RUN python -m compileall -q manage.py vrewcraft videos progress
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    VREWCRAFT_DATA_DIR=/data HOST=0.0.0.0 PORT=8000 XDG_CACHE_HOME=/tmp
VOLUME /data
EXPOSE 8000
USER vrewcraft
# SIGTERM ends it in order: running edits go back to the queue.
STOPSIGNAL SIGTERM
CMD ["python", "manage.py", "serve"]
