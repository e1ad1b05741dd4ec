#!/usr/bin/env bash
# Installs, where missing, the Debian packages that the tests start privately: no system service is used or left running.
set -euo pipefail

declare -A package_of=(
  [mariadbd]=mariadb-server
  [redis-server]=redis-server
  [chromium]=chromium
  [prometheus]=prometheus
  [amtool]=prometheus-alertmanager
  [Orthanc]=orthanc-dicomweb  # with its plugin, which needs the server
  [storescu]=dcmtk
  [dciodvfy]=dicom3tools
)

missing=()
for command in "${!package_of[@]}"; do
  command -v "$command" >/dev/null || missing+=("${package_of[$command]}")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests need these Debian packages: ${missing[*]}. Install them as root, then run make test again." >&2
  exit 1
fi
echo "Installing for the tests: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# A package's own service must not start: the tests run private ones on free ports.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
