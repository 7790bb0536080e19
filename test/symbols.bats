#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The structure, held by what is linked and declared: who may write which table, what headers say,
# which module stands on which.

bats_require_minimum_version 1.5.0
load helper

LOOK=$POSTROOM_SRC/test/tools/headers

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

# Every program that is not a script.
binaries() {
    local path
    for path in "$BUILD"/bin/* "$BUILD"/libexec/*; do
        [ "$(head -c 4 "$path" | tail -c 3)" != ELF ] || echo "$path"
    done
}

# linked FUNCTION PROGRAM…: FUNCTION is linked into these programs and into no other.
linked() {
    local function=$1 path
    shift
    while IFS= read -r path; do
        nm "$path" | awk -v name="$function" '$3 == name { found = 1 } END { exit !found }' &&
            echo "${path##*/}"
    done < <(binaries) | sort >got
    printf '%s\n' "$@" | sort >expected
    diff -u expected got >&2 || { echo "$function"; return 1; }
}

@test "each table's writers are linked into its owner, and into nobody else" {
    for function in case_put case_add_message_id party_add delivery_put match_case match_bounce; do
        linked $function dedupe triage
    done
    linked assignment_set escalate triage
    for function in acknowledgement_add acknowledgement_forget; do
        linked $function autoreply triage
    done
    for function in sending_take sending_run sending_expire; do
        linked $function deliver triage
    done
    linked outbox_insert autoreply deliver triage
}

@test "each table is written by the SQL of one file" {
    # the shared ones by one file each; only sending.c changes what stands in the outbox
    cat >expected <<'END'
acknowledgement lib/acknowledgements.c
assignment lib/assignments.c
cap lib/acknowledgements.c
cases lib/cases.c
chain lib/event.c
customer lib/cases.c
customer_address lib/cases.c
decision lib/store.c
delivery lib/cases.c
event lib/event.c
message_id lib/cases.c
outbox lib/outbox.c
outbox lib/sending.c
party lib/cases.c
END
    (cd "$POSTROOM_SRC" && grep -noE '(INSERT( OR [A-Z]+)? INTO|UPDATE|DELETE FROM|REPLACE INTO) [a-z_]+' \
        lib/*.c filters/*.c commands/*.c) | sed 's/^\([^:]*\):[0-9]*:.* \([a-z_]*\)$/\2 \1/' |
        grep -v '^assignment lib/assignments.c$' | sort -u >got
    # an assignment is written with INSERT … ON CONFLICT … UPDATE, over several lines
    grep -q 'INTO assignment' "$POSTROOM_SRC/lib/assignments.c"
    grep -v '^assignment ' expected | same - got
}

@test "only deliver's code can send: no other program has a transport" {
    linked transport_send deliver triage
}

@test "only mail-fetch talks to servers, and links TLS" {
    linked wire_open mail-fetch
    binaries | while IFS= read -r path; do
        ! objdump -p "$path" | grep -q 'NEEDED.*gnutls' || echo "${path##*/}"
    done >got
    echo mail-fetch | same - got
}

@test "headers declare exactly what their objects export" {
    python3 "$LOOK" "$POSTROOM_SRC/lib" declared | cut -d' ' -f2 | sort >names
    sort -u names | same names -
    for object in "$BUILD"/obj/lib/*.o; do
        [ -e "$POSTROOM_SRC/lib/$(basename "${object%.o}").c" ] || continue
        nm -g --defined-only "$object" | awk '$2 ~ /[TDBR]/ && $3 !~ /^__(asan|odr|ubsan)/ { print $3 }'
    done | sort >exported
    [ "$(wc -l <names)" -gt 200 ]
    same names exported
}

@test "each function is declared in the header of its own module" {
    python3 "$LOOK" "$POSTROOM_SRC/lib" declared | while read -r header function; do
        module=${header%.h}
        case $module in
        config*) objects="$BUILD/obj/lib/config*.o" ;;
        mime | email) objects="$BUILD/obj/lib/$module.o $BUILD/obj/lib/$module-*.o" ;;
        *) objects="$BUILD/obj/lib/$module.o" ;;
        esac
        # shellcheck disable=SC2086 # several
        nm -g --defined-only $objects | awk -v name="$function" '$3 == name { found = 1 } END { exit !found }' ||
            { echo "$header: $function is defined elsewhere"; exit 1; }
    done
}

@test "every prototype has a comment above and names for its parameters" {
    python3 "$LOOK" "$POSTROOM_SRC/lib" undocumented >faults
    : | same - faults
}

@test "modules stand on each other without a circle, and on no filter" {
    python3 "$LOOK" "$POSTROOM_SRC/lib" cycles >circles
    : | same - circles
}

@test "the checks themselves find what is wrong" {
    mkdir lib
    printf '%s\n' '#include "b.h"' '/* Good. */' 'int one(int a);' 'int two(int, char *b);' '' 'int three(void);' \
        'static inline int four(int a)' '{' '    return a;' '}' >lib/a.h
    printf '%s\n' '#include "a.h"' >lib/b.h
    python3 "$LOOK" lib declared | cut -d' ' -f2 | paste -sd' ' >got
    echo 'one two three' | same - got
    python3 "$LOOK" lib undocumented >got
    printf '%s\n' 'a.h: two has a parameter without a name: int' 'a.h: three has no comment above' | same - got
    python3 "$LOOK" lib cycles >got
    echo 'a -> b -> a' | same - got
}
