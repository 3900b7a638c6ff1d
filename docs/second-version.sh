#!/bin/sh
# A second model version, and what it changes for one user. Beside a running platform (`npm start`):
#   sh docs/second-version.sh [user id]
# GATEWAY and REELAY say where it answers and how the command line is called. Ends with 1 when nothing changed.
set -eu

user=${1:-42}
gateway=${GATEWAY:-http://127.0.0.1:8082}
reelay=${REELAY:-npx reelay}
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT

ask() { curl -sf -H 'Accept: application/json' "$gateway/recommend/$user"; }
field() { node -e "const answer = JSON.parse(require('node:fs').readFileSync(0, 'utf8')); console.log($1)"; }
watched() { # user, movie: a line as the streaming service writes it
  echo "$(date -u +%Y-%m-%dT%H:%M:%S),$1,GET /data/m/$2/60.mpg" >>"$lines"
}

# 1. Somebody with a history: the first two movies of the list are watched to the end.
for movie in $(ask | field 'answer.items.slice(0, 2).map(({ id }) => id).join(" ")'); do
  watched "$user" "$movie"
  favourite=$movie
done
$reelay replay "$lines" --wait
before=$(ask)
version=$(echo "$before" | field 'answer.modelVersion')
echo "user $user, version $version: $(echo "$before" | field 'answer.items.slice(0, 5).map(({ id }) => id).join(", ")')"

# 2. A movie that no model knows yet is watched by 200 people who also watched the favourite.
: >"$lines"
person=900001
while [ $person -le 900200 ]; do
  watched $person "$favourite"
  watched $person a+movie+of+tomorrow+2027
  person=$((person + 1))
done
$reelay replay "$lines" --wait

# 3. Train version 2. When it is not worse it is tried on a fifth of the users; a person may cut that short.
$reelay train
waited=0
while [ "$(ask | field 'answer.modelVersion')" = "$version" ]; do
  waited=$((waited + 1))
  [ $waited -le 60 ] || { echo "version $version still serves: $reelay status says why" >&2; exit 1; }
  $reelay promote --reason 'a walk to try' >/dev/null 2>&1 || sleep 1
done

# 4. The same user, the same history, another list.
after=$(ask)
echo "user $user, version $(echo "$after" | field 'answer.modelVersion'): $(echo "$after" | field 'answer.items.slice(0, 5).map(({ id }) => id).join(", ")')"
list='answer.items.map(({ id }) => id).join(",")'
[ "$(echo "$before" | field "$list")" != "$(echo "$after" | field "$list")" ] || { echo "the list did not change" >&2; exit 1; }
