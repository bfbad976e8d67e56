# One image for every service; the chart chooses with the arguments (services/<name>/src/main.ts --config FILE).
#
#   docker build -t hedgelock/hedgelock:0.1.0 .
#   docker build -t hedgelock/hedgelock:dev --target dev .
#
# Both bases are arguments, so that a mirror, a digest or a distroless image can take their place:
#   NODE_BASE      Node 24 with npm and a shell: installs, and is the base of `dev`
#   RUNTIME_BASE   Node 24: what runs. gcr.io/distroless/nodejs24-debian13:nonroot works too
ARG NODE_BASE=docker.io/library/node:24-trixie-slim
ARG RUNTIME_BASE=${NODE_BASE}

# The manifests alone: as long as they stay the same, the installed packages come from the builder's cache.
FROM ${NODE_BASE} AS manifests
USER 0:0
WORKDIR /manifests
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete && find . -type d -empty -delete

FROM ${NODE_BASE} AS packages
USER 0:0
WORKDIR /app
COPY --from=manifests /manifests ./
# Node strips the types of our own packages only where they are reached through npm's links (node_modules/@hedgelock/x
# -> lib/x): the links stay. Declarations, maps and documentation of others are of no use at run time.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund --cache /tmp/npm \
    && rm -rf /tmp/npm test bench node_modules/@hedgelock/test node_modules/@hedgelock/bench node_modules/.package-lock.json .npmrc package-lock.json \
    && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -iname '*.md' \) -delete \
    && find node_modules -depth -type d \( -name test -o -name tests -o -name docs -o -name benchmarks \) -exec rm -rf {} + \
    && find node_modules -type d -empty -delete

# What runs, before it is decided on what: sources, packages, recorded prices. Owned by root, readable by all.
FROM packages AS app
COPY LICENSE ./
COPY data ./data
COPY lib ./lib
COPY services ./services
RUN chmod -R u=rwX,go=rX /app

# For `tilt up`: sources belong to the user of the process and are replaced in the running container.
FROM ${NODE_BASE} AS dev
ENV NODE_ENV=development NODE_OPTIONS=--enable-source-maps HOME=/tmp
WORKDIR /app
COPY --from=app --chown=65532:65532 /app /app
USER 65532:65532
STOPSIGNAL SIGTERM
ENTRYPOINT ["node"]
CMD ["--watch", "services/cli/src/main.ts", "help"]

FROM ${RUNTIME_BASE} AS runtime
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="HedgeLock" \
      org.opencontainers.image.description="Watches loan-to-value on every tick and hedges on perpetuals before a lender liquidates" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# Distroless keeps node in /nodejs/bin. Nothing is written outside /tmp, so the root may be read-only.
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps HOME=/tmp \
    PATH=/usr/local/bin:/usr/bin:/bin:/nodejs/bin
WORKDIR /app
COPY --from=app /app /app
USER 65532:65532
STOPSIGNAL SIGTERM
ENTRYPOINT ["node"]
CMD ["services/cli/src/main.ts", "help"]
