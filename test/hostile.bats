#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Mail that was made to be expensive (test/tools/hostile), through mail-parse and triage: no case
# takes more than 2 seconds of CPU time or 256 MB, most take a twentieth of a second. CPU time and
# not wall time, since this machine may have other work; twice as much is allowed here for the same
# reason.

bats_require_minimum_version 1.5.0
load helper

setup() {
    setup_site
    HOSTILE=$POSTROOM_SRC/test/tools/hostile
    cd "$BATS_TEST_TMPDIR" || return 1
}

# run_cases FIRST STEP: each STEPth case from FIRST on. Sanitised programs, which take many times as
# much, get some of them, without bounds.
run_cases() {
    local step=$2 ms=2000 mb=256 cases
    [[ $BUILD != *asan* ]] || step=$((step * 4)) ms=0 mb=65536
    mapfile -t cases < <("$HOSTILE" --list | awk -v first="$1" -v step="$step" 'NR % step == first')
    [ "${#cases[@]}" -ge 8 ]
    run --separate-stderr -0 "$HOSTILE" --run "$BATS_TEST_TMPDIR" "$ms" "$mb" "${cases[@]}"
    [ "$stderr" = "" ]
    [ "${#lines[@]}" = "${#cases[@]}" ]
    [ "$ms" = 0 ] || awk '{ quick += $4 <= 100 } END { exit !(quick * 2 >= NR) }' <<<"$output"
}

@test "hostile: no case costs much, and none is lost (first half)" {
    run_cases 0 2
}

@test "hostile: no case costs much, and none is lost (second half)" {
    run_cases 1 2
}

# peak COMMAND…: its largest resident size in KiB; standard output goes to `out`.
peak() {
    python3 -c 'import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=open("out", "wb"))
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss if status == 0 else 1 << 30)' "$@"
}

@test "hostile: a message of 25 MiB is in memory at most three times, in whatever form it goes" {
    [[ $BUILD != *asan* ]] || skip 'sanitised programs need more memory'
    "$HOSTILE" attachment-25mb >mail
    most=$((3 * $(stat -c %s mail) / 1024))
    for program in mail-parse triage; do
        for to in json rfc822 mbox; do
            [ "$(peak "$program" --from=rfc822 "--to=$to" mail)" -le "$most" ]
            mv out "mail.$to"
        done
        [ "$(peak "$program" --from=rfc822 --to=json --no-raw mail)" -le "$most" ]
        [ "$(peak "$program" --inside --to=mbox mail.rfc822)" -le "$most" ]
        [ "$(peak "$program" --inside --to=rfc822 mail.mbox)" -le "$most" ]
    done
    # An object with raw is a third larger than the mail.
    most=$((3 * $(stat -c %s mail.json) / 1024))
    for program in mail-parse classify escalate; do
        [ "$(peak "$program" mail.json)" -le "$most" ]
        jq -r .raw out | base64 -d | cmp - mail
    done
}

@test "hostile: mail-parse without raw, and with properties, is as sparing" {
    "$HOSTILE" text-20mb >mail
    run --separate-stderr -0 mail-parse --from=rfc822 --no-raw --properties=from,bodyValues mail
    [ "$stderr" = "" ]
    [ "$(jq -c '[.bodyValues[].isTruncated, has("raw"), [.triage.errors[].code]]' <<<"$output")" = \
        '[true,false,["limit-text"]]' ]
    # What is cut is cut at the limit, between two characters.
    [ "$(jq '.bodyValues["1"].value | utf8bytelength' <<<"$output")" = 1048576 ]
}
