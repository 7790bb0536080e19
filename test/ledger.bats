#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Alterations of the audit log: whatever byte is changed, `audit verify` names its line, and a cut
# tail is found. POSTROOM_LONG=1 changes each byte of a ledger of 200 lines, and 1,000 of a large one.

load helper

setup() {
    setup_site
    LEDGER=$SITE/store/ledger.ndjson
    COPY=$BATS_TEST_TMPDIR/ledger.ndjson
    VERIFIER=$BUILD/libexec/audit-verify
}

@test "a ledger of 200 lines: a changed byte is found, and its line named" {
    local whole=10 random=1000
    sample_maildir "$BATS_TEST_TMPDIR/mail"
    triage --filters=mail-parse,dedupe,classify,escalate,autoreply,audit "$BATS_TEST_TMPDIR/mail" \
        >/dev/null
    head -n 200 "$LEDGER" >"$COPY"
    [ "$(wc -l <"$COPY")" = 200 ]
    "$VERIFIER" --file "$COPY" | grep -F '200 lines, last seq 200: all good'
    # The sanitised verifier takes several times as long.
    [[ $BUILD != *asan* ]] || whole=1 random=50
    if [ -n "${POSTROOM_LONG:-}" ]; then
        "$POSTROOM_SRC/test/tools/flip-bytes" "$VERIFIER" "$COPY" --all >"$BATS_TEST_TMPDIR/flips"
    else
        "$POSTROOM_SRC/test/tools/flip-bytes" "$VERIFIER" "$COPY" --lines $whole \
            --random $random >"$BATS_TEST_TMPDIR/flips"
    fi || {
        cat "$BATS_TEST_TMPDIR/flips" >&2
        return 1
    }
    sed 's/^/# /' "$BATS_TEST_TMPDIR/flips" >&3
}

@test "a large ledger: random bytes changed, and the tail cut" {
    local messages=2000 random=100 total kept
    [ -z "${POSTROOM_LONG:-}" ] || random=1000
    [[ $BUILD != *asan* ]] || messages=300 random=10
    python3 "$POSTROOM_SRC/test/tools/generate-mail" --count $messages --maildir \
        "$BATS_TEST_TMPDIR/mail"
    triage --filters=mail-parse,dedupe,classify,escalate,autoreply,audit "$BATS_TEST_TMPDIR/mail" \
        >/dev/null
    audit verify
    total=$(wc -l <"$LEDGER")
    [ "$total" -gt $((messages * 3)) ]
    "$POSTROOM_SRC/test/tools/flip-bytes" "$VERIFIER" "$LEDGER" --random $random \
        >"$BATS_TEST_TMPDIR/flips" || {
        cat "$BATS_TEST_TMPDIR/flips" >&2
        return 1
    }
    sed 's/^/# /' "$BATS_TEST_TMPDIR/flips" >&3
    cp "$LEDGER" "$COPY"
    # Whole lines are gone: the file by itself is good, the store knows better.
    for kept in $((total - 1)) $((total / 2)) 1 0; do
        head -n "$kept" "$COPY" >"$LEDGER"
        run audit verify
        [ "$status" = 65 ]
        [[ $output == *": line $((kept + 1)): is missing: "* ]]
    done
    # In the middle of a line, without the store's help.
    head -c -7 "$COPY" >"$LEDGER"
    run audit verify --file "$LEDGER"
    [ "$status" = 65 ]
    [[ $output == *": line $total: "* ]]
    # Lines taken out, put in twice, or exchanged.
    sed '100d' "$COPY" >"$LEDGER"
    run audit verify --file "$LEDGER"
    [ "$status" = 65 ]
    [[ $output == *': line 100: '* ]]
    sed '100p' "$COPY" >"$LEDGER"
    run audit verify --file "$LEDGER"
    [ "$status" = 65 ]
    [[ $output == *': line 101: '* ]]
    sed '100{h;d};101G' "$COPY" >"$LEDGER"
    run audit verify --file "$LEDGER"
    [ "$status" = 65 ]
    [[ $output == *': line 100: '* ]]
    # The next run mends a torn tail, and only that.
    head -c -7 "$COPY" >"$LEDGER"
    triage --filters=mail-parse,dedupe,classify,escalate,autoreply,audit \
        "$SAMPLE/001-facture-non-recue.eml" >/dev/null
    head -n "$total" "$LEDGER" | cmp - "$COPY"
    audit verify
}
