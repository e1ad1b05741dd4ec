#!/usr/bin/env bash
# Replaces database and artifacts by those of a backup: deploy/backup/restore.sh DIRECTORY [--yes]
# Works on the same machine or a new one: passwords of the servers are not part of a backup, those of the users are.
set -euo pipefail

case "${1:---help}" in -h | --help) sed -n '2,3s/^# //p' "$0"; exit 0 ;; esac
source=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
(cd "$source" && sha256sum --check --quiet SHA256SUMS)

if [ "${2:-}" != --yes ]; then
  read -r -p "Everything in the platform is replaced by $source. Type 'replace' to go on: " answer
  [ "$answer" = replace ] || exit 1
fi

docker compose stop proxy gateway ct_segmentation ct_segmentation_stat
docker compose up -d --wait mysql redis
mysql() { docker compose exec -T mysql mysql --defaults-extra-file=/run/dhn-secrets/client.cnf "$@"; }
mysql --execute='DROP DATABASE dhn; CREATE DATABASE dhn CHARACTER SET utf8mb4'
zcat "$source/database.sql.gz" | mysql dhn
# What lies in the store besides is left there: nothing names it, and equal content has the same address.
docker compose run --rm --no-deps -T --entrypoint tar gateway -C /data -xf - <"$source/artifacts.tar"
# Brings an older backup's schema up to date, then starts what was stopped.
docker compose up -d proxy gateway ct_segmentation ct_segmentation_stat
echo "Restored $source. Jobs that were waiting in it are sent again within a minute."
