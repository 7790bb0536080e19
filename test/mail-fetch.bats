#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# mail-fetch against a real Dovecot, through a proxy that cuts connections, and against servers that
# say what no server should.
# `run --separate-stderr` sets stderr; commands are for mail-fetch's shell.
# shellcheck disable=SC2154,SC2016

bats_require_minimum_version 1.5.0
load helper
load dovecot

COUNT=500

setup_file() {
    have_dovecot || return 0
    start_dovecot || return 1
    # With LF, which is what mail-fetch must make of it, and without what the protocols cannot
    # carry: IMAP has no NUL, POP no message that does not end in a line end.
    "$POSTROOM_SRC/test/tools/generate-mail" --count $COUNT --seed 8 --maildir "$DOVECOT/many"
    sed -i 's/\r$//; s/\x00/_/g' "$DOVECOT"/many/new/*
    for file in "$DOVECOT"/many/new/*; do
        [ -z "$(tail -c 1 "$file")" ] || echo >>"$file"
    done
}

teardown_file() {
    stop_dovecot
}

setup() {
    work_in_memory
    cd "$BATS_TEST_TMPDIR" || return 1
    [ -n "${DOVECOT:-}" ] || [[ $BATS_TEST_DESCRIPTION == "no server: "* ]] ||
        skip 'Dovecot (imapd, pop3d) and openssl are not installed'
    PATH=$PATH:/usr/sbin:/sbin
    unset POSTROOM_NOW
    printf 'höch geheim {5}\n' >password
    chmod 600 password
    mkdir got
    USER_NAME=user$BATS_TEST_NUMBER
    export XDG_STATE_HOME=$PWD/state
}

teardown() {
    leave_memory
}

# fetch SCHEME COMMAND OPTION…: mail-fetch from this test's user.
fetch() {
    local scheme=$1 command=$2 port
    shift 2
    case $scheme in
    imap) port=$IMAP_PORT ;;
    imaps) port=$IMAPS_PORT ;;
    pop) port=$POP_PORT ;;
    pops) port=$POPS_PORT ;;
    esac
    # in the background it has to be the process itself
    ${EXEC:-} mail-fetch --password-file=password --ca-file="$DOVECOT/ca.pem" --then="$command" "$@" \
        "$scheme://$USER_NAME@localhost:${PORT:-$port}/${FOLDER:-}"
}

# fill COUNT [FOLDER]: the first COUNT of the many messages, into this test's mailbox.
fill() {
    local maildir=$DOVECOT/mail/$USER_NAME${2:+/.$2} file
    mkdir -p "$maildir/tmp" "$maildir/new" "$maildir/cur"
    find "$DOVECOT/many/new" -type f | sort | head -n "$1" | while read -r file; do
        # the server moves what it has seen
        compgen -G "$maildir/*/${file##*/}*" >/dev/null || cp "$file" "$maildir/new/"
    done
    own_mail
}

# put NAME <MESSAGE: one message more.
put() {
    local maildir=$DOVECOT/mail/$USER_NAME
    mkdir -p "$maildir/tmp" "$maildir/new" "$maildir/cur"
    cat >"$maildir/new/$1"
    own_mail
}

own_mail() {
    [ "$(id -u)" -ne 0 ] || chown -R mail:mail "$DOVECOT/mail/$USER_NAME"
}

# Messages on the server, and those of them that were seen.
on_server() {
    doveadm -c "$DOVECOT/dovecot.conf" search -u "$USER_NAME" mailbox INBOX all | wc -l
}
seen() {
    doveadm -c "$DOVECOT/dovecot.conf" search -u "$USER_NAME" mailbox INBOX seen | wc -l
}

# Digests of messages, in order: of the first $1 of the many; of those in the folder got.
expected() {
    find "$DOVECOT/many/new" -type f | sort | head -n "$1" | xargs sha256sum | cut -d ' ' -f 1 | sort
}
got() {
    find got -type f -exec sha256sum {} + | cut -d ' ' -f 1 | sort
}

# The command of most tests: each message into a file of its own.
KEEP='cat >got/$$'

# serve PROGRAM…: starts it, $PORT is what it prints; unserve ends it.
serve() {
    coproc SERVER { exec "$@" 3>&-; }
    SERVING=$SERVER_PID STOP=${SERVER[1]}
    IFS= read -r PORT <&"${SERVER[0]}"
}
unserve() {
    eval "exec $STOP>&-"
    wait "$SERVING" || true
}

# falsely SCHEME <SCRIPT COMMAND OPTION…: mail-fetch from a false server, without TLS.
falsely() {
    local scheme=$1 command=$2
    shift 2
    cat >script
    serve "$POSTROOM_SRC/test/tools/false-server" script
    run --separate-stderr mail-fetch --password-file=password --tls=never --timeout=1 \
        --then="$command" "$@" "$scheme://ann@127.0.0.1:$PORT/"
    unserve
}

@test "imap, imaps, pop, pops: each message once, octet for octet; the second time only new ones" {
    fill 30
    for scheme in imap imaps pop pops; do
        rm -f got/*
        run --separate-stderr -0 fetch "$scheme" "$KEEP"
        [ "$output$stderr" = '' ]
        expected 30 | same - <(got)
        run --separate-stderr -0 fetch "$scheme" 'echo again'
        [ "$output$stderr" = '' ]
    done
    fill 33
    for scheme in imap pops; do
        rm -f got/*
        run --separate-stderr -0 fetch "$scheme" "$KEEP"
        [ "$(got | wc -l)" -eq 3 ]
        comm -13 <(expected 30) <(expected 33) | same - <(got)
    done
}

@test "500 messages over imap, the connection cut 20 times: each once, none in part" {
    cut_twenty_times imap "$IMAP_PORT"
}

@test "500 messages over imaps, the connection cut 20 times: each once, none in part" {
    cut_twenty_times imaps "$IMAPS_PORT"
}

@test "500 messages over pops, the connection cut 20 times: each once, none in part" {
    cut_twenty_times pops "$POPS_PORT"
}

@test "500 messages over pop in batches, the connection cut 20 times: each once, none in part" {
    cut_twenty_times pop "$POP_PORT" --batch=7
}

cut_twenty_times() {
    local scheme=$1 port=$2 runs=0 code=75 least=3000 command=$KEEP
    shift 2
    # POP lists all messages first.
    case $scheme in pop*) least=22000 ;; esac
    [ $# -eq 0 ] || command='cat >>all.mbox'
    fill $COUNT
    serve "$POSTROOM_SRC/test/tools/cutting-proxy" --to "$port" --cuts 20 --least $least \
        --most $((least + 18000)) --seed 20261124 --counter cuts
    while [ $code -eq 75 ] && [ $runs -lt 60 ]; do
        code=0
        PORT=$PORT fetch "$scheme" "$command" "$@" 2>>errors || code=$?
        runs=$((runs + 1))
    done
    unserve
    [ $code -eq 0 ]
    [ "$(cat cuts)" -eq 20 ]
    [ $runs -eq 21 ]
    # a run that was cut says so, in one line
    [ "$(wc -l <errors)" -eq 20 ]
    [ "$(grep -c 'connection was cut\|connection was lost' errors)" -eq 20 ]
    if [ $# -gt 0 ]; then
        # an mbox, taken apart again
        mail-parse all.mbox | jq -r .raw | while read -r raw; do
            base64 -d <<<"$raw" | sha256sum
        done | cut -d ' ' -f 1 | sort >digests
    else
        got >digests
    fi
    expected $COUNT | same - digests
}

@test "nothing is marked as seen, nothing is removed, unless asked" {
    fill 5
    run --separate-stderr -0 fetch imap "$KEEP"
    [ "$(on_server)" -eq 5 ]
    [ "$(seen)" -eq 0 ]
}

@test "--delete removes what the command took, and that only" {
    for scheme in imap imaps pop pops; do
        rm -rf got/* state
        fill 6
        # two of them fail
        run --separate-stderr -75 fetch "$scheme" 'echo . >>calls; cat >now
            case $(wc -l <calls) in 2 | 5) exit 1 ;; esac; mv now got/$$' --delete
        [ "${stderr_lines[0]}" != '' ]
        [[ ${stderr_lines[0]} == *': message '*': the command exits 1: again next time' ]]
        [ "${#stderr_lines[@]}" -eq 2 ]
        [ "$(on_server)" -eq 2 ]
        [ "$(got | wc -l)" -eq 4 ]
        run --separate-stderr -0 fetch "$scheme" "$KEEP" --delete
        [ "$(on_server)" -eq 0 ]
        expected 6 | same - <(got)
        rm -f calls
    done
}

@test "--delete after a cut removes what was taken before, not what was taken without it" {
    fill 4
    run --separate-stderr -0 fetch imap 'cat >/dev/null'
    run --separate-stderr -0 fetch imap 'cat >/dev/null' --delete
    [ "$(on_server)" -eq 4 ]
    # as a run leaves it that died before it could remove two
    record=$(find state/postroom/fetched -type f ! -name '*.lock')
    sed -i '/^upto\|^done/d' "$record"
    printf '%s\n' 'upto 1' 'remove 2' 'done 3' 'remove 4' >>"$record"
    run --separate-stderr -0 fetch imap 'echo never'
    [ "$output" = '' ]
    [ "$(on_server)" -eq 4 ]
    run --separate-stderr -0 fetch imap 'echo never' --delete
    [ "$output$stderr" = '' ]
    [ "$(on_server)" -eq 2 ]
}

@test "others' messages marked as deleted stay" {
    fill 3
    run --separate-stderr -0 fetch imap 'cat >/dev/null'
    doveadm -c "$DOVECOT/dovecot.conf" flags add -u "$USER_NAME" '\Deleted' mailbox INBOX uid 2
    fill 4
    run --separate-stderr -0 fetch imap "$KEEP" --delete
    [ "$(got | wc -l)" -eq 1 ]
    [ "$(on_server)" -eq 3 ]
}

@test "a message whose command fails comes again, last and alone, and stops nobody" {
    fill 8
    poison='cat >now; case $MESSAGE_ID in 2 | 3) exit 7 ;; esac; mv now got/$MESSAGE_ID'
    run --separate-stderr -75 fetch imap "$poison"
    [ "${#stderr_lines[@]}" -eq 2 ]
    [ "${stderr_lines[0]}" = "mail-fetch: imap://$USER_NAME@localhost:$IMAP_PORT/INBOX: message 2: the command exits 7: again next time" ]
    [ "$(got | wc -l)" -eq 6 ]
    fill 10
    run --separate-stderr -75 fetch imap 'echo "$MESSAGE_ID"; exit 9'
    [ "$output" = $'9\n10\n2\n3' ]
    # in batches too: what failed is alone
    run --separate-stderr -75 fetch imap 'grep -c "^From "; exit 1' --batch=10
    [ "$output" = $'1\n1\n1\n1' ]
    run --separate-stderr -0 fetch imap "$KEEP"
    [ "$stderr" = '' ]
    expected 10 | same - <(got)
}

@test "a command that always fails is not tried with every message" {
    fill 40
    run --separate-stderr -75 fetch imap 'echo .; exit 1'
    [ "${#lines[@]}" -eq 10 ]
    [ "${#stderr_lines[@]}" -eq 11 ]
    [[ ${stderr_lines[10]} == *'failed 10 times in a row: the rest waits'* ]]
    # those that were not tried come first the next time
    run --separate-stderr -0 fetch imap 'echo "$MESSAGE_ID"'
    [ "${lines[0]}" = 11 ]
    [ "${#lines[@]}" -eq 40 ]
}

@test "a command that is killed, one that cannot be started, one that reads nothing" {
    fill 1
    run --separate-stderr -75 fetch imap 'kill -9 $$'
    [[ $stderr == *'message 1: the command is ended by signal 9: again next time' ]]
    run --separate-stderr -75 fetch imap '/nowhere/program'
    [[ $stderr == *'message 1: the command exits 127: again next time' ]]
    run --separate-stderr -0 fetch imap true
    [ "$stderr" = '' ]
}

@test "the wrong password is 77, and it is not in what is said" {
    fill 1
    printf 'wrong secret\n' >password
    for scheme in imap imaps pop pops; do
        run --separate-stderr -77 fetch "$scheme" 'echo never'
        [ "$output" = '' ]
        [[ $stderr == "mail-fetch: localhost:"*": it does not let us in: it answers: "* ]]
        [[ $stderr != *secret* ]]
    done
}

@test "a server that is away is 75; the other mailboxes are read all the same" {
    fill 2
    away=$(free_ports 1)
    run --separate-stderr -75 fetch imap "$KEEP" "imap://ann@localhost:$away"
    [[ $stderr == "mail-fetch: localhost:$away: the server is away (Connection refused)" ]]
    expected 2 | same - <(got)
    run --separate-stderr -75 mail-fetch --password-file=password --then=cat imap://ann@nowhere.invalid
    [[ $stderr == "mail-fetch: nowhere.invalid:143: its address is not to be had: "* ]]
}

@test "UIDVALIDITY: all is new again, and that is said" {
    fill 3
    run --separate-stderr -0 fetch imap "$KEEP"
    [ "$stderr" = '' ]
    rm -f "$DOVECOT/mail/$USER_NAME"/dovecot*
    sed -i 's/^validity .*/validity 77/' state/postroom/fetched/imap-*[0-9a-f]
    run --separate-stderr -0 fetch imap "$KEEP"
    [[ $stderr == *"the server numbers its messages anew (UIDVALIDITY was 77, is "*"dedupe" ]]
    [ "$(got | sort | uniq -c | grep -c '^ *2 ')" -eq 3 ]
    run --separate-stderr -0 fetch imap 'echo again'
    [ "$output$stderr" = '' ]
}

@test "folders: with blanks and UTF-8, below others; one that is not there is 66" {
    # Postfach/Kunden & Gäste 日本 😀, in modified UTF-7
    fill 4 'Postfach.Kunden &- G&AOQ-ste &ZeVnLA- &2D3eAA-'
    for FOLDER in 'Postfach/Kunden & Gäste 日本 😀' \
        'Postfach/Kunden%20%26%20G%C3%A4ste%20%E6%97%A5%E6%9C%AC%20%F0%9F%98%80'; do
        run --separate-stderr -0 fetch imap "$KEEP"
        [ "$stderr" = '' ]
    done
    # both name the same mailbox: fetched once
    expected 4 | same - <(got)
    FOLDER='no "such\folder' run --separate-stderr -66 fetch imap "$KEEP"
    [[ $stderr == *': the folder cannot be opened: it answers: '* ]]
    FOLDER=Kunden run --separate-stderr -64 fetch pop "$KEEP"
    [[ $stderr == *'POP knows no folders'* ]]
}

@test "TLS: only for a certificate that is good, made by whom we trust, for that host" {
    fill 1
    for url in "imaps://ann@localhost:$IMAPS_PORT" "pops://ann@localhost:$POPS_PORT" \
        "imap://ann@localhost:$IMAP_PORT" "pop://ann@localhost:$POP_PORT"; do
        run --separate-stderr -77 mail-fetch --password-file=password --then='echo never' "$url"
        [ "$output" = '' ]
        [[ $stderr == *': its certificate is not to be trusted, no password was sent: '* ]]
        run --separate-stderr -77 mail-fetch --password-file=password --then='echo never' \
            --ca-file="$DOVECOT/other.pem" "$url"
        run --separate-stderr -77 mail-fetch --password-file=password --then='echo never' \
            --ca-file="$DOVECOT/ca.pem" "${url/localhost/127.0.0.1}"
        [[ $stderr == *'does not match'* ]]
    done
    run --separate-stderr -78 mail-fetch --password-file=password --then='echo never' \
        --ca-file=password "imaps://ann@localhost:$IMAPS_PORT"
    [[ $stderr == 'mail-fetch: password: no certificate (PEM) can be read from it'* ]]
    # nobody asks for the password before that
    run ! grep -q 'user=<ann>, method' "$DOVECOT/log"
    run --separate-stderr -0 fetch imap 'echo taken' --tls=required
    [ "$output" = taken ]
    run --separate-stderr -0 fetch pop 'echo taken' --tls=never
    [ "$output" = taken ]
    grep -q "user=<$USER_NAME>, method=PLAIN, .* TLS" "$DOVECOT/log"
}

@test "what comes is LF, and otherwise the octets as they are" {
    printf 'Subject: a\r\n\r\n.\r\n..two\r\nFrom me\r\n>From me\r\nlone\rreturn \xe9\r\nno end' |
        put 1
    printf 'Subject: a\n\n.\n..two\nFrom me\n>From me\nlone\rreturn \xe9\nno end' >expected
    run --separate-stderr -0 fetch imap 'cat >imap.eml'
    same expected imap.eml
    run --separate-stderr -0 fetch pops 'cat >pop.eml'
    # POP ends every message with a line end
    printf '\n' >>expected
    same expected pop.eml
}

@test "--batch: one mbox, from which the same messages come back" {
    fill 9
    run --separate-stderr -0 fetch imap 'cat >>all.mbox; echo .' --batch=4 --sender=envelope@example.net
    [ "$output" = $'.\n.\n.' ]
    [ "$(grep -c '^From envelope@example.net ' all.mbox)" -eq 9 ]
    mail-parse all.mbox | jq -r .raw | while read -r raw; do
        base64 -d <<<"$raw" | sha256sum | cut -d ' ' -f 1
    done | sort >digests
    expected 9 | same - digests
    # who the sender was is not invented
    rm -r state
    run --separate-stderr -0 fetch imap 'mail-parse --from=mbox >parsed' --batch=9
    [ "$(jq -c 'select(.triage.envelope.mailFrom == "")' parsed | wc -l)" -eq 0 ]
    [ "$(wc -l <parsed)" -eq 9 ]
}

@test "the command's environment" {
    fill 1
    SENDER=stale MAILBOX=stale run --separate-stderr -0 fetch imap \
        'echo "$MAILBOX|$MESSAGE_ID|${SENDER-none}|$RECIPIENT"' --recipient=help@lumiere.example
    [ "$output" = "imap://$USER_NAME@localhost:$IMAP_PORT/INBOX|1|none|help@lumiere.example" ]
}

@test "--max-size: larger ones stay, said once; they come when the limit is raised" {
    fill 2
    { printf 'Subject: large\n\n'; head -c 40000 /dev/zero | tr '\0' x | fold -w 70; echo; } | put 9
    for scheme in imap pop; do
        rm -f got/*
        run --separate-stderr -0 fetch "$scheme" "$KEEP" --max-size=30000
        [[ $stderr == *"message "*" has more than 30000 octets and stays on the server: see --max-size" ]]
        run --separate-stderr -0 fetch "$scheme" "$KEEP" --max-size=30000
        [ "$stderr" = '' ]
        expected 2 | same - <(got)
        run --separate-stderr -0 fetch "$scheme" "$KEEP"
        [ "$(got | wc -l)" -eq 3 ]
    done
}

@test "--dry-run tells and does nothing" {
    fill 3
    run --separate-stderr -0 fetch imap "$KEEP" --dry-run
    [[ $output =~ ^"imap://$USER_NAME@localhost:$IMAP_PORT/INBOX: 3 new, 0 to be tried again, "[0-9]+" octets, 0 to be removed"$ ]]
    [ "$(got)" = '' ]
    [ ! -e state ]
}

@test "two at once on one mailbox: the second leaves it to the first" {
    fill 2
    EXEC="exec" fetch imap 'until [ -e go ]; do sleep 0.05; done; cat >>first' 3>&- &
    for _ in $(seq 100); do
        compgen -G 'state/postroom/fetched/*.lock' >/dev/null && break
        sleep 0.05
    done
    run --separate-stderr -75 fetch imap 'echo second'
    [ "$output" = '' ]
    [[ $stderr == *'another mail-fetch is at work on this mailbox' ]]
    # another mailbox of the same server is free
    run --separate-stderr -0 fetch pops 'cat >/dev/null'
    : >go
    wait $!
    [ "$(grep -c '^Subject:' first)" -ge 2 ]
}

@test "SIGTERM: the command at work is waited for and recorded, the rest comes next time" {
    fill 5
    EXEC="exec" fetch imap 'echo . >>calls; until [ -e go ]; do sleep 0.05; done' 3>&- 2>errors &
    for _ in $(seq 100); do
        [ -e calls ] && break
        sleep 0.05
    done
    kill -TERM $!
    : >go
    code=0
    wait $! || code=$?
    [ $code -eq 75 ]
    grep -q 'stopped by a signal' errors
    run --separate-stderr -0 fetch imap 'echo "$MESSAGE_ID"'
    [ "$output" = $'2\n3\n4\n5' ]
}

@test "kill -9 at any time: nothing is left out, nothing comes in part" {
    fill 60
    for delay in 0.02 0.04 0.06 0.09 0.13; do
        EXEC="exec" fetch imap "$KEEP" 3>&- &
        sleep $delay
        kill -9 $! 2>/dev/null || true
        wait $! 2>/dev/null || true
    done
    # a command that outlives us may still be writing
    sleep 0.2
    run --separate-stderr -0 fetch imap "$KEEP"
    # what was not recorded came twice, at most one for each kill
    expected 60 | same - <(got | sort -u)
    [ "$(got | wc -l)" -le 65 ]
}

@test "the record: a torn line is cut, another's file is refused, the store's folder is its place" {
    fill 3
    run --separate-stderr -0 fetch imap 'cat >/dev/null'
    record=$(find state/postroom/fetched -type f ! -name '*.lock')
    sed -i '$d' "$record"
    printf 'done 3' >>"$record"
    run --separate-stderr -0 fetch imap 'echo "$MESSAGE_ID"'
    [ "$output" = 3 ]
    sed -i 's/^mailbox .*/mailbox imap:\/\/other@host\/INBOX/' "$record"
    run --separate-stderr -78 fetch imap 'echo never'
    [ "$stderr" = "mail-fetch: $PWD/$record: is the record of another mailbox" ]
    printf 'something else\n' >"$record"
    run --separate-stderr -78 fetch imap 'echo never'
    [[ $stderr == *'is no record of mail-fetch: name another --state' ]]
    setup_site
    run --separate-stderr -0 fetch imap 'cat >/dev/null'
    [ "$(find "$SITE/store/fetched" -type f ! -name '*.lock' | wc -l)" -eq 1 ]
    run --separate-stderr -0 fetch imap 'cat >/dev/null' --state=other
    [ "$(find other -type f ! -name '*.lock' | wc -l)" -eq 1 ]
}

@test "triage as the command: once each, duplicates after a new UIDVALIDITY are known" {
    fill 6
    setup_site
    unset POSTROOM_NOW
    chain='triage --filters=mail-parse,dedupe --from=rfc822 --to=json --recipient=service@lumiere.example'
    run --separate-stderr -0 fetch imap "$chain >>triaged.ndjson"
    sed -i 's/^validity .*/validity 77/' "$SITE"/store/fetched/imap-*[0-9a-f]
    run --separate-stderr -0 fetch imap "$chain >>triaged.ndjson"
    [ "$(wc -l <triaged.ndjson)" -eq 12 ]
    [ "$(jq -r .blobId triaged.ndjson | sort -u | wc -l)" -eq 6 ]
    [ "$(rows 'SELECT count(*) FROM delivery')" -eq 6 ]
}

@test "no server: what is no mailbox, and passwords where they do not belong" {
    for url in http://a@b imap:a imap://host imap://@host imap://a@ 'imap://a@h:0' 'imap://a@h:x' \
        'imap://a@h/x%zz' 'imap://a@h/x%00' 'imap://a@h/%ff' 'imap://a@h/x;UID=1' 'imap://a@[::1' \
        'imap://a;AUTH=PLAIN@h' 'imap://a@h h' pop://a@h/INBOX; do
        run --separate-stderr -64 mail-fetch --then=cat --password-file=password "$url"
        [ "$output" = '' ]
        [[ $stderr == 'mail-fetch: '* ]]
    done
    run --separate-stderr -64 mail-fetch --then=cat --password-file=password imap://a:pass1234@host
    [[ $stderr == *'a password (or a `:`) in a URL is refused'* ]]
    [[ $stderr != *pass1234* ]]
    run --separate-stderr -64 mail-fetch --then=cat --password-file=password http://a:pass1234@host
    [[ $stderr != *pass1234* ]]
}

@test "no server: wrong usage" {
    run --separate-stderr -64 mail-fetch
    run --separate-stderr -64 mail-fetch --then=cat imap://a@localhost
    [[ $stderr == *'Give --password-file or --password-command'* ]]
    run --separate-stderr -64 mail-fetch --password-file=password imap://a@localhost
    [[ $stderr == *'Give --then COMMAND'* ]]
    for option in --batch=0 --batch=x --timeout=0 --max-size=-1 --tls=maybe --state=; do
        run --separate-stderr -64 mail-fetch --then=cat --password-file=password $option imap://a@localhost
        [[ $stderr == "mail-fetch: ${option%%=*}"* ]]
    done
    run --separate-stderr -0 mail-fetch --help
    [[ $output == 'usage: mail-fetch '* ]]
}

@test "no server: a password that others can read is refused, and what is none" {
    url=imap://a@127.0.0.1:1
    for mode in 640 604 620; do
        chmod $mode password
        run --separate-stderr -78 mail-fetch --then=cat --password-file=password $url
        [ "$stderr" = 'mail-fetch: password: others may read or write this password: do `chmod 600` first' ]
    done
    chmod 600 password
    run --separate-stderr -78 mail-fetch --then=cat --password-file=nowhere $url
    : >password
    run --separate-stderr -78 mail-fetch --then=cat --password-file=password $url
    [[ $stderr == *'its first line is empty'* ]]
    printf 'a\tb\n' >password
    run --separate-stderr -78 mail-fetch --then=cat --password-file=password $url
    [[ $stderr == *'control characters'* ]]
    run --separate-stderr -75 mail-fetch --then=cat --password-command='echo word; exit 1' $url
    [[ $stderr == *'gives no password: it did not exit 0' ]]
}

@test "no server: the password of a command, which knows for whom" {
    printf '%s\n' '[b"* OK hello\r\n", "CAPABILITY", b"* CAPABILITY IMAP4rev1\r\nTAG OK\r\n",' \
        '"LOGIN .5.$", b"+ \r\n", "^a b\"c .15.$", b"+ \r\n", "^of a b\"c at 127$",' \
        'b"p2 NO [AUTHENTICATIONFAILED] no\r\n", None]' >script
    serve "$POSTROOM_SRC/test/tools/false-server" script
    run --separate-stderr -77 mail-fetch --tls=never --then=cat \
        --password-command='echo "of $MAIL_USER at 127"; echo more' "imap://a%20b%22c@127.0.0.1:$PORT"
    unserve
    same script.said - <<'END'
p1 CAPABILITY
p2 LOGIN {5}
a b"c {15}
of a b"c at 127
END
}

# What a good server says until a folder is open; the rest is the test's.
IMAP_BEGIN='b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n", "AUTHENTICATE PLAIN$", b"+ \r\n", "^AGFubgBow7ZjaCBnZWhlaW0gezV9$", b"p1 OK [CAPABILITY IMAP4rev1] in\r\n", "EXAMINE \"INBOX\"$", b"* FLAGS (\\\\Seen)\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 4000000000] x\r\nTAG OK [READ-ONLY] y\r\n", "UID SEARCH UID 1:\*$", b"* SEARCH 7 3\r\nTAG OK\r\n", "UID FETCH 3,7 .UID RFC822.SIZE INTERNALDATE.$", b"* 1 FETCH (UID 3 RFC822.SIZE 10)\r\n* 2 FETCH (RFC822.SIZE 10 UID 7 INTERNALDATE \" 7-Feb-1994 21:52:25 -0800\")\r\nTAG OK\r\n", "UID FETCH 3 .UID BODY.PEEK...$",'
POP_BEGIN='b"+OK hello\r\n", "CAPA$", b"-ERR what\r\n", "USER ann$", b"+OK\r\n", "PASS h.ch geheim .5.$", b"+OK\r\n", "UIDL$", b"+OK\r\n1 aa\r\n2 bb\r\n3 aa\r\n.\r\n", "LIST$", b"+OK\r\n1 10\r\n2 10\r\n3 10\r\n.\r\n", "RETR 1$",'

@test "no server: IMAP in all the forms it may have" {
    falsely imap 'echo "$MESSAGE_ID"; cat; echo' <<END
[$IMAP_BEGIN b"* 5 EXPUNGE\r\n* 1 FETCH (FLAGS (\\\\Recent) UID 3 BODY[] {12}\r\nA: b\r\n\r\n()\"\\\\)\r\nTAG OK\r\n",
"UID FETCH 7 ", b"* 2 FETCH (BODY[] \"A: c\\\\\"d\" X-NEW (1 (2 {3}\r\n)()) NIL) UID 7 FLAGS ())\r\n* 9 FETCH (FLAGS ())\r\nTAG OK\r\n",
"LOGOUT", b"* BYE\r\nTAG OK\r\n"]
END
    [ "$stderr" = '' ]
    [ "$status" -eq 0 ]
    [ "$output" = $'3\nA: b\n\n()"\\\n7\nA: c"d' ]
}

@test "no server: IMAP that is none, or cut: 75 or 76, and nothing in part" {
    long='b"x" * 70000'
    for answer in \
        '75 b"* 1 FETCH (UID 3 BODY[] {100}\r\nA: b\r\n\r\nhalf", None' \
        '75 b"* 1 FETCH (UID 3 BODY[] {6}\r\nA: b\r\n", None' \
        '75 b"* 1 FETCH (UID 3 BODY[] {6}\r\nA: b\r\n)\r\n", None' \
        '75 b"* 1 FETCH (UID 3 BODY[] {6}\r\nA: b\r\n)\r\n* BYE gone\r\n", None' \
        '76 b"* 1 FETCH (UID 4 BODY[] {6}\r\nA: b\r\n)\r\nTAG BAD no\r\n"' \
        '76 b"* 1 FETCH (BODY[] {6}\r\nA: b\r\n UID 4)\r\nTAG OK\r\n"' \
        '76 b"* 1 FETCH (BODY[] {6}\r\nA: b\r\n)\r\nTAG OK\r\n"' \
        '76 b"* 1 FETCH (UID 3 BODY[] {6}\r\nA: b\r\n BODY[] {6}\r\nA: b\r\n)\r\nTAG OK\r\n"' \
        '76 b"* 1 FETCH (UID 3 BODY[] {99999999999999999999}\r\nA: b\r\n)\r\nTAG OK\r\n"' \
        '76 b"* 1 FETCH (UID 3 BODY[] {-6}\r\nA: b\r\n)\r\nTAG OK\r\n"' \
        '76 b"* 1 FETCH UID 3\r\nTAG OK\r\n"' \
        '76 b"* 1 FETCH (UID 99999999999)\r\nTAG OK\r\n"' \
        '76 b"HTTP/1.1 400 Bad Request\r\n"' \
        "76 b\"* OK \" + $long + b\"\r\n\"" \
        "76 b\"* \" + $long + b\"\r\n\"" \
        '76 b"p99 OK\r\n"' \
        '75 '; do
        rm -rf state
        falsely imap 'echo never' <<<"[$IMAP_BEGIN ${answer#?? }]"
        [ "$status" -eq "${answer%% *}" ] || { echo "$answer: $status: $stderr"; return 1; }
        [ "$output" = '' ]
        [ "${#stderr_lines[@]}" -eq 1 ]
    done
}

@test "no server: one message that IMAP or POP does not give keeps nobody" {
    falsely imap 'echo "$MESSAGE_ID"' <<END
[$IMAP_BEGIN b"TAG NO [SERVERBUG] cannot read\r\n", "UID FETCH 7", b"* 2 FETCH (UID 7 BODY[] {6}\r\nA: b\r\n)\r\nTAG OK\r\n", "LOGOUT", b"* BYE\r\nTAG OK\r\n"]
END
    [ "$status" -eq 75 ]
    [ "$output" = 7 ]
    [[ $stderr == *'message 3: the server does not give it: [SERVERBUG] cannot read' ]]
    falsely pop 'echo "$MESSAGE_ID"' <<END
[$POP_BEGIN b"-ERR broken\r\n", "RETR 2", b"+OK\r\nA: b\r\n.\r\n", "QUIT", b"+OK\r\n"]
END
    [ "$status" -eq 75 ]
    [ "$output" = bb ]
    [[ $stderr == *'message aa: the server does not give it: -ERR broken' ]]
}

@test "no server: POP, dots, and two copies under one name" {
    falsely pop 'echo "$MESSAGE_ID"; cat' <<END
[$POP_BEGIN b"+OK\r\n..a\r\n.\rb\r\n...\r\n\n.c\r\n.\r\n", "RETR 2", b"+OK\r\nA: b\r\n\r", b"\n", b".", b"\r", b"\n", "QUIT", b"+OK\r\n"]
END
    [ "$stderr" = '' ]
    [ "$status" -eq 0 ]
    [ "$output" = $'aa\n.a\n\rb\n..\n\n.c\nbb\nA: b' ]
}

@test "no server: POP that is none, or cut: 75, 69 or 76, and nothing in part" {
    for answer in \
        '75 b"+OK\r\nA: b\r\n\r\nhalf", None' \
        '75 b"+OK\r\nA: b\r\n\r\nwhole\r\n", None' \
        '75 b"+OK\r\nA: b\r\n.\r", None' \
        '75 b"+OK\r\nA: b\n.\r\n"' \
        '76 b"250 hello\r\n"'; do
        rm -rf state
        falsely pop 'echo never' <<<"[$POP_BEGIN ${answer#?? }]"
        [ "$status" -eq "${answer%% *}" ] || { echo "$answer: $status: $stderr"; return 1; }
        [ "$output" = '' ]
        [ "${#stderr_lines[@]}" -eq 1 ]
    done
    falsely pop 'echo never' <<<"[${POP_BEGIN%%\"UIDL*} \"UIDL\", b\"-ERR what\r\n\"]"
    [ "$status" -eq 69 ]
    falsely pop 'echo never' <<<'[b"-ERR [SYS/TEMP] later\r\n"]'
    [ "$status" -eq 75 ]
}

@test "no server: without TLS no password; what is said before it begins is not believed" {
    printf '%s\n' '[b"* OK hello\r\n", "CAPABILITY", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK\r\n", "."]' >script
    serve "$POSTROOM_SRC/test/tools/false-server" script
    run --separate-stderr -69 mail-fetch --password-file=password --tls=required --then=cat \
        "imap://ann@127.0.0.1:$PORT"
    [[ $stderr == *'it offers no TLS, and the password must not go over the network in clear'* ]]
    unserve
    [ "$(cat script.said)" = 'p1 CAPABILITY' ]
    # answers smuggled in behind that to STARTTLS
    printf '%s\n' '[b"* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n", "STARTTLS", b"TAG OK begin\r\n* OK evil\r\n", "."]' >script
    serve "$POSTROOM_SRC/test/tools/false-server" script
    run --separate-stderr -76 mail-fetch --password-file=password --then=cat "imap://ann@127.0.0.1:$PORT"
    [[ $stderr == *'somebody may be in the middle' ]]
    unserve
    # who is let in before TLS could begin
    printf '%s\n' '[b"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n", "."]' >script
    serve "$POSTROOM_SRC/test/tools/false-server" script
    run --separate-stderr -69 mail-fetch --password-file=password --tls=required --then=cat \
        "imap://ann@127.0.0.1:$PORT"
    unserve
}
