#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `run --separate-stderr` sets stderr.
# shellcheck disable=SC2154
# Behind the border filters believe what they read; it may still be of a type that none of them
# writes (another program's, an older version's): then a member is as good as absent.

bats_require_minimum_version 1.5.0
load helper

setup() {
    setup_site
    cd "$BATS_TEST_TMPDIR" || return 1
    mail-parse "$SAMPLE"/001-*.eml | jq -c '
        . as $mail
        | ["envelope", "brand", "kind", "language", "text", "courtesy", "trust", "control", "case",
           "duplicate", "category", "level", "sensitive", "reasons", "suggestion", "route",
           "autoreply", "redactions", "errors"] as $names
        | ["word", {}, 7, -1.5, true, [], [7], [[]], [{}], [{"program": 3, "code": {}}],
           {"value": [], "id": {}, "tag": 1, "queue": [], "rcptTo": 5}] as $values
        | $names[] as $name
        | $values[] as $value
        | $mail
        | .triage = ({"kind": {"value": "customer"}, "language": {"tag": "fr"}} + {($name): $value})
        | .blobId = "sha256-" + ([$name, $value] | tostring | @base64 | explode
            | map(. % 16 | if . < 10 then . + 48 else . + 87 end)
            | implode | . + "0" * 64 | .[:64])' >odd
    [ "$(wc -l <odd)" = 209 ]
}

@test "members of odd types: every filter passes every message on" {
    for program in dedupe classify escalate autoreply audit; do
        run --separate-stderr -0 "$program" odd
        [ "$(wc -l <<<"$output")" = 209 ]
        [ "$(jq -c .blobId <<<"$output")" = "$(jq -c .blobId odd)" ]
    done
}

@test "members of odd types: deliver takes every message, and they are in the queues" {
    run --separate-stderr -0 deliver odd
    [ "$output" = "" ]
    count=$(find "$SITE/queues" -path '*/new/*' -type f | wc -l)
    [ "$count" = "$(jq -r .blobId odd | sort -u | wc -l)" ]
}

@test "members of odd types: they go into the block and come out of it" {
    run --separate-stderr -0 classify --to=mbox odd
    printf '%s\n' "$output" >mbox
    run --separate-stderr -0 triage --inside --filters= --to=json mbox
    [ "$(wc -l <<<"$output")" = 209 ]
}
