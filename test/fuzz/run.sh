#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh TARGET SECONDS: lets one fuzz target of build/fuzz run from its committed seeds. What it
# finds on the way stays in build/fuzz/corpus; a finding is printed and lies in build/fuzz.
set -eu
target=$1
seconds=$2
mkdir -p "build/fuzz/corpus/$target"
seeds=test/fuzz/seeds/$target
[ -d "$seeds" ] || seeds=
# What a server says makes a line on standard error each time, which nobody wants to keep.
close=0
[ "$target" != fuzz_remote ] || close=2
if ! "build/fuzz/bin/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -close_fd_mask="$close" \
    -artifact_prefix="build/fuzz/$target-" "build/fuzz/corpus/$target" ${seeds:+"$seeds"} \
    >"build/fuzz/$target.log" 2>&1; then
    tail -n 40 "build/fuzz/$target.log"
    exit 1
fi
