#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What the sender wrote this time: the figures that test/README.md gives must hold.
# `run --separate-stderr` sets stderr.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0
load helper

SCORER=$POSTROOM_SRC/test/conformance/reply-text

# reach SUITE=FIGURE…: each suite has at least its figure, in thousandths.
reach() {
    local pair
    run --separate-stderr -0 "$SCORER" "${@%%=*}"
    for pair in "$@"; do
        awk -F '\t' -v suite="${pair%%=*}" -v least="${pair#*=}" \
            '$1 == suite { found = $4 * 1000 >= least } END { exit !found }' <<<"$output" ||
            { echo "$pair: $output"; return 1; }
    done
}

@test "reply text: our own replies in nine languages" {
    reach own-fr=980 own-en=970 own-de=970 own-es=970 own-it=970 own-pt=970 own-nl=970 own-pl=970 \
        own-ro=970
    [ "$stderr" = "" ]
}

@test "reply text: other programs' suites" {
    [ -d "${POSTROOM_DATA:-$POSTROOM_SRC/../shared/data}/reply-text" ] || skip 'no shared data'
    reach crisp=990 discourse=930 github=1000 fragments=1000 zones-asf=930 zones-enron=930
}

@test "reply text: a suite whose data are missing is skipped with a message" {
    POSTROOM_DATA=$BATS_TEST_TMPDIR run --separate-stderr -0 "$SCORER" crisp
    [ "$output" = "" ]
    [[ $stderr == 'reply-text: crisp skipped: '* ]]
}
