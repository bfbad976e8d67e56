# An image around one statically linked program, for clusters that cannot pull: nats-server, jaeger.
FROM scratch
COPY --chmod=0755 program /program
USER 65532:65532
ENTRYPOINT ["/program"]
