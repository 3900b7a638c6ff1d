#!/bin/sh
# From one list that a user was shown to the code, the model and the data behind it, and the list made once more.
# In the repository, beside a running platform (`npm start`):
#   sh docs/one-answer.sh [user id]
# GATEWAY, REELAY and REELAY_HOME say where it answers, how the command line is called and where its files are.
# Ends with 1 when anything does not fit.
set -eu

user=${1:-42}
gateway=${GATEWAY:-http://127.0.0.1:8082}
reelay=${REELAY:-npx reelay}
home=${REELAY_HOME:-.reelay}

fail() { echo "$1" >&2; exit 1; }
field() { node -e "const it = JSON.parse(require('node:fs').readFileSync(0, 'utf8')); console.log($1)"; }

# 1. What the user sees.
shown=$(curl -sf "$gateway/recommend/$user")
echo "user $user was shown: $(echo "$shown" | cut -d, -f1-3), …"

# 2. The receipt of it: the newest answer of this user that has this very list. It is there about half a second later.
receipt=
waited=0
while [ -z "$receipt" ]; do
  receipt=$($reelay answers --user "$user" --json | while read -r line; do
    [ "$(echo "$line" | field 'it.items.map(({ id }) => id).join(",")')" != "$shown" ] || echo "$line"
  done | tail -n 1)
  waited=$((waited + 1))
  [ -n "$receipt" ] || [ $waited -le 10 ] || fail 'no receipt says this list'
done
request=$(echo "$receipt" | field it.requestId)
version=$(echo "$receipt" | field it.modelVersion)
data=$(echo "$receipt" | field it.dataVersion)
echo "request $request: $(echo "$receipt" | field 'it.outcome + ", " + it.time'), from $(echo "$receipt" | field it.historyUsed.length) items of history"

# 3. The code: the commit of the gateway that answered, and of the trainer that made the model.
manifest=$home/artifacts/$version/manifest.json
echo "answered by $(git show -s --format='%h (%cs) %s' "$(echo "$receipt" | field it.commit)")"
echo "trained by  $(git show -s --format='%h (%cs) %s' "$(field it.gitCommit <"$manifest")")"

# 4. The model: every file of the version is the one that its manifest names.
field 'Object.entries(it.files).map(([file, { sha256 }]) => sha256 + "  " + file).join("\n")' <"$manifest" |
  (cd "$home/artifacts/$version" && sha256sum --check --quiet) || fail "version $version is damaged"
[ "$(field it.dataVersion <"$manifest")" = "$data" ] || fail 'the receipt names other data than the model'
echo "model $version: $(field 'it.items + " items, " + it.factors + " factors, made " + it.createdAt' <"$manifest")"

# 5. The data: every part of the snapshot is the one that it names, and its name is the hash over them.
snapshot=$home/snapshots/$data
field 'it.parts.map(({ file, sha256 }) => sha256 + "  " + file).join("\n")' <"$snapshot/snapshot.json" |
  (cd "$snapshot" && sha256sum --check --quiet) || fail "snapshot $data is damaged"
name=$({
  echo 'reelay snapshot 2'
  field 'it.parts.map(({ kind, rows, sha256 }) => kind + " " + rows + " " + sha256).join("\n")' <"$snapshot/snapshot.json"
} | sha256sum | cut -d' ' -f1)
[ "$name" = "$data" ] || fail "snapshot $data is of other data"
echo "data $(echo "$data" | cut -c1-12): $(field 'it.parts.reduce((rows, part) => rows + part.rows, 0)' <"$snapshot/snapshot.json") rows"

# 6. The list made once more, from that model and the history in the receipt. Ends with 1 when it is another one.
$reelay replay-answer "$request"
