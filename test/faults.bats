#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Every open, read, write, sync, rename, close, unlink, lock and allocation of ours fails once, for
# one message a program: nothing is written or the whole, and a rerun makes it as if nothing had
# happened. Of the store's own reads and writes, which are many and alike, `check` takes a part;
# POSTROOM_LONG=1 takes all.

load helper

setup_file() {
    # Allocations fail in programs built for it: the others have no such switch.
    if [[ $BUILD != *asan* ]]; then
        make -s -C "$POSTROOM_SRC" BUILD=build/faults CFLAGS='-O1 -g -DPOSTROOM_FAULTS' \
            -j2 all >"$BATS_FILE_TMPDIR/make.log" 2>&1 || cat "$BATS_FILE_TMPDIR/make.log" >&2
    fi
}

setup() {
    [[ $BUILD != *asan* ]] || skip "a preloaded library and the sanitiser's own do not go together"
    work_in_memory
    setup_site
    MESSAGE=$SAMPLE/001-facture-non-recue.eml
    # The evening on which it came: its acknowledgement can still keep what it promises.
    export POSTROOM_NOW=2026-11-22T19:00:00+01:00
    # The store exists before, with another message in it: what fails is the work, not the making.
    triage --from=rfc822 "$SAMPLE/002-where-is-my-order.eml"
    cp -R "$SITE/store" "$BATS_TEST_TMPDIR/store"
    cp -R "$SITE/queues" "$BATS_TEST_TMPDIR/queues"
}

teardown() {
    leave_memory
}

restore() {
    rm -rf "$SITE/store" "$SITE/queues"
    cp -R "$BATS_TEST_TMPDIR/store" "$SITE/store"
    cp -R "$BATS_TEST_TMPDIR/queues" "$SITE/queues"
}

# What a run leaves, without what only the clock or the number of attempts decides.
state() {
    (cd "$SITE/queues" && find . -type f -path '*/new/*' -exec sha256sum {} + | sort -k2)
    sqlite3 -readonly "$SITE/store/postroom.db" "SELECT * FROM decision ORDER BY 1, 2;
        SELECT * FROM delivery ORDER BY 1; SELECT * FROM cases ORDER BY 1;
        SELECT * FROM party ORDER BY 1, 2; SELECT * FROM message_id ORDER BY 1, 2;
        SELECT * FROM customer ORDER BY 1; SELECT * FROM customer_address ORDER BY 1;
        SELECT * FROM assignment ORDER BY 1; SELECT * FROM acknowledgement ORDER BY 1;
        SELECT * FROM cap ORDER BY 1, 2; SELECT key FROM event ORDER BY key;
        SELECT key, state, queue, template, promised_by FROM outbox ORDER BY key"
}

# every_fault STEP COMMAND…: fails each call of each kind once in COMMAND (of the store's writes and
# reads each STEPth), then runs it undisturbed. `expected` and `expected-state` are what an
# undisturbed run gives.
every_fault() {
    local step=$1 kind count n error total=0
    shift
    [ -z "${POSTROOM_LONG:-}" ] || step=1
    FAULT_COUNT=$BATS_TEST_TMPDIR/count LD_PRELOAD=$BUILD/test/faults.so "$@" \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err"
    while read -r kind count; do
        case $kind in
        pwrite | pread) set -- "$step" "$@" ;;
        *) set -- 1 "$@" ;;
        esac
        for ((n = 1; n <= count; n += $1)); do
            error=EIO
            case $kind in write | pwrite) error=ENOSPC ;; esac
            fault "$kind:$n:$error" "${@:2}"
            [ "$kind" != write ] || fault "$kind:$n:SHORT" "${@:2}"
            total=$((total + 1))
        done
        shift
    done <"$BATS_TEST_TMPDIR/count"
    # The preloaded library really stood between the program and the system.
    [ $total -ge 15 ]
}

# fault FAULT COMMAND…
fault() {
    local fault=$1 code=0
    shift
    restore
    LD_PRELOAD=$BUILD/test/faults.so FAULT=$fault "$@" \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || code=$?
    judge "$fault" "$code" "$@"
}

# judge WHAT CODE COMMAND…: after a fault, and after the rerun.
judge() {
    local what=$1 code=$2
    shift 2
    case $code in
    0 | 65 | 70 | 74 | 75 | 78) ;;
    *)
        echo "$what: exit code $code: $(cat "$BATS_TEST_TMPDIR/err")" >&2
        return 1
        ;;
    esac
    if [ "$code" = 0 ] || [ -s "$BATS_TEST_TMPDIR/out" ]; then
        cmp "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/expected" || {
            echo "$what: exit code $code, but the output is not whole" >&2
            return 1
        }
    elif ! grep -q "^[a-z-]*: " "$BATS_TEST_TMPDIR/err"; then
        echo "$what: exit code $code without a word" >&2
        return 1
    fi
    "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || {
        echo "$what: the rerun failed: $(cat "$BATS_TEST_TMPDIR/err")" >&2
        return 1
    }
    cmp "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/expected"
    # Mail that a fault kept in the outbox leaves with the next cron run.
    POSTROOM_NOW=2026-11-22T21:00:00+01:00 deliver --due 2>>"$BATS_TEST_TMPDIR/err"
    state >"$BATS_TEST_TMPDIR/state"
    diff "$BATS_TEST_TMPDIR/state" "$BATS_TEST_TMPDIR/expected-state" >&2 || {
        echo "$what: the rerun left another state" >&2
        return 1
    }
    audit verify >"$BATS_TEST_TMPDIR/verify" || {
        echo "$what: $(cat "$BATS_TEST_TMPDIR/verify")" >&2
        return 1
    }
}

undisturbed() {
    restore
    "$@" >"$BATS_TEST_TMPDIR/expected"
    deliver --due
    state >"$BATS_TEST_TMPDIR/expected-state"
    restore
}

@test "triage, delivering: each call fails once, each time the mail arrives once" {
    undisturbed triage --from=rfc822 "$MESSAGE"
    every_fault 3 triage --from=rfc822 "$MESSAGE"
}

@test "triage, sorting: each call fails once, the mail is written whole or not at all" {
    undisturbed triage --from=rfc822 --to=rfc822 "$MESSAGE"
    every_fault 5 triage --from=rfc822 --to=rfc822 "$MESSAGE"
}

@test "each filter: each call fails once, its output is whole or none" {
    local input=$BATS_TEST_TMPDIR/input.json program
    triage --dry-run --to=json --filters=mail-parse,dedupe,classify,escalate,autoreply \
        "$MESSAGE" >"$input"
    for program in dedupe classify escalate autoreply audit; do
        undisturbed "$program" --from=json "$input"
        every_fault 9 "$program" --from=json "$input"
    done
    undisturbed mail-parse "$MESSAGE"
    every_fault 1 mail-parse "$MESSAGE"
}

@test "each allocation fails once: exit 75, and a rerun makes it good" {
    local n code total=0
    [ -x "$POSTROOM_SRC/build/faults/bin/triage" ]
    undisturbed triage --from=rfc822 "$MESSAGE"
    for ((n = 1; ; n++)); do
        restore
        code=0
        POSTROOM_FAULT_ALLOCATION=$n "$POSTROOM_SRC/build/faults/bin/triage" --from=rfc822 \
            "$MESSAGE" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || code=$?
        [ "$code" != 0 ] || break
        [ "$code" = 75 ]
        grep -q '^triage: out of memory: ' "$BATS_TEST_TMPDIR/err"
        total=$n
        # The state after each is looked at for every seventh: the rest differ in nothing but n.
        [ $((n % 7)) = 0 ] || continue
        judge "allocation $n" "$code" triage --from=rfc822 "$MESSAGE"
    done
    [ "$total" -ge 50 ]
}
