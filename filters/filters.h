/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filters, in the order in which `triage` runs them. A new filter is one line here. */
#ifndef POSTROOM_FILTERS_H
#define POSTROOM_FILTERS_H

#include "filter.h"

#define FILTERS(X)                                                                                 \
    X(mail_parse)                                                                                  \
    X(dedupe)                                                                                      \
    X(classify)                                                                                    \
    X(escalate)                                                                                    \
    X(autoreply)                                                                                   \
    X(audit)                                                                                       \
    X(deliver)

#define FILTER_DECLARATION(name) extern const struct filter name;
FILTERS(FILTER_DECLARATION)
#undef FILTER_DECLARATION

#endif
