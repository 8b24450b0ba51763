# The image of the operator and of the admission webhook, one bundled file each, on a distroless Node.js: no shell, not root.
#
#   docker build --tag meshmigration:0.1.0 .
#
# Behind a mirror: --build-arg BUILD_IMAGE=… --build-arg BASE_IMAGE=…
ARG BUILD_IMAGE=node:24.21.0-bookworm-slim
ARG BASE_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

# Bundles are the same on every platform, so they are made once, on the builder's own.
FROM --platform=${BUILDPLATFORM} ${BUILD_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY build build
COPY src src
RUN node build/bundle.ts --check

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="meshmigration" \
      org.opencontainers.image.description="Moves running workloads from one service mesh to another" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
# Bundles are ES modules, which Node.js reads from this package.json.
COPY --from=build --chown=0:0 --chmod=0444 /src/build/image/package.json /app/package.json
COPY --from=build --chown=0:0 --chmod=0444 /src/dist/operator.js /app/operator.js
COPY --from=build --chown=0:0 --chmod=0444 /src/dist/webhook.js /app/admission.js
USER 65532:65532
EXPOSE 8080 8443
ENTRYPOINT ["/nodejs/bin/node"]
# The heap stays within the memory that config/manager grants.
CMD ["--max-old-space-size=256", "--max-semi-space-size=2", "/app/operator.js"]
