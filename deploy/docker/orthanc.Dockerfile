# Orthanc as the door for modalities: the official image, with the platform's configuration and without root.
FROM jodogne/orthanc-plugins:1.12.4
# Orthanc reads every *.json here. The list of modalities is mounted, the users are in the volume of secrets.
COPY deploy/orthanc/orthanc.json /etc/dhn-orthanc/orthanc.json
RUN ln -s /etc/dhn-modalities/modalities.json /run/dhn-secrets/users.json /etc/dhn-orthanc/ \
 && chmod -R a+rX /etc/dhn-orthanc \
 && install -d -o 10001 -g 10001 /data/orthanc
USER 10001:10001
WORKDIR /tmp
EXPOSE 4242 8042
ENTRYPOINT ["Orthanc"]
CMD ["/etc/dhn-orthanc"]
