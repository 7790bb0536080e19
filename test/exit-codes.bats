#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Every exit code of every program, provoked. 70 stands for a bug of ours: no input is known that
# leads there, so only the shell chain, which passes it on, is tried with it (chain.bats).
# `run --separate-stderr` sets stderr.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0
load helper

PROGRAMS='mail-parse dedupe classify escalate autoreply audit deliver triage'
STORE_PROGRAMS='dedupe escalate autoreply audit deliver triage'

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    setup_site
    MESSAGE=$SAMPLE/001-facture-non-recue.eml
    mail-parse "$MESSAGE" "$SAMPLE/002-where-is-my-order.eml" >two.ndjson
}

# gives CODE COMMAND…: exits so, says why in one line that begins with the program's name (but for
# 0), and nothing else.
gives() {
    local code=$1
    shift
    run --separate-stderr "$@"
    [ "$status" -eq "$code" ] || { echo "$*: $status, not $code: $stderr"; return 1; }
    [ "$code" -eq 0 ] || [[ $stderr == "${PROGRAM:-$1}: "* ]] || { echo "$*: $stderr"; return 1; }
}

# Runs COMMAND as somebody who is not root, to whom permissions mean something.
as_nobody() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    else
        "$@"
    fi
}

@test "0: a stream that went well, an empty stream, --help, --version" {
    for program in $PROGRAMS; do
        gives 0 "$program" --from=json two.ndjson
        gives 0 "$program" </dev/null
        gives 0 "$program" --help
        [[ $output == "usage: $program "* ]]
        gives 0 "$program" --version
        [[ $output =~ ^$program\ \(Postroom\)\ [0-9]+\.[0-9]+ ]]
    done
    for command in 'audit verify' 'audit stats' postroom-status postroom-check; do
        # shellcheck disable=SC2086 # a program and perhaps a command
        gives 0 $command
        # shellcheck disable=SC2086
        gives 0 $command --help
        # shellcheck disable=SC2086
        gives 0 $command --version
    done
    gives 0 audit trace "$(jq -r 'select(.case).case' "$SITE/store/ledger.ndjson" | head -n 1)"
    gives 0 deliver --list
    gives 0 deliver --due
    gives 0 postroom-init other
    gives 0 triage-chain --from=json two.ndjson
}

@test "64: wrong usage, of streams and of one message alike" {
    for program in $PROGRAMS; do
        gives 64 "$program" --nonsense
        gives 64 "$program" --from=carrier-pigeon
        gives 64 "$program" --to=
        gives 64 "$program" --group=0
        gives 64 "$program" --config
        gives 64 "$program" --again=yes
        gives 64 "$program" --from=rfc822 --nonsense
    done
    # a second message where one is written: all of the input is read first, nothing is written
    for program in mail-parse dedupe classify escalate autoreply audit triage; do
        gives 64 "$program" --to=rfc822 two.ndjson
        [ "$output" = '' ]
    done
    [ "$(rows 'SELECT count(*) FROM delivery')" -eq 0 ]
    gives 64 triage --filters=nonsense
    gives 64 mail-parse --properties=nonsense
    PROGRAM='audit verify' gives 64 audit verify --nonsense
    PROGRAM='audit stats' gives 64 audit stats --by=nonsense
    PROGRAM='audit trace' gives 64 audit trace
    gives 64 postroom-status --late=soon
    gives 64 postroom-status operand
    gives 64 postroom-check --nonsense
    gives 64 postroom-init
    gives 64 postroom-init a b
    gives 64 postroom-init "$SITE"
    gives 64 triage-chain --nonsense
    gives 64 triage-chain --from=carrier-pigeon
}

@test "65: some input was no message; the rest is written" {
    { sed -n 1p two.ndjson; echo '[]'; sed -n 2p two.ndjson; } >bad.ndjson
    for program in $PROGRAMS; do
        gives 65 "$program" --from=json bad.ndjson
    done
    for program in mail-parse dedupe classify; do
        gives 65 "$program" --from=json bad.ndjson
        [ "${#lines[@]}" -eq 2 ]
    done
    PROGRAM=mail-parse gives 65 triage-chain --from=json bad.ndjson
    # an object without octets has no mail form
    jq -c 'del(.raw)' two.ndjson >no-raw.ndjson
    gives 65 dedupe --to=mbox no-raw.ndjson
    # a ledger that was altered
    triage --from=json two.ndjson
    sed -i '2s/"event"/"Event"/' "$SITE/store/ledger.ndjson"
    run -65 audit verify
    gives 65 postroom-status
}

@test "74: input or output failed" {
    for program in $PROGRAMS; do
        gives 74 "$program" nowhere.mbox
        mkdir -p folder
        gives 74 "$program" folder
    done
    for program in mail-parse dedupe classify; do
        PROGRAM=$program gives 74 bash -c "$program two.ndjson >&-"
        # the reader is gone: no bug, and no word of it from a program without state
        run bash -c "{ sleep 0.2; $program two.ndjson; echo \$? >code; } | true"
        [ "$(cat code)" -eq 74 ]
    done
    PROGRAM='audit stats' gives 74 bash -c 'audit stats >&-'
    PROGRAM=postroom-check gives 74 bash -c 'postroom-check >&-'
    : >file
    run -74 postroom-init file/folder
}

@test "75: store, lock or space; a signal" {
    for program in mail-parse dedupe classify; do
        PROGRAM=$program gives 75 bash -c "$program two.ndjson >/dev/full"
    done
    # the lock is held by somebody else, and stays so
    dedupe two.ndjson >/dev/null
    sqlite3 "$SITE/store/postroom.db" 'BEGIN IMMEDIATE' '.shell sleep 60' >/dev/null 2>&1 &
    locker=$!
    sleep 0.5
    mail-parse "$SAMPLE/003-how-to-send-back.eml" >third.ndjson
    run --separate-stderr timeout 50 dedupe third.ndjson
    locked=$status
    text=$stderr
    pkill -P "$locker" || true
    kill "$locker" 2>/dev/null || true
    wait "$locker" || true
    [ "$locked" -eq 75 ]
    [[ $text == 'dedupe: '*locked* ]] || [[ $text == 'dedupe: '*busy* ]]
    # a store that is none
    echo 'this is no data base, and it is long enough to look at' >"$SITE/store/postroom.db"
    for program in $STORE_PROGRAMS postroom-status; do
        gives 75 "$program"
    done
    # one that was made by a later version of the programs
    rm -f "$SITE/store/postroom.db"*
    dedupe two.ndjson >/dev/null
    sqlite3 "$SITE/store/postroom.db" 'PRAGMA user_version = 9999'
    for program in $STORE_PROGRAMS; do
        run --separate-stderr "$program" two.ndjson
        [ "$status" -eq 75 ] || [ "$status" -eq 78 ]
        [[ $stderr == "$program: "* ]]
    done
}

@test "75: a store that cannot be written" {
    chmod 711 "$BATS_TEST_TMPDIR"
    dedupe two.ndjson >/dev/null
    as_nobody test -x "$SITE" || skip "the folder of the test cannot be entered by others"
    chmod -R a+rX "$SITE"
    cp two.ndjson "$SITE/two.ndjson"
    for program in dedupe triage; do
        run --separate-stderr as_nobody "$(command -v "$program")" --config "$SITE/postroom.xml" "$SITE/two.ndjson"
        [ "$status" -eq 75 ] || [ "$status" -eq 78 ]
        [ "$output" = '' ]
    done
}

@test "75: SIGTERM and SIGINT" {
    for signal in TERM INT; do
        mkfifo pipe.$signal
        # an interactive shell's children hear SIGINT; those of a script in the background do not
        python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' mail-parse --from=json <pipe.$signal >out.$signal 2>err.$signal &
        pid=$!
        exec 8>pipe.$signal
        cat two.ndjson >&8
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            [ ! -s out.$signal ] || break
            sleep 0.1
        done
        kill -$signal "$pid"
        code=0
        wait "$pid" || code=$?
        exec 8>&-
        [ "$code" -eq 75 ]
        cmp two.ndjson out.$signal
    done
}

@test "75: one message, whatever went wrong" {
    for program in $PROGRAMS; do
        gives 75 "$program" --from=rfc822 </dev/null
        gives 75 "$program" --from=rfc822 nowhere.eml
        gives 75 "$program" --from=rfc822 --config nowhere.xml "$MESSAGE"
    done
    for program in mail-parse dedupe classify escalate autoreply audit triage; do
        # rejected input, an output that is full, closed
        gives 75 "$program" --from=json --to=rfc822 <<<'[]'
        [ "$output" = '' ]
        PROGRAM=$program gives 75 bash -c "$program --from=rfc822 --to=rfc822 '$MESSAGE' >/dev/full"
        PROGRAM=$program gives 75 bash -c "$program --from=rfc822 --to=rfc822 '$MESSAGE' >&-"
    done
}

@test "78: the configuration" {
    for program in $PROGRAMS; do
        gives 78 "$program" --config nowhere.xml
        gives 78 "$program" --config nowhere.xml two.ndjson
        [ "$output" = '' ]
    done
    for command in 'audit verify' 'audit stats' 'audit trace X' postroom-status; do
        # shellcheck disable=SC2086 # a program and perhaps a command
        PROGRAM=${command% X} gives 78 $command --config nowhere.xml
    done
    gives 78 postroom-check nowhere.xml
    echo '<postroom' >broken.xml
    gives 78 postroom-check broken.xml
    run -78 triage-chain --config=broken.xml </dev/null
    # a house key that is none
    echo short >"$SITE/store/house.key"
    for program in dedupe autoreply triage; do
        gives 78 "$program" two.ndjson
    done
    # no store in the configuration
    unset POSTROOM_CONFIG
    if [ ! -e /etc/postroom/postroom.xml ]; then
        for program in $STORE_PROGRAMS; do
            gives 78 "$program" two.ndjson
        done
    fi
}

@test "of several codes the first of 75 74 78 70 65" {
    # 65 and then 74: what is rejected comes first, the missing file later
    echo '[]' >bad.ndjson
    run -74 mail-parse --from=json bad.ndjson nowhere.ndjson
    run -75 bash -c '{ echo "[]"; cat two.ndjson; } | dedupe --from=json >/dev/full'
}
