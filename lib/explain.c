/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "explain.h"

#include "diag.h"
#include "email.h"
#include "html.h"
#include "mime.h"
#include "text.h"

void explain_zones(struct message *message)
{
    struct buf plain = BUF_INIT;
    struct text_line *lines;
    struct span body;
    size_t count;
    bool is_html = false;

    body = email_best_text(message->mime, &is_html);
    if (is_html) {
        html_to_text(&plain, body, &message->config->limits, NULL);
        body = buf_view(&plain);
    }
    body = email_lines_cut(message->mime, body);
    count = text_zones(&message->arena, body, &lines);
    diag_note("%s: %zu lines of %s", message_where(message), count,
              is_html ? "HTML as text" : "plain text");
    for (size_t i = 0; i < count; i++)
        diag_note(
            "%s: %s: %.*s", text_zone_name(lines[i].zone), lines[i].why,
            (int)(lines[i].line.length < DIAG_LINE_MAX ? lines[i].line.length : DIAG_LINE_MAX),
            lines[i].line.length > 0 ? lines[i].line.octets : "");
    buf_release(&plain);
}
