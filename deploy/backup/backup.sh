#!/usr/bin/env bash
# Saves database and artifacts of the running platform: deploy/backup/backup.sh [DIRECTORY]
# Nothing has to stop. The database is saved first: artifacts are only ever added, so all that it names is in the second part.
set -euo pipefail
umask 077

case "${1:-}" in -h | --help) sed -n '2,3s/^# //p' "$0"; exit 0 ;; esac
cd "$(dirname "$0")/../.."
target=${1:-backups}/$(date -u +%Y%m%dT%H%M%SZ)
mkdir -p "$target.unfinished"

docker compose exec -T mysql mysqldump --defaults-extra-file=/run/dhn-secrets/client.cnf \
  --single-transaction --quick --no-tablespaces --hex-blob dhn | gzip >"$target.unfinished/database.sql.gz"
# A dump that broke off has no such last line.
zcat "$target.unfinished/database.sql.gz" | tail -n 1 | grep -q '^-- Dump completed'

docker compose run --rm --no-deps -T --entrypoint tar gateway \
  -C /data --exclude=artifacts/staging -cf - artifacts >"$target.unfinished/artifacts.tar"

(cd "$target.unfinished" && sha256sum database.sql.gz artifacts.tar >SHA256SUMS)
mv "$target.unfinished" "$target"
du -sh "$target"
