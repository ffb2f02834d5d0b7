# The image of the Action; it builds with BuildKit and without.
# The base is not pinned by a digest here: whoever builds an older version of the Action gets the base's security fixes.
# A release is built once: release.yml writes the digest of that day into this line, and the image's digest into
# action.yml. The name stands in the line itself, since Dependabot does not see one that is an argument.
FROM python:3.12-slim AS base

FROM base AS git
# The list of the image's parts has those of this stage, too: of its packages one file goes on.
ARG BUILDKIT_SBOM_SCAN_STAGE=true
# Without a version: Debian offers one at a time, and its security fixes are wanted.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends git && rm -rf /var/lib/apt/lists/*

FROM base AS builder
WORKDIR /src
RUN python -m venv --without-pip /opt/reviewbot
COPY requirements.txt ./
RUN pip --python /opt/reviewbot/bin/python install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
COPY . .
# The lock also holds what builds the project, which the program does without: `pip check` would notice if it did not.
RUN pip --python /opt/reviewbot/bin/python install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
    && pip --python /opt/reviewbot/bin/python uninstall --disable-pip-version-check --yes \
        editables hatchling packaging pluggy tomlkit trove-classifiers \
    && pip --python /opt/reviewbot/bin/python check

FROM base
# All that the program asks of git is in this one file, and its libraries belong to every Debian (dpkg needs them); the
# package would bring Perl and all that speaks to other machines, 80 MB that nothing here calls.
COPY --from=git /usr/bin/git /usr/bin/git
# The base has no bytecode of the standard library, and every run starts from this image: compiled here once, a review
# begins a quarter of a second sooner.
RUN python -m compileall -q -x '/(ensurepip|idlelib|lib2to3|pydoc_data|site-packages|test|tkinter|turtledemo)/' \
    "$(python -c 'import os; print(os.path.dirname(os.__file__))')"
COPY --from=builder /opt/reviewbot /opt/reviewbot
# The working directory is a checkout, which the program must not import from.
ENV PATH=/opt/reviewbot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1
# There is no USER: the files that the runner wants written (outputs, summary, workspace) belong to a user that the
# image cannot know, and GitHub runs Docker actions as root. Git and ruff, which the program starts, run as this one.
RUN useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin reviewbot
ENTRYPOINT ["reviewbot", "action"]
