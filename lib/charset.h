/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charset: octets in the character sets of real mail to UTF-8.
 *
 * Labels are what mail says (`iso-8859-1`, `ks_c_5601-1987`, nothing, nonsense). Some are read as
 * the superset that their senders mean: ISO-8859-1 and US-ASCII as windows-1252, GB2312 as
 * GB18030, KS C 5601 as CP949, Shift_JIS as CP932. iconv descriptors stay open in a small cache, so
 * the functions are not for several threads.
 *
 * All output is valid UTF-8; NULs are kept; what cannot be read becomes U+FFFD.
 */
#ifndef POSTROOM_CHARSET_H
#define POSTROOM_CHARSET_H

#include <stdbool.h>

#include "buf.h"

/*
 * Appends OCTETS, said to be in the character set LABEL (empty: nothing was said), as UTF-8.
 *
 * The label is believed while it works. Text with a label that is unknown or does not fit, and text
 * without one, is UTF-8 when it is valid as such, else windows-1252; text in a multi-octet set that
 * mostly fits keeps it, with U+FFFD for the rest. Text labelled ISO-8859-1 or windows-1252 that is
 * valid UTF-8 with Western characters only is UTF-8 (a frequent mistake of web forms).
 *
 * Returns whether there was an encoding problem in the sense of RFC 8621 section 4.1.4
 * (isEncodingProblem): an unknown label, or octets that do not fit it.
 */
bool charset_decode(struct buf *out, struct span octets, struct span label);

/* The same without a label. Octets of header fields that were never encoded are read with this. */
void charset_guess(struct buf *out, struct span octets);

/*
 * Is LABEL, letter by letter, UTF-8 or a known set of one octet a character that is read as itself
 * and not as a superset? Such text may be given to decoders that know no aliases.
 */
bool charset_is_plain(struct span label);

/* Closes the kept descriptors (for leak checkers; the functions work on afterwards). */
void charset_release(void);

#endif
