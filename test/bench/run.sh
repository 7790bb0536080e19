#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `make bench`: what the programs cost beside others, on the corpus of real mail.
set -eu
POSTROOM_SRC=$(cd "$(dirname "$0")/../.." && pwd)
export POSTROOM_SRC
if [ ! -e "$POSTROOM_SRC/build/corpus/.complete" ]; then
    echo 'bench: no corpus: run "make corpus" first' >&2
    exit 66
fi
echo "$(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(date +%F)"
exec python3 "$POSTROOM_SRC/test/bench/bench.py" "$@"
