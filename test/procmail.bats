#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The two recipes of templates/wiring under the real procmail: each mail lands once where it should,
# octet by octet, and whatever fails, procmail says 75 and the mail system keeps the mail.

# shellcheck disable=SC2030,SC2031 # each test has variables of its own
load helper

setup() {
    setup_site
    MESSAGE=$SAMPLE/001-facture-non-recue.eml
    # The evening on which it came: its acknowledgement can still keep what it promises.
    POSTROOM_NOW=2026-11-22T19:00:00+01:00
    HOME=$BATS_TEST_TMPDIR/home
    mkdir -p "$HOME/Mail"
    DOOR=()
}

teardown() {
    [ ! -e "$BATS_TEST_TMPDIR/mounted" ] || umount "$BATS_TEST_TMPDIR/full"
    [ ! -e "$BATS_TEST_TMPDIR/elsewhere" ] || rm -rf "$(cat "$BATS_TEST_TMPDIR/elsewhere")"
}

# recipe NAME [LINE…]: the recipe as $RC, with what a site writes above it and further LINEs.
recipe() {
    RECIPE=$1
    shift
    RC=$HOME/rc
    {
        printf '%s\n' "HOME=$HOME" "PATH=$PATH" 'SHELL=/bin/sh' \
            "DEFAULT=$HOME/default" "ORGMAIL=$HOME/orgmail" \
            "POSTROOM_CONFIG=$POSTROOM_CONFIG" "POSTROOM_NOW=$POSTROOM_NOW" "$@"
        cat "$POSTROOM_SRC/templates/wiring/procmail-$RECIPE"
    } >"$RC"
    chmod 644 "$RC"
}

# hand FILE [OPTION…]: what the mail system does. Its answer is procmail's exit code.
hand() {
    local file=$1
    shift
    "${DOOR[@]}" procmail "$@" "$RC" <"$file"
}

# Files that somebody would find as mail, replies left out.
landed() {
    case $RECIPE in
    sorting) find "$HOME/Mail" -type f -path '*/new/*' ;;
    delivering) find "$SITE/queues" -type f -path '*/new/*' -not -path '*/replies/*' ;;
    esac
}

replies() {
    find "$SITE/queues/replies/new" -type f
}

# The folder of a file in a Maildir.
folder_of() {
    basename "$(dirname "$(dirname "$1")")"
}

# Nothing was delivered anywhere: no file, no reply, nothing half or empty, nothing in $DEFAULT.
nothing_landed() {
    [ -z "$(find "$HOME" "$SITE/queues" -type f -not -name 'rc' -not -name 'procmail.log')" ]
}

# What must stand under our block: the octets as received, strangers' fields of our name quoted.
below() {
    LC_ALL=C sed -E '1,/^\r?$/ s/^((Untrusted-)*Triage-)/Untrusted-\1/I' "$1"
}

# whole FILE ORIGINAL: FILE is our block and under it all of ORIGINAL.
whole() {
    local size total
    below "$2" >"$BATS_TEST_TMPDIR/below"
    size=$(stat -c %s "$BATS_TEST_TMPDIR/below")
    total=$(stat -c %s "$1")
    tail -c "$size" "$1" | cmp - "$BATS_TEST_TMPDIR/below" || return 1
    head -c $((total - size)) "$1" | tr -d '\r' >"$BATS_TEST_TMPDIR/block"
    grep -q '^Triage-Route: ' "$BATS_TEST_TMPDIR/block" || return 1
    if grep -Evn '^(Triage-[A-Z][a-z]+: |[ 	])' "$BATS_TEST_TMPDIR/block" >&2; then
        return 1
    fi
    case $(folder_of "$1").$RECIPE in
    rabat-l1.delivering)
        # Outside the house: a named list of fields, nothing to read reasons or state from.
        ! grep -Ev '^(Triage-(Case|Level|Category|Language|Route|Redacted|Suggestion): |[ 	])' \
            "$BATS_TEST_TMPDIR/block" >&2
        ;;
    *) grep -q '^Triage-Blob: ' "$BATS_TEST_TMPDIR/block" ;;
    esac
}

# lands FOLDER ORIGINAL [OPTION…]: handed over, ORIGINAL lands in FOLDER, once and whole.
lands() {
    local folder=$1 original=$2 files code=0
    shift 2
    hand "${HANDED:-$original}" "$@" || code=$?
    mapfile -t files < <(landed)
    if [ $code != 0 ] || [ ${#files[@]} != 1 ] || [ "$(folder_of "${files[0]}")" != "$folder" ] ||
        ! whole "${files[0]}" "$original"; then
        echo "$original should be in $folder: exit code $code, found ${files[*]}" >&2
        tail -n 5 "$HOME/procmail.log" >&2
        return 1
    fi
    rm "${files[0]}"
}

# kept FILE [OPTION…]: handed over, it stays with the mail system.
kept() {
    local code=0
    hand "$@" || code=$?
    [ $code = 75 ] || {
        echo "exit code $code" >&2
        return 1
    }
    nothing_landed || {
        find "$HOME" "$SITE/queues" -type f >&2
        return 1
    }
}

# After mending: the mail system's next attempt brings mail and reply, once.
mended() {
    lands rabat-l1 "$MESSAGE"
    [ "$(replies | wc -l)" = 1 ]
    [ ! -e "$HOME/default" ]
    [ ! -e "$HOME/orgmail" ]
    "${DOOR[@]}" audit verify >/dev/null
}

# The whole sample by the table.
sample_lands() {
    local file queue
    POSTROOM_NOW=2026-11-23T18:30:00+01:00
    recipe "$1"
    while IFS=$'\t' read -r file _ _ _ _ _ queue _ _; do
        [ "$file" != file ] || continue
        lands "$queue" "$SAMPLE/$file"
    done <"$SAMPLE/expected.tsv"
    # As many replies as the table says; those whose promise has passed by now did not leave.
    [ "$(rows "SELECT count(*) FROM outbox WHERE kind = 'ack'")" = \
        "$(awk -F '\t' '$9 == "acknowledge"' "$SAMPLE/expected.tsv" | wc -l)" ]
    [ "$(rows "SELECT count(*) FROM outbox WHERE kind = 'ack' AND state = 'sent'")" = \
        "$(replies | wc -l)" ]
    [ "$(replies | wc -l)" -ge 40 ]
    [ ! -e "$HOME/default" ]
    [ ! -e "$HOME/orgmail" ]
    [ "$(rows "SELECT count(*) FROM outbox WHERE state <> 'sent' AND
        coalesce(last_error, '') <> 'promise-passed'")" = 0 ]
    audit verify >/dev/null
}

@test "delivering: each message of the sample lands where the table says, once and whole" {
    sample_lands delivering
    [ "$(rows "SELECT count(*) FROM outbox WHERE kind = 'route'")" = 121 ]
}

@test "sorting: each message of the sample lands where the table says, once and whole" {
    sample_lands sorting
    [ "$(rows "SELECT count(*) FROM outbox WHERE kind = 'route'")" = 0 ]
}

@test "From_ lines: procmail -f, one on top, and body lines that begin with From" {
    local recipe
    {
        sed '/^$/q' "$MESSAGE"
        printf '%s\n' 'Bonjour,' 'From the start I had no bill.' 'From someone@example.org Mon Nov 23 06:00:00 2026' \
            '>From here on' '>>From there' '' 'From Monday on, ma facture ?'
    } >"$BATS_TEST_TMPDIR/lines.eml"
    {
        echo 'From anne@example.org Mon Nov 23 06:00:00 2026'
        cat "$BATS_TEST_TMPDIR/lines.eml"
    } >"$BATS_TEST_TMPDIR/top.eml"
    for recipe in delivering sorting; do
        setup_site
        recipe $recipe
        lands rabat-l1 "$BATS_TEST_TMPDIR/lines.eml" -f -
        lands rabat-l1 "$SAMPLE/002-where-is-my-order.eml" -f 'anne@example.org'
        lands rabat-l1 "$SAMPLE/003-how-to-send-back.eml" -f ''
        # The same with a From_ line is the same octets: a requeue, which changes nothing.
        HANDED=$BATS_TEST_TMPDIR/top.eml
        case $recipe in
        sorting)
            lands rabat-l1 "$BATS_TEST_TMPDIR/lines.eml"
            lands rabat-l1 "$BATS_TEST_TMPDIR/lines.eml" -f -
            ;;
        delivering)
            hand "$HANDED"
            [ -z "$(landed)" ]
            ;;
        esac
        HANDED=''
        [ "$(rows 'SELECT count(*) FROM delivery')" = 3 ]
        [ "$(replies | wc -l)" = 3 ]
    done
}

@test "forged blocks: no recipe files a mail by a stranger's field" {
    local recipe
    {
        printf '%s\n' 'Triage-Kind: customer' 'Triage-Route: experts-l3' 'TRIAGE-ROUTE: spam' \
            'triage-route : bulk' 'Triage-State: eyJyb3V0ZSI6eyJxdWV1ZSI6InNwYW0ifX0=' \
            'Untrusted-Triage-Route: spam' 'Triage-Blob: sha256-00; size=1'
        cat "$MESSAGE"
    } >"$BATS_TEST_TMPDIR/top.eml"
    {
        sed '/^$/,$d' "$MESSAGE"
        printf '%s\n' 'Triage-Route: spam' ' ; due=2026-11-24T09:00:00Z' 'X-Note: one' \
            $'\tTriage-Route: bulk' 'Triage-Autoreply: answer'
        sed -n '/^$/,$p' "$MESSAGE"
    } >"$BATS_TEST_TMPDIR/below.eml"
    for recipe in delivering sorting; do
        setup_site
        recipe $recipe
        lands rabat-l1 "$BATS_TEST_TMPDIR/top.eml"
        lands duplicates "$BATS_TEST_TMPDIR/below.eml"
    done
}

@test "the store's folder is missing: kept, then delivered" {
    local recipe
    for recipe in delivering sorting; do
        setup_site
        recipe $recipe
        mv "$SITE/store" "$SITE/store.away"
        kept "$MESSAGE"
        [ ! -e "$SITE/store" ]
        mv "$SITE/store.away" "$SITE/store"
        mended
    done
}

# A small disk at $BATS_TEST_TMPDIR/full; false when this machine does not allow one.
small_disk() {
    mkdir -p "$BATS_TEST_TMPDIR/full"
    [ "$(id -u)" = 0 ] || return 1
    mount -t tmpfs -o size=1m tmpfs "$BATS_TEST_TMPDIR/full" 2>/dev/null || return 1
    touch "$BATS_TEST_TMPDIR/mounted"
}

@test "the store's disk is full: kept, then delivered" {
    local recipe
    for recipe in delivering sorting; do
        setup_site
        recipe $recipe
        if small_disk; then
            cp -R "$SITE/store/." "$BATS_TEST_TMPDIR/full/"
            rm -rf "$SITE/store"
            ln -s "$BATS_TEST_TMPDIR/full" "$SITE/store"
            # Full to the last octet, whatever the size of the store.
            cat /dev/zero >"$SITE/store/filler" 2>/dev/null || true
            kept "$MESSAGE"
            rm "$SITE/store/filler"
            mended
            umount "$BATS_TEST_TMPDIR/full"
            rm "$BATS_TEST_TMPDIR/mounted"
        else
            [[ $BUILD != *asan* ]] || skip "no small disk, and nothing can be preloaded"
            recipe $recipe "LD_PRELOAD=$BUILD/test/faults.so" 'FAULT=pwrite:1:ENOSPC'
            kept "$MESSAGE"
            recipe $recipe
            mended
        fi
    done
}

@test "sorting: the disk of the folders is full, or there is no folder: kept, then delivered" {
    recipe sorting
    local code=0 files
    rmdir "$HOME/Mail"
    hand "$MESSAGE" || code=$?
    [ $code = 75 ]
    [ -z "$(find "$HOME" -type f -not -name rc -not -name procmail.log)" ]
    mkdir "$HOME/Mail"
    if small_disk; then
        rmdir "$HOME/Mail"
        ln -s "$BATS_TEST_TMPDIR/full" "$HOME/Mail"
        cat /dev/zero >"$HOME/Mail/filler" 2>/dev/null || true
        code=0
        hand "$MESSAGE" || code=$?
        [ $code = 75 ]
        [ -z "$(find "$HOME/Mail/" -type f -not -name filler)" ]
        rm "$HOME/Mail/filler"
        hand "$MESSAGE"
        mapfile -t files < <(find "$HOME/Mail/" -type f)
        [ ${#files[@]} = 1 ]
        whole "${files[0]}" "$MESSAGE"
    else
        mended
    fi
    [ "$(replies | wc -l)" = 1 ]
}

@test "the store cannot be written by procmail's user: kept, then delivered" {
    local recipe place=$BATS_TEST_TMPDIR
    if [ "$(id -u)" = 0 ]; then
        # As somebody whom permissions hold, in a place that he can reach.
        setpriv --reuid=nobody --regid=nogroup --clear-groups test -x "$BUILD/bin/triage" ||
            skip "user nobody cannot reach $BUILD"
        place=$(mktemp -d /tmp/postroom-procmail.XXXXXX)
        echo "$place" >"$BATS_TEST_TMPDIR/elsewhere"
        chmod 755 "$place"
        DOOR=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    fi
    for recipe in delivering sorting; do
        HOME=$place/home.$recipe
        SITE=$place/site.$recipe
        mkdir -p "$HOME/Mail"
        postroom-init "$SITE" >/dev/null
        POSTROOM_CONFIG=$SITE/postroom.xml
        recipe $recipe
        if [ "$(id -u)" = 0 ]; then
            chown -R nobody:nogroup "$HOME" "$SITE"
        fi
        chmod -R a-w "$SITE/store"
        kept "$MESSAGE"
        chmod -R u+w "$SITE/store"
        "${DOOR[@]}" test -w "$SITE/store"
        mended
    done
}

@test "a broken configuration: kept, then delivered" {
    local recipe
    for recipe in delivering sorting; do
        setup_site
        recipe $recipe
        cp "$SITE/postroom.xml" "$SITE/good.xml"
        sed -i 's|<queues>|<queues><colour/>|' "$SITE/postroom.xml"
        kept "$MESSAGE"
        head -c 2000 "$SITE/good.xml" >"$SITE/postroom.xml"
        kept "$MESSAGE"
        rm "$SITE/postroom.xml"
        kept "$MESSAGE"
        cp "$SITE/good.xml" "$SITE/postroom.xml"
        chmod 666 "$SITE/postroom.xml"
        kept "$MESSAGE"
        chmod 640 "$SITE/postroom.xml"
        mended
    done
}

# A program called triage in front of the real one.
in_front() {
    mkdir -p "$BATS_TEST_TMPDIR/front"
    cat >"$BATS_TEST_TMPDIR/front/triage"
    chmod 755 "$BATS_TEST_TMPDIR/front/triage"
}

@test "triage is killed: at once, in the middle of its output, when all is done" {
    local recipe real
    real=$(command -v triage)
    for recipe in delivering sorting; do
        setup_site
        recipe $recipe "PATH=$BATS_TEST_TMPDIR/front:$PATH"
        printf '#!/bin/sh\nkill -9 $$\n' | in_front
        kept "$MESSAGE"
        printf '#!/bin/sh\ncat >/dev/null\necho "Triage-Route: spam"\nkill -9 $$\n' | in_front
        kept "$MESSAGE"
        rm "$BATS_TEST_TMPDIR/front/triage"
        mended
    done
    # Half of what it had to say, then dead: what it recorded stays, the mail is not filed.
    setup_site
    recipe sorting "PATH=$BATS_TEST_TMPDIR/front:$PATH"
    in_front <<END
#!/bin/sh
$real "\$@" >"$BATS_TEST_TMPDIR/said"
head -c 1500 "$BATS_TEST_TMPDIR/said"
kill -9 \$\$
END
    local code=0
    hand "$MESSAGE" || code=$?
    [ $code = 75 ]
    [ -z "$(landed)" ]
    rm "$BATS_TEST_TMPDIR/front/triage"
    mended
    # All done, then dead before it could say so: the next attempt delivers nothing twice.
    for recipe in delivering sorting; do
        setup_site
        recipe $recipe "PATH=$BATS_TEST_TMPDIR/front:$PATH"
        printf '#!/bin/sh\n%s "$@"\nkill -9 $$\n' "$real" | in_front
        code=0
        hand "$MESSAGE" || code=$?
        [ $code = 75 ]
        rm "$BATS_TEST_TMPDIR/front/triage"
        mended
    done
}

@test "triage is not there, or not to be run: kept, then delivered" {
    local recipe
    for recipe in delivering sorting; do
        setup_site
        recipe $recipe 'PATH=/usr/bin:/bin'
        kept "$MESSAGE"
        printf 'no program' | in_front
        chmod 644 "$BATS_TEST_TMPDIR/front/triage"
        recipe $recipe "PATH=$BATS_TEST_TMPDIR/front:/usr/bin:/bin"
        kept "$MESSAGE"
        recipe $recipe
        mended
    done
}

@test "a recipe that is included ends procmail all the same" {
    local recipe
    for recipe in delivering sorting; do
        setup_site
        recipe $recipe
        {
            sed '/^# Postroom/,$d' "$RC"
            echo 'PATH=/usr/bin:/bin'
            echo "INCLUDERC=$POSTROOM_SRC/templates/wiring/procmail-$recipe"
        } >"$HOME/rc.new"
        mv "$HOME/rc.new" "$RC"
        kept "$MESSAGE"
    done
}

@test "nothing at all from the mail system: kept, nothing empty is delivered" {
    local recipe
    for recipe in delivering sorting; do
        setup_site
        recipe $recipe
        kept /dev/null
        # procmail makes a From_ line, and hands that over.
        kept /dev/null -f anne@example.org
    done
}
