# The page with its bundled model. docs/deploying.md tells how to run it.
FROM python:3.12-slim-bookworm

# The root may be read-only: nothing but /tmp and /models is written to. MALLOC_*: less
# of what was freed is kept, see docs/deploying.md.
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    HOME=/tmp \
    HF_HOME=/models \
    MALLOC_ARENA_MAX=2 \
    MALLOC_TRIM_THRESHOLD_=1000000 \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501

WORKDIR /app

# A layer of its own: some 2 GB that change only with this file.
COPY requirements.txt .
RUN ["pip", "install", "--requirement", "requirements.txt"]

# /models keeps downloaded models; a volume mounted there starts out with its owner.
RUN ["install", "--directory", "--owner=10001", "--group=10001", "/models"]
COPY . .
RUN ["python", "-m", "compileall", "-q", "."]

USER 10001:10001
VOLUME ["/models"]
EXPOSE 8501

# The server answers after a second or two; TensorFlow waits for the first visitor.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

CMD ["streamlit", "run", "app.py"]
