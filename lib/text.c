/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include "text.h"

#include "fold.h"

/* An attribution may be broken over this many lines. */
#define ATTRIBUTION_LINES 4
/* Longest attribution, folded, in octets: a longer run of words is the sender's own. */
#define ATTRIBUTION_MAX 400
/* A block of header lines is looked for within so many lines. */
#define BLOCK_LINES 8
/* What follows a closing is a signature when it is no longer than this. */
#define SIGNATURE_LINES 14
#define SIGNATURE_WIDTH 90
/* Own words under which a forwarded message is what the sender wants read. */
#define OWN_WORDS 40
#define COURTESY_WORDS 25
/* No thank-you with greeting, closing and name is longer than this. */
#define COURTESY_OCTETS 1000

/* A line, folded without accents, and what the passes need of it. */
struct line {
    struct span folded; /* in the arena */
    unsigned words;
    bool quoted; /* begins with `>` */
    bool blank;
};

struct body {
    struct arena *arena;
    struct text_line *zones;
    struct line *lines;
    size_t count;
};

static const char *const zone_names[] = {"new",     "greeting",  "quote",      "attribution",
                                         "closing", "signature", "disclaimer", "forwarded"};

const char *text_zone_name(enum text_zone zone)
{
    return zone_names[zone];
}

/* ---- words
 * --------------------------------------------------------------------------------------- */

static bool begins(struct span text, const char *word)
{
    return span_begins(text, span_of(word));
}

static bool ends(struct span text, const char *word)
{
    size_t length = strlen(word);

    return text.length >= length && memcmp(text.octets + text.length - length, word, length) == 0;
}

static bool holds(struct span text, const char *word)
{
    return text.length != 0 && memmem(text.octets, text.length, word, strlen(word)) != NULL;
}

/* One of LIST (ended by NULL) begins TEXT, and there the word ends. */
static const char *begins_with_any(struct span text, const char *const *list)
{
    if (text.length == 0)
        return NULL;
    for (; *list != NULL; list++) {
        size_t length;
        char next;

        if (**list != text.octets[0])
            continue;
        length = strlen(*list);
        next = text.length > length ? text.octets[length] : ' ';

        if (begins(text, *list) && !((next >= 'a' && next <= 'z') || (unsigned char)next >= 0x80))
            return *list;
    }
    return NULL;
}

static bool holds_any(struct span text, const char *const *list)
{
    for (; *list != NULL; list++)
        if (holds(text, *list))
            return true;
    return false;
}

/* One of LIST stands in TEXT as whole words. */
static bool has_word(struct span text, const char *const *list)
{
    for (; *list != NULL; list++) {
        size_t length = strlen(*list);
        const char *at = text.octets;
        size_t left = text.length;

        while (left >= length && (at = memmem(at, left, *list, length)) != NULL) {
            const char *end = text.octets + text.length;
            bool starts =
                at == text.octets || !((at[-1] >= 'a' && at[-1] <= 'z') || at[-1] == '\'');
            bool stops = at + length == end || !(at[length] >= 'a' && at[length] <= 'z');

            if (starts && stops)
                return true;
            at++;
            left = (size_t)(end - at);
        }
    }
    return false;
}

static bool has_digit(struct span text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.octets[i] >= '0' && text.octets[i] <= '9')
            return true;
    return false;
}

static unsigned count_words(struct span text)
{
    unsigned words = 0;
    bool inside = false;

    for (size_t i = 0; i < text.length; i++) {
        bool letter = (text.octets[i] >= 'a' && text.octets[i] <= 'z') ||
                      (text.octets[i] >= '0' && text.octets[i] <= '9') ||
                      (unsigned char)text.octets[i] >= 0x80;

        words += letter && !inside;
        inside = letter || (inside && text.octets[i] == '\'');
    }
    return words;
}

/* ---- reading the lines
 * --------------------------------------------------------------------------- */

static struct span fold(struct arena *arena, struct span text)
{
    struct buf folded = BUF_INIT;
    struct span result;

    fold_plain(&folded, text);
    result = (struct span){arena_copy(arena, folded.octets, folded.length), folded.length};
    buf_release(&folded);
    return result;
}

static bool is_quoted(struct span line)
{
    size_t at = 0;

    while (at < line.length && at < 3 && line.octets[at] == ' ')
        at++;
    return at < line.length && line.octets[at] == '>';
}

static void read_lines(struct body *body, struct span text)
{
    struct span rest = text;
    size_t capacity = 1;

    for (size_t i = 0; i < text.length; i++)
        capacity += text.octets[i] == '\n';
    body->zones = arena_array(body->arena, capacity, sizeof(*body->zones));
    body->lines = arena_array(body->arena, capacity, sizeof(*body->lines));
    while (rest.length > 0) {
        struct text_line *zone = &body->zones[body->count];
        struct line *line = &body->lines[body->count];

        body->count++;
        zone->line = span_chomp(span_line(&rest));
        zone->zone = TEXT_NEW;
        zone->why = "own words";
        line->quoted = is_quoted(zone->line);
        line->folded = fold(body->arena, zone->line);
        line->blank = line->folded.length == 0;
        line->words = count_words(line->folded);
    }
}

static void set_zone(struct body *body, size_t from, size_t until, enum text_zone zone,
                     const char *why)
{
    for (size_t i = from; i < until; i++) {
        body->zones[i].zone = zone;
        body->zones[i].why = why;
    }
}

/* The next line from AT on that is not blank; body->count when there is none. */
static size_t next_line(const struct body *body, size_t at)
{
    while (at < body->count && body->lines[at].blank)
        at++;
    return at;
}

/* ---- quotes -------------------------------------------------------------------------------------
 */

/* LINE without the marks that mail programs put around header lines and separators. */
static struct span bare(struct span line)
{
    while (line.length > 0 && strchr("*_- |", line.octets[0]) != NULL && line.octets[0] != '\0') {
        line.octets++;
        line.length--;
    }
    return line;
}

/* "On … wrote:" and its translations: how it begins and the verb that it holds. */
static bool is_attribution(struct span text)
{
    static const struct {
        const char *start; /* "" for anything */
        const char *verb;
    } forms[] = {{"on ", "wrote"},       {"le ", "a ecrit"},    {"am ", "schrieb"},
                 {"el ", "escribio"},    {"il ", "ha scritto"}, {"il giorno ", "ha scritto"},
                 {"em ", "escreveu"},    {"op ", "schreef"},    {"den ", "skrev"},
                 {"el ", "va escriure"}, {"a(z) ", "irta"},     {"dnia ", "napisal"},
                 {"w dniu ", "napisal"}, {"pe ", "a scris"},    {"in data ", "ha scritto"},
                 {"", "> wrote"},        {"", "> a ecrit"},     {"", "> schrieb"},
                 {"", "> escribio"},     {"", "> ha scritto"},  {"", "> escreveu"},
                 {"", "@mail wrote"},    {"", ") wrote"},       {"vom ", "schrieb"},
                 {"op ", "heeft"}};
    struct span trimmed = span_trim(text);
    bool colon = ends(trimmed, ":") || ends(trimmed, ":>") || ends(trimmed, ": >");

    if (!colon || trimmed.length > ATTRIBUTION_MAX || trimmed.length < 10)
        return false;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (!begins(trimmed, forms[i].start) || !holds(trimmed, forms[i].verb))
            continue;
        /* A sentence of the sender's may begin so: a date or an address must be there, and a colon
         * (some programs of the German and Dutch kind put the name behind the verb). */
        if (has_digit(trimmed) || holds(trimmed, "@"))
            return true;
    }
    return false;
}

/* Spares most lines the closer look: an attribution begins so, or has the address in its first
 * line. */
static bool may_begin_attribution(struct span line)
{
    static const char *const starts[] = {"on",   "le", "am", "el", "il",  "em",   "op", "den",
                                         "dnia", "w",  "pe", "in", "vom", "a(z)", NULL};

    return begins_with_any(line, starts) != NULL || memchr(line.octets, '@', line.length) != NULL ||
           memchr(line.octets, '>', line.length) != NULL ||
           memchr(line.octets, ')', line.length) != NULL;
}

/* How many lines from AT on are an attribution; 0 when they are none. */
static size_t attribution_at(const struct body *body, size_t at)
{
    struct buf joined = BUF_INIT;
    size_t lines = 0;

    if (body->lines[at].blank || !may_begin_attribution(body->lines[at].folded))
        return 0;
    for (size_t i = at; i < body->count && i < at + ATTRIBUTION_LINES && lines == 0; i++) {
        if (body->lines[i].blank)
            break;
        if (joined.length > 0)
            buf_char(&joined, ' ');
        buf_span(&joined, body->lines[i].folded);
        if (joined.length > ATTRIBUTION_MAX)
            break;
        if (is_attribution(buf_view(&joined)))
            lines = i - at + 1;
    }
    buf_release(&joined);
    return lines;
}

static const char *const from_words[] = {
    "from:",      "from :",    "de:",       "de :",      "von:",        "von :",
    "da:",        "da :",      "van:",      "od:",       "expediteur:", "expediteur :",
    "remitente:", "absender:", "mittente:", "afzender:", NULL};
static const char *const sent_words[] = {
    "sent:",     "sent :",      "date:",     "date :",     "envoye:",     "envoye :",
    "gesendet:", "gesendet am", "datum:",    "enviado:",   "enviado el:", "enviada em:",
    "fecha:",    "inviato:",    "data:",     "verzonden:", "wyslano:",    "trimis:",
    "envoyee:",  "envoyee :",   "a envoye:", NULL};
static const char *const to_words[] = {
    "to:",           "to :",           "a:",         "a :",      "an:",
    "an :",          "para:",          "aan:",       "do:",      "subject:",
    "subject :",     "objet:",         "objet :",    "betreff:", "asunto:",
    "oggetto:",      "assunto:",       "onderwerp:", "temat:",   "catre:",
    "destinataire:", "destinataire :", "cc:",        "cc :",     "sujet:",
    "sujet :",       "reply-to:",      NULL};

static bool starts_header(struct span line, const char *const *words)
{
    for (; *words != NULL; words++)
        if (begins(line, *words))
            return true;
    return false;
}

/* A block of header lines as Outlook writes them begins at AT. */
static bool block_at(const struct body *body, size_t at)
{
    bool sent = false;
    bool other = false;

    if (!starts_header(bare(body->lines[at].folded), from_words))
        return false;
    for (size_t i = at + 1; i < body->count && i < at + BLOCK_LINES; i++) {
        struct span line = bare(body->lines[i].folded);

        if (body->lines[i].blank && (sent || other))
            break;
        sent = sent || starts_header(line, sent_words);
        other = other || starts_header(line, to_words);
    }
    return sent && other;
}

/* "-----Original Message-----" and the like. */
static bool is_separator(struct span line)
{
    static const char *const words[] = {"original message",
                                        "message d'origine",
                                        "message original",
                                        "message initial",
                                        "ursprungliche nachricht",
                                        "originalnachricht",
                                        "mensaje original",
                                        "messaggio originale",
                                        "mensagem original",
                                        "oorspronkelijk bericht",
                                        "wiadomosc oryginalna",
                                        "mesaj original",
                                        "reply above this line",
                                        "repondez au-dessus de cette ligne",
                                        NULL};

    return line.length > 0 &&
           (line.octets[0] == '-' || line.octets[0] == '_' || line.octets[0] == '#') &&
           line.length < 90 && holds_any(line, words);
}

static bool is_forward(struct span line)
{
    static const char *const dashed[] = {"forwarded message",    "message transfere",
                                         "message reexpedie",    "weitergeleitete nachricht",
                                         "mensaje reenviado",    "messaggio inoltrato",
                                         "mensagem encaminhada", "doorgestuurd bericht",
                                         "forwarded by",         "transfere par",
                                         "message suivi",        NULL};
    static const char *const plain[] = {"begin forwarded message",
                                        "debut du message reexpedie",
                                        "debut du message transfere",
                                        "anfang der weitergeleiteten",
                                        "inicio del mensaje reenviado",
                                        "inizio messaggio inoltrato",
                                        "transfere par",
                                        NULL};

    return line.length < 120 &&
           ((line.length > 0 && (line.octets[0] == '-' || line.octets[0] == '_') &&
             holds_any(line, dashed)) ||
            begins_with_any(line, plain) != NULL);
}

/* How many words above AT are the sender's own. */
static unsigned own_words(const struct body *body, size_t at)
{
    unsigned words = 0;

    for (size_t i = 0; i < at; i++)
        if (body->zones[i].zone == TEXT_NEW)
            words += body->lines[i].words;
    return words;
}

/* What stands at AT and below was sent on: text, when the sender says little himself. */
static void forward(struct body *body, size_t at)
{
    if (own_words(body, at) > OWN_WORDS) {
        set_zone(body, at, body->count, TEXT_QUOTE, "a forwarded message under the sender's words");
        return;
    }
    body->zones[at].zone = TEXT_ATTRIBUTION;
    body->zones[at].why = "mark of a forwarded message";
    set_zone(body, at + 1, body->count, TEXT_FORWARDED, "a forwarded message and few own words");
}

/* Lines quoted by `>`, with what wrapped lines left over between them. */
static void mark_quoted(struct body *body)
{
    for (size_t i = 0; i < body->count; i++) {
        if (!body->lines[i].quoted)
            continue;
        set_zone(body, i, i + 1, TEXT_QUOTE, "begins with >");
        /* A program that wraps quoted lines leaves one short line without its mark. */
        if (i + 2 < body->count && !body->lines[i + 1].quoted && !body->lines[i + 1].blank &&
            body->lines[i + 2].quoted && body->lines[i + 1].words <= 3 &&
            body->zones[i].line.length >= 60)
            set_zone(body, i + 1, i + 2, TEXT_QUOTE, "the rest of a wrapped quoted line");
    }
}

/* Finds where an earlier message begins. Returns the number of lines that are not below one. */
static size_t mark_earlier(struct body *body)
{
    for (size_t i = 0; i < body->count; i++) {
        const struct line *line = &body->lines[i];
        size_t lines;
        size_t next;

        if (line->blank || line->quoted)
            continue;
        if (is_forward(line->folded)) {
            forward(body, i);
            return i;
        }
        if (is_separator(line->folded) || block_at(body, i)) {
            /* A line of underscores above the block belongs to it. */
            size_t from = i > 0 && begins(body->lines[i - 1].folded, "________") ? i - 1 : i;

            if (own_words(body, i) == 0 && block_at(body, i)) {
                forward(body, i);
                return i;
            }
            set_zone(body, from, body->count, TEXT_QUOTE,
                     "under the header lines of an earlier message");
            body->zones[i].zone = TEXT_ATTRIBUTION;
            return from;
        }
        lines = attribution_at(body, i);
        if (lines == 0)
            continue;
        set_zone(body, i, i + lines, TEXT_ATTRIBUTION, "says who wrote what is quoted");
        next = next_line(body, i + lines);
        if (next < body->count && !body->lines[next].quoted) {
            set_zone(body, i + lines, body->count, TEXT_QUOTE,
                     "under an attribution, without marks");
            return i;
        }
        i += lines - 1;
    }
    return body->count;
}

/* ---- signatures ---------------------------------------------------------------------------------
 */

static bool is_mobile_footer(struct span line)
{
    static const char *const words[] = {"sent from my",
                                        "sent from mail for",
                                        "sent from outlook",
                                        "sent from yahoo",
                                        "get outlook for",
                                        "sent with",
                                        "sent via",
                                        "sent from a",
                                        "envoye de mon",
                                        "envoye depuis",
                                        "envoye a partir de",
                                        "envoye via",
                                        "telecharger outlook",
                                        "obtenir outlook",
                                        "provenance : courrier",
                                        "von meinem",
                                        "gesendet von",
                                        "gesendet mit",
                                        "gesendet uber",
                                        "diese nachricht wurde von meinem",
                                        "enviado desde mi",
                                        "enviado desde",
                                        "enviado do meu",
                                        "enviado via",
                                        "enviado con",
                                        "inviato da",
                                        "verzonden vanaf",
                                        "verstuurd vanaf",
                                        "wyslane z",
                                        "trimis de pe",
                                        "outlook fur",
                                        "obtener outlook",
                                        NULL};

    line = bare(line);
    return line.length < 80 && begins_with_any(line, words) != NULL;
}

static bool is_disclaimer(struct span line)
{
    static const char *const words[] = {"this e-mail and any",
                                        "this email and any",
                                        "this message and any attach",
                                        "this message is intended",
                                        "this email is intended",
                                        "this e-mail is intended",
                                        "the information contained in this",
                                        "the information in this e-mail",
                                        "the information in this email",
                                        "this message contains confidential",
                                        "this email contains confidential",
                                        "confidentiality notice",
                                        "ce message et toutes les pieces",
                                        "ce message et ses pieces",
                                        "ce message et les pieces",
                                        "ce courriel et",
                                        "ce message est confidentiel",
                                        "ce message est etabli",
                                        "ce mail et",
                                        "les informations contenues dans ce",
                                        "avis de confidentialite",
                                        "diese e-mail enthalt",
                                        "diese nachricht enthalt",
                                        "der inhalt dieser e-mail",
                                        "este mensaje y",
                                        "este mensaje se dirige",
                                        "este correo electronico y",
                                        "aviso legal",
                                        "questo messaggio",
                                        "this email has been scanned",
                                        "virus-free",
                                        "l'absence de virus dans ce",
                                        "garanti sans virus",
                                        "cet e-mail a ete verifie",
                                        "this email was sent to",
                                        "to unsubscribe",
                                        "pour vous desabonner",
                                        "you received this message because",
                                        "you are receiving this",
                                        NULL};

    line = bare(line);
    return begins_with_any(line, words) != NULL;
}

static const char *const closings[] = {"cordialement",
                                       "bien cordialement",
                                       "tres cordialement",
                                       "cordiales salutations",
                                       "sinceres salutations",
                                       "salutations",
                                       "meilleures salutations",
                                       "respectueusement",
                                       "bien a vous",
                                       "sincerement",
                                       "amicalement",
                                       "veuillez agreer",
                                       "je vous prie d'agreer",
                                       "veuillez recevoir",
                                       "dans l'attente de",
                                       "bonne journee",
                                       "bonne reception",
                                       "bonne soiree",
                                       "bien respectueusement",
                                       "cdlt",
                                       "cdt",
                                       "best regards",
                                       "kind regards",
                                       "regards",
                                       "warm regards",
                                       "many thanks and regards",
                                       "yours sincerely",
                                       "yours faithfully",
                                       "yours truly",
                                       "sincerely",
                                       "best wishes",
                                       "all the best",
                                       "cheers",
                                       "best",
                                       "with kind regards",
                                       "with best regards",
                                       "respectfully",
                                       "kindest regards",
                                       "mit freundlichen",
                                       "freundliche gruse",
                                       "freundliche grusse",
                                       "viele gruse",
                                       "viele grusse",
                                       "beste gruse",
                                       "beste grusse",
                                       "herzliche gruse",
                                       "herzliche grusse",
                                       "liebe gruse",
                                       "liebe grusse",
                                       "mfg",
                                       "hochachtungsvoll",
                                       "schone gruse",
                                       "gruse",
                                       "grusse",
                                       "gruss",
                                       "grus",
                                       "saludos",
                                       "un saludo",
                                       "saludos cordiales",
                                       "atentamente",
                                       "cordialmente",
                                       "un cordial saludo",
                                       "reciba un",
                                       "atte",
                                       "cordiali saluti",
                                       "distinti saluti",
                                       "saluti",
                                       "cumprimentos",
                                       "com os melhores cumprimentos",
                                       "atenciosamente",
                                       "abracos",
                                       "met vriendelijke",
                                       "vriendelijke groet",
                                       "groeten",
                                       "mvg",
                                       "z powazaniem",
                                       "pozdrawiam",
                                       "cu stima",
                                       "cu respect",
                                       NULL};

static const char *const weak_closings[] = {
    "merci",    "merci d'avance", "merci beaucoup", "thanks",  "thank you",      "many thanks",
    "thx",      "danke",          "vielen dank",    "gracias", "muchas gracias", "grazie",
    "obrigado", "obrigada",       "bedankt",        NULL};

/* TEXT is a closing: how long a signature may follow it, 0 when it is none. */
static size_t closing_reach(struct span text, unsigned words)
{
    const char *found = begins_with_any(text, closings);

    /* Long formulas ("Veuillez agréer …") fill a line or two. */
    if (found != NULL && words <= (strlen(found) > 12 ? 20U : 5U) && !holds(text, "?"))
        return SIGNATURE_LINES;
    if (begins_with_any(text, weak_closings) != NULL && words <= 4 && !holds(text, "?"))
        return 3;
    return 0;
}

/* A line that may stand in a signature: short, no question, not a sentence of the letter. */
static bool is_signature_like(const struct body *body, size_t at)
{
    static const char *const postscript[] = {"ps", "p.s.", "p.s",           "p-s",
                                             "nb", "n.b.", "post scriptum", NULL};
    const struct line *line = &body->lines[at];

    return line->blank ||
           (body->zones[at].line.length <= SIGNATURE_WIDTH && !holds(line->folded, "?") &&
            begins_with_any(line->folded, postscript) == NULL);
}

static bool is_contact(struct span line)
{
    static const char *const words[] = {
        "tel",     "tel.",     "phone", "mobile", "mob",  "fax", "port.", "portable",
        "telefon", "telefono", "email", "e-mail", "mail", "web", "site",  NULL};
    unsigned digits = 0;

    for (size_t i = 0; i < line.length; i++)
        digits += line.octets[i] >= '0' && line.octets[i] <= '9';
    return holds(line, "http") || holds(line, "www.") || (holds(line, "@") && line.length < 60) ||
           (digits >= 8 && line.length < 60) ||
           (digits >= 6 && begins_with_any(line, words) != NULL);
}

/* END is where the letter's own lines end. Marks what is signature at the end; returns its start.
 */
static size_t mark_closing(struct body *body, size_t end)
{
    size_t first = end;

    for (size_t i = end; i-- > 0;) {
        size_t reach;
        size_t lines = 0;
        bool fits = true;

        if (body->zones[i].zone != TEXT_NEW || body->lines[i].blank)
            continue;
        if (end - i > 40)
            break;
        reach = closing_reach(body->lines[i].folded, body->lines[i].words);
        if (reach == 0)
            continue;
        for (size_t j = i + 1; j < end && fits; j++) {
            lines += !body->lines[j].blank;
            fits =
                lines <= reach && body->zones[j].zone != TEXT_QUOTE && is_signature_like(body, j);
        }
        if (!fits)
            break;
        first = i;
        set_zone(body, i + 1, end, TEXT_SIGNATURE, "behind a closing");
        set_zone(body, i, i + 1, TEXT_CLOSING, "a closing formula");
    }
    return first;
}

/* A block at the end in which telephone numbers and addresses stand close together. */
static void mark_contacts(struct body *body, size_t end)
{
    size_t start = end;
    size_t lines = 0;
    size_t contacts = 0;

    while (start > 0 && body->zones[start - 1].zone == TEXT_NEW &&
           is_signature_like(body, start - 1) && lines < SIGNATURE_LINES) {
        if (body->lines[start - 1].blank && lines > 0)
            break;
        start--;
        lines += !body->lines[start].blank;
        contacts += is_contact(body->lines[start].folded);
    }
    /* It must not be the whole letter, and must stand apart. */
    if (start > 0 && lines >= 2 && contacts * 3 >= lines && contacts >= 1 &&
        body->lines[start - 1].blank && own_words(body, start) >= 3)
        set_zone(body, start, end, TEXT_SIGNATURE, "telephone numbers and addresses at the end");
}

/* A name alone behind the last sentence: "Marie" or "Jean Dupont". */
static bool is_separator_line(struct span line)
{
    size_t at = 0;

    while (at < line.length &&
           (line.octets[at] == '_' || line.octets[at] == '-' || line.octets[at] == '='))
        at++;
    return at == line.length && at >= 15;
}

static size_t mark_footers(struct body *body, size_t end)
{
    for (size_t i = 0; i < end; i++) {
        const struct line *line = &body->lines[i];
        size_t until = i + 1;

        if (body->zones[i].zone != TEXT_NEW || line->blank)
            continue;
        if (span_equal(body->zones[i].line, SPAN("-- ")) ||
            span_equal(body->zones[i].line, SPAN("--"))) {
            while (until < end && body->zones[until].zone == TEXT_NEW)
                until++;
            set_zone(body, i, until, TEXT_SIGNATURE, "behind the line \"-- \"");
            continue;
        }
        if (is_mobile_footer(line->folded)) {
            set_zone(body, i, until, TEXT_SIGNATURE, "a mail program's footer");
            continue;
        }
        if (is_disclaimer(line->folded) && (i > 0 || end > 3)) {
            while (until < end && body->zones[until].zone == TEXT_NEW)
                until++;
            set_zone(body, i, until, TEXT_DISCLAIMER, "a legal notice or a program's footer");
            continue;
        }
        if (is_separator_line(line->folded) && i + 1 < end) {
            for (size_t j = i + 1; j < end && j < i + 4; j++)
                if (holds(body->lines[j].folded, "mailing list") ||
                    holds(body->lines[j].folded, "listinfo") ||
                    holds(body->lines[j].folded, "liste de diffusion") ||
                    holds(body->lines[j].folded, "unsubscribe")) {
                    set_zone(body, i, end, TEXT_DISCLAIMER, "a mailing list's footer");
                    break;
                }
        }
    }
    /* Quotes at the very end do not part the letter from its signature. */
    while (end > 0 && (body->zones[end - 1].zone != TEXT_NEW || body->lines[end - 1].blank))
        end--;
    return end;
}

static void mark_greeting(struct body *body)
{
    static const char *const greetings[] = {"bonjour",
                                            "bonsoir",
                                            "madame",
                                            "monsieur",
                                            "mesdames",
                                            "messieurs",
                                            "cher",
                                            "chere",
                                            "chers",
                                            "salut",
                                            "hello",
                                            "hi",
                                            "dear",
                                            "good morning",
                                            "good afternoon",
                                            "good evening",
                                            "hey",
                                            "to whom it may concern",
                                            "guten tag",
                                            "guten morgen",
                                            "hallo",
                                            "sehr geehrte",
                                            "liebe",
                                            "lieber",
                                            "hola",
                                            "buenos dias",
                                            "buenas tardes",
                                            "buenas",
                                            "estimado",
                                            "estimada",
                                            "estimados",
                                            "buongiorno",
                                            "salve",
                                            "gentile",
                                            "ciao",
                                            "ola",
                                            "bom dia",
                                            "boa tarde",
                                            "prezado",
                                            "caro",
                                            "beste",
                                            "geachte",
                                            "goedendag",
                                            "dzien dobry",
                                            "buna ziua",
                                            NULL};
    size_t first = next_line(body, 0);

    if (first < body->count && body->zones[first].zone == TEXT_NEW &&
        body->lines[first].words <= 6 &&
        begins_with_any(body->lines[first].folded, greetings) != NULL &&
        !holds(body->lines[first].folded, "?"))
        set_zone(body, first, first + 1, TEXT_GREETING, "a greeting");
}

size_t text_zones(struct arena *arena, struct span text, struct text_line **lines)
{
    struct body body = {.arena = arena};
    size_t end;

    read_lines(&body, text);
    mark_quoted(&body);
    end = mark_earlier(&body);
    mark_greeting(&body);
    end = mark_footers(&body, end);
    if (mark_closing(&body, end) == end)
        mark_contacts(&body, end);
    *lines = body.zones;
    return body.count;
}

static bool is_kept(enum text_zone zone)
{
    return zone == TEXT_NEW || zone == TEXT_GREETING || zone == TEXT_CLOSING ||
           zone == TEXT_FORWARDED;
}

struct span text_new(struct arena *arena, struct span text, bool *all_quoted)
{
    struct text_line *lines;
    size_t count = text_zones(arena, text, &lines);
    struct buf kept = BUF_INIT;
    struct span result;
    size_t blanks = 0;
    bool has_words = false;

    for (size_t i = 0; i < count; i++) {
        struct span line = lines[i].line;

        if (!is_kept(lines[i].zone))
            continue;
        while (line.length > 0 &&
               (line.octets[line.length - 1] == ' ' || line.octets[line.length - 1] == '\t'))
            line.length--;
        blanks = line.length == 0 ? blanks + 1 : 0;
        if (blanks > 2)
            continue;
        has_words = has_words || (line.length > 0 && lines[i].zone != TEXT_CLOSING &&
                                  lines[i].zone != TEXT_GREETING);
        buf_span(&kept, line);
        buf_char(&kept, '\n');
    }
    result = span_trim(buf_view(&kept));
    result = (struct span){arena_copy(arena, result.octets, result.length), result.length};
    buf_release(&kept);
    text = span_trim(text);
    if (all_quoted != NULL)
        *all_quoted = !has_words && result.length == 0 && text.length > 0;
    return result.length > 0 ? result : text;
}

/* ---- courtesy
 * ------------------------------------------------------------------------------------ */

static bool has_long_number(struct span text)
{
    unsigned digits = 0;

    for (size_t i = 0; i < text.length; i++) {
        digits = text.octets[i] >= '0' && text.octets[i] <= '9' ? digits + 1 : 0;
        if (digits >= 3)
            return true;
    }
    return false;
}

bool text_courtesy(struct span text, const char *language)
{
    static const char *const thanks[] = {
        "merci",   "mercis",    "remercie",    "remercions", "parfait",     "super",
        "genial",  "nickel",    "thanks",      "thank you",  "thank",       "thx",
        "ta",      "perfect",   "great",       "brilliant",  "appreciated", "appreciate",
        "danke",   "dank",      "vielen dank", "bedanke",    "perfekt",     "prima",
        "gracias", "agradezco", "perfecto",    "genial",     NULL};
    /* Words by which a thank-you turns into something else: a turn, a wish, a question. */
    static const char *const turns[] = {"mais",
                                        "cependant",
                                        "toutefois",
                                        "par contre",
                                        "pourtant",
                                        "neanmoins",
                                        "quand",
                                        "comment",
                                        "pouvez-vous",
                                        "pourriez-vous",
                                        "pouvez",
                                        "pourriez",
                                        "voulez",
                                        "merci de",
                                        "merci d'",
                                        "d'avance",
                                        "en attente",
                                        "j'attends",
                                        "toujours pas",
                                        "je voudrais",
                                        "je souhaite",
                                        "souhaiterais",
                                        "j'aimerais",
                                        "ne marche",
                                        "ne fonctionne",
                                        "en revanche",
                                        "probleme",
                                        "sauf que",
                                        "urgent",
                                        "remboursement",
                                        "rembourser",
                                        "but",
                                        "however",
                                        "although",
                                        "when",
                                        "how",
                                        "could you",
                                        "can you",
                                        "please send",
                                        "please call",
                                        "please",
                                        "in advance",
                                        "would you",
                                        "i would like",
                                        "i need",
                                        "still",
                                        "waiting",
                                        "except",
                                        "not working",
                                        "problem",
                                        "unfortunately",
                                        "refund",
                                        "no thanks",
                                        "thanks for nothing",
                                        "aber",
                                        "jedoch",
                                        "leider",
                                        "trotzdem",
                                        "wann",
                                        "wie",
                                        "konnen sie",
                                        "konnten sie",
                                        "bitte",
                                        "im voraus",
                                        "noch nicht",
                                        "problem",
                                        "pero",
                                        "sin embargo",
                                        "cuando",
                                        "como puedo",
                                        "puede",
                                        "podria",
                                        "por favor",
                                        "de antemano",
                                        "todavia",
                                        "problema",
                                        NULL};
    struct arena arena = ARENA_INIT;
    struct text_line *lines;
    size_t count;
    struct buf own = BUF_INIT;
    struct span folded;
    bool courtesy;

    if (text.length > COURTESY_OCTETS)
        return false;
    count = text_zones(&arena, text, &lines);
    (void)language; /* the lists of the four languages do not contradict each other */
    for (size_t i = 0; i < count; i++) {
        /* "Merci" alone is a closing to text_zones and the whole message here. */
        if (lines[i].zone == TEXT_GREETING || lines[i].zone == TEXT_SIGNATURE)
            continue;
        buf_span(&own, lines[i].line);
        buf_char(&own, ' ');
    }
    folded = fold(&arena, buf_view(&own));
    courtesy = folded.length > 0 && count_words(folded) <= COURTESY_WORDS &&
               has_word(folded, thanks) && !has_word(folded, turns) && !holds(folded, "?") &&
               !has_long_number(folded);
    buf_release(&own);
    arena_release(&arena);
    return courtesy;
}
