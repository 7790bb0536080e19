# Postroom: e-mail triage as small Unix filters. GNU make; no generated build system.
# SPDX-License-Identifier: GPL-3.0-or-later
#
#   make            programs in build/bin, commands in build/libexec
#   make demo       triages the sample mailbox and shows the routing
#   make check      all tests (installs what they need)
#   make help       the other targets

CC ?= cc
CFLAGS ?= -O2 -g
LDFLAGS ?=
PREFIX ?= /usr/local
DESTDIR ?=
# For packagers, since some of our names are common words: PROGRAM_PREFIX=postroom-
PROGRAM_PREFIX ?=
# Where things are built; the sanitised and the fault build have their own.
BUILD ?= build
VERSION := 0.1.0

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

packages := sqlite3 json-c libxml-2.0 libpcre2-8 libical libsodium libutf8proc
ifneq ($(filter-out deps deps-% check-fresh clean uninstall help,$(or $(MAKECMDGOALS),all)),)
  packages_missing := $(shell pkg-config --exists $(packages) 2>/dev/null || echo yes)
  ifeq ($(packages_missing),)
    packages_cflags := $(shell pkg-config --cflags $(packages))
    packages_libs := $(shell pkg-config --libs $(packages)) -lm
  endif
endif

warnings := -Wall -Wextra -Wpedantic -Wconversion -Werror
defines := -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE \
	-DPOSTROOM_VERSION='"$(VERSION)"'
compile = $(CC) -std=c17 $(warnings) $(defines) -Ilib -Ifilters -I$(BUILD)/gen \
	$(packages_cflags) $(CPPFLAGS) $(CFLAGS)
# Each program links just the libraries whose functions it calls: start-up counts.
link = $(CC) $(CFLAGS) -Wl,--as-needed $(LDFLAGS)

# make V=1 shows the commands.
Q := $(if $(V),,@)
say := @$(if $(V),:,echo ' ')

lib_sources := $(wildcard lib/*.c)
filter_sources := $(filter-out filters/main.c filters/triage.c,$(wildcard filters/*.c))
filters := $(patsubst filters/%.c,%,$(filter_sources))
# Commands of a filter go to libexec; what people call by its own name, to bin.
tools := $(patsubst commands/%.c,%,$(wildcard commands/postroom-*.c commands/mail-fetch.c))
commands := $(filter-out $(tools),$(patsubst commands/%.c,%,$(wildcard commands/*.c)))
# bin/demo and bin/check are for a checkout; the rest is installed.
scripts := $(filter-out demo check,$(patsubst bin/%,%,$(wildcard bin/*)))
manuals := $(wildcard man/*.[1-8])

programs := $(filters) triage $(tools) $(scripts)
library := $(BUILD)/libpostroom.a
generated := $(BUILD)/gen/postroom-rng.h $(BUILD)/gen/postroom-xml.h
objects := $(lib_sources:%.c=$(BUILD)/obj/%.o)

.PHONY: all
all: deps-build $(programs:%=$(BUILD)/bin/%) $(commands:%=$(BUILD)/libexec/%)

# A target that cannot be built without the libraries says so, and in one line.
.PHONY: deps-build
deps-build:
ifneq ($(packages_missing),)
	@echo 'make: libraries are missing: run "make deps" (as root or with sudo) first' >&2; exit 1
endif

$(BUILD)/obj/lib/%.o: lib/%.c | $(generated)
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) -MMD -MP -c -o $@ $<

$(BUILD)/obj/filters/%.o: filters/%.c | $(generated)
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) -MMD -MP -c -o $@ $<

$(BUILD)/obj/commands/%.o: commands/%.c | $(generated)
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) -MMD -MP -c -o $@ $<

# One main for every filter: it names the value that the filter's file defines.
$(BUILD)/obj/main/%.o: filters/main.c | $(generated)
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(compile) -MMD -MP -DFILTER=$(subst -,_,$*) -c -o $@ $<

$(library): $(objects)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# A text file as a C string, for what a program must have without any file installed.
$(BUILD)/gen/postroom-rng.h: templates/postroom.rng
$(BUILD)/gen/postroom-xml.h: templates/postroom.xml
$(generated):
	@mkdir -p $(@D)
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' $< >$@.new && mv $@.new $@

$(filters:%=$(BUILD)/bin/%): $(BUILD)/bin/%: $(BUILD)/obj/filters/%.o $(BUILD)/obj/main/%.o $(library)
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(link) -o $@ $^ $(packages_libs)

$(BUILD)/bin/triage: $(BUILD)/obj/filters/triage.o $(filters:%=$(BUILD)/obj/filters/%.o) $(library)
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(link) -o $@ $^ $(packages_libs)

$(commands:%=$(BUILD)/libexec/%): $(BUILD)/libexec/%: $(BUILD)/obj/commands/%.o $(library)
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(link) -o $@ $^ $(packages_libs)

$(tools:%=$(BUILD)/bin/%): $(BUILD)/bin/%: $(BUILD)/obj/commands/%.o $(library)
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(link) -o $@ $^ $(packages_libs)

# It alone talks to servers; loading TLS would cost the others more than they take themselves.
$(BUILD)/bin/mail-fetch: packages_libs += -lgnutls

$(scripts:%=$(BUILD)/bin/%): $(BUILD)/bin/%: bin/%
	@mkdir -p $(@D)
	cp $< $@ && chmod 755 $@

-include $(wildcard $(BUILD)/obj/*/*.d)

include test/test.mk

# ---- setting up -----------------------------------------------------------------------------------

.PHONY: deps deps-check deps-bench
deps:
	@sh test/deps build
deps-check:
	@sh test/deps build check
deps-bench:
	@sh test/deps build check bench

.PHONY: demo
demo: deps
	@$(MAKE) --no-print-directory -s all
	@sh test/demo

# ---- installing -----------------------------------------------------------------------------------

bindir := $(DESTDIR)$(PREFIX)/bin
libexecdir := $(DESTDIR)$(PREFIX)/libexec/postroom
sharedir := $(DESTDIR)$(PREFIX)/share/postroom
mandir := $(DESTDIR)$(PREFIX)/share/man

# Programs of ours keep their names where those cannot clash.
installed_name = $(if $(filter postroom-%,$(1)),$(1),$(PROGRAM_PREFIX)$(1))

.PHONY: install
install: all
	install -d $(bindir) $(libexecdir) $(sharedir)
	$(foreach p,$(filters) triage $(tools),install -m 755 $(BUILD)/bin/$(p) $(bindir)/$(call installed_name,$(p)) &&) true
	$(foreach p,$(scripts),sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@PROGRAM_PREFIX@|$(PROGRAM_PREFIX)|g' -e 's|@VERSION@|$(VERSION)|g' bin/$(p) >$(bindir)/$(call installed_name,$(p)) && chmod 755 $(bindir)/$(call installed_name,$(p)) &&) true
	$(foreach c,$(commands),install -m 755 $(BUILD)/libexec/$(c) $(libexecdir)/$(c) &&) true
	cp -R templates/. $(sharedir)/
	$(foreach m,$(manuals),install -d $(mandir)/man$(subst .,,$(suffix $(m))) && install -m 644 $(m) $(mandir)/man$(subst .,,$(suffix $(m)))/$(call installed_name,$(notdir $(m))) &&) true

.PHONY: uninstall
uninstall:
	rm -f $(foreach p,$(programs),$(bindir)/$(call installed_name,$(p)))
	rm -f $(foreach m,$(manuals),$(mandir)/man$(subst .,,$(suffix $(m)))/$(call installed_name,$(notdir $(m))))
	rm -rf $(libexecdir) $(sharedir)

# A binary package of what `make install` installs, for the machine it is built on.
.PHONY: deb
deb: all
	rm -rf $(BUILD)/deb
	$(MAKE) --no-print-directory install DESTDIR=$(CURDIR)/$(BUILD)/deb PREFIX=/usr
	sh test/deb-control $(VERSION) $(BUILD)/deb
	dpkg-deb --root-owner-group --build $(BUILD)/deb $(BUILD)/postroom_$(VERSION)_$$(dpkg --print-architecture).deb

.PHONY: clean
clean:
	rm -rf build

.PHONY: help
help:
	@sed -n 's/^#   //p' Makefile
	@echo 'deps deps-bench all demo check check-long check-fresh conformance bench profile fuzz'
	@echo 'corpus install uninstall deb clean; variables CC CFLAGS LDFLAGS DESTDIR PREFIX PROGRAM_PREFIX'
