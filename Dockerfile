# The image of the operator and of the admission webhook, one bundled file each, on a distroless Node.js: no shell, not root.
#
#   make build && docker build --tag meshmigration:0.1.0 .
FROM gcr.io/distroless/nodejs24-debian12:nonroot
LABEL org.opencontainers.image.title="meshmigration" \
      org.opencontainers.image.description="Moves running workloads from one service mesh to another" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --chown=0:0 --chmod=0444 dist/operator.js /app/operator.js
COPY --chown=0:0 --chmod=0444 dist/webhook.js /app/admission.js
# Bundles are ES modules.
COPY --chown=0:0 --chmod=0444 build/image/package.json /app/package.json
USER 65532:65532
EXPOSE 8080 8443
ENTRYPOINT ["/nodejs/bin/node"]
# The heap stays within the memory that config/manager grants.
CMD ["--max-old-space-size=256", "/app/operator.js"]
