# For a machine that reaches no image registry: Debian's Orthanc (1.10.1) under the official image's name, so that
# deploy/docker/orthanc.Dockerfile builds on it. Never push it.
#   docker build -t jodogne/orthanc-plugins:1.12.4 -f tests/compose/standins/orthanc.Dockerfile tests/compose/standins
FROM debian:bookworm-slim
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends orthanc orthanc-dicomweb \
 && rm -rf /var/lib/apt/lists/*
ENTRYPOINT ["Orthanc"]
CMD ["/etc/orthanc"]
