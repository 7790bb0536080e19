# SPDX-License-Identifier: GPL-3.0-or-later
# What every bats file loads: programs on PATH, a folder of its own, a set-up to work in.
# shellcheck shell=bash

POSTROOM_SRC=${POSTROOM_SRC:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
BUILD=${BUILD:-build}
case $BUILD in
/*) ;;
*) BUILD=$POSTROOM_SRC/$BUILD ;;
esac
SAMPLE=$POSTROOM_SRC/test/sample
FIXTURES=$POSTROOM_SRC/test/fixtures
PATH=$BUILD/bin:$PATH
export POSTROOM_SRC BUILD SAMPLE FIXTURES PATH
# The day of the sample mail, at its end: no test depends on the clock.
export POSTROOM_NOW=2026-11-23T18:30:00+01:00
export LC_ALL=C.UTF-8 TZ=UTC
unset POSTROOM_CONFIG SENDER RECIPIENT

# A fresh set-up in $SITE, with $POSTROOM_CONFIG. Every set-up has the same house key, so that case
# ids are the same in every run.
setup_site() {
    SITE=$BATS_TEST_TMPDIR/site
    rm -rf "$SITE"
    postroom-init "$SITE" >/dev/null
    printf '%064d\n' 7 >"$SITE/store/house.key"
    # Morocco's clock changed by decree in 2026: what a promise is there depends on how old this
    # machine's time zone data are. A zone that never changes stands in for it.
    sed -i 's|Africa/Casablanca|Africa/Abidjan|' "$SITE/postroom.xml"
    export SITE POSTROOM_CONFIG=$SITE/postroom.xml
}

# For tests that sync thousands of times: their folder in memory, where there is a gigabyte of it.
# They are about programs that die and calls that fail, not about machines that lose power.
work_in_memory() {
    if [ -w /dev/shm ] && [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -gt 1000000 ]; then
        IN_MEMORY=$(mktemp -d /dev/shm/postroom-test.XXXXXX)
        BATS_TEST_TMPDIR=$IN_MEMORY
    fi
}

leave_memory() {
    [ -z "${IN_MEMORY:-}" ] || rm -rf "$IN_MEMORY"
}

# The sample mailbox as a Maildir in $1 (hard facts of order are in the names).
sample_maildir() {
    mkdir -p "$1/tmp" "$1/new" "$1/cur"
    cp "$SAMPLE"/*.eml "$1/new/"
}

# Fails with a readable difference.
same() {
    diff -u "$1" "$2" >&2
}

# Rows of the store.
rows() {
    sqlite3 -readonly "$SITE/store/postroom.db" "$1"
}
